import type { BookingStatus } from './bookings.ts';
import type { PropertyId, SessionId, UserId } from './ids.ts';
import type { PropertyStatus } from './properties.ts';

/** Anyone may be a guest; the first property makes a host; an operator is made by an operator or by `bin/`. */
export const ROLES = ['guest', 'host', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks, as proved by the session's token. */
export interface Actor {
  id: UserId;
  sessionId: SessionId;
  roles: readonly Role[];
}

export function isOperator(actor: Actor | undefined): boolean {
  return actor?.roles.includes('operator') ?? false;
}

/** Mail address and roles are for the person and for operators; everyone else gets the public view. */
export function maySeeAccountOf(userId: UserId, actor: Actor | undefined): boolean {
  return actor?.id === userId || isOperator(actor);
}

/** What is published is for everyone; what is not is its host's own, and operators'. */
export function maySeeProperty(
  property: { hostId: UserId; status: PropertyStatus },
  actor: Actor | undefined,
): boolean {
  return property.status === 'published' || property.hostId === actor?.id || isOperator(actor);
}

/** A booking is its guest's; its host's once it is paid, for unpaid is never shown as booked; and operators'. */
export function maySeeBooking(
  booking: { guestId: UserId; hostId: UserId; confirmedAt: string | null },
  actor: Actor,
): boolean {
  if (booking.guestId === actor.id || isOperator(actor)) return true;
  return booking.hostId === actor.id && booking.confirmedAt !== null;
}

/** Paid and not over: while a booking is one of these its guest is expected, or there. */
export const EXPECTED_STATUSES = ['confirmed', 'in_stay'] as const satisfies readonly BookingStatus[];

/** The exact place of a property and its address are its host's, and its guests' as long as they are expected there. */
export function mayKnowAddressOf(
  property: { id: PropertyId; hostId: UserId },
  actor: Actor | undefined,
  expectedAt: ReadonlySet<PropertyId>,
): boolean {
  return actor !== undefined && (actor.id === property.hostId || expectedAt.has(property.id));
}
