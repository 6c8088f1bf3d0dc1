import type { SessionId, UserId } from './ids.ts';

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

/** A booking is its guest's; its host's once it is paid, for unpaid is never shown as booked; and operators'. */
export function maySeeBooking(
  booking: { guestId: UserId; hostId: UserId; confirmedAt: string | null },
  actor: Actor,
): boolean {
  if (booking.guestId === actor.id || isOperator(actor)) return true;
  return booking.hostId === actor.id && booking.confirmedAt !== null;
}

/** The exact place of a property and its address. Confirmed guests will be the others. */
export function mayKnowAddressOf(property: { hostId: UserId }, actor: Actor | undefined): boolean {
  return actor?.id === property.hostId;
}
