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

/**
 * A booking is its guest's, and operators'; its host's once they have been asked or it is paid, for a mere hold is never
 * shown as booked.
 */
export function maySeeBooking(booking: BookingParties, actor: Actor): boolean {
  if (booking.guestId === actor.id || isOperator(actor)) return true;
  return booking.hostId === actor.id && (booking.confirmedAt !== null || booking.respondBy !== null);
}

export interface BookingParties {
  guestId: UserId;
  hostId: UserId;
  confirmedAt: string | null;
  respondBy: string | null;
}

/** By what a stay was paid is its guest's business, and operators'; never its host's. */
export function maySeeReceipt(booking: Pick<BookingParties, 'guestId'>, actor: Actor): boolean {
  return booking.guestId === actor.id || isOperator(actor);
}

/** A payout is its host's, and operators'. */
export function maySeePayout(payout: { hostId: UserId }, actor: Actor): boolean {
  return payout.hostId === actor.id || isOperator(actor);
}

/** Which side of a booking somebody is on, if any. An operator who is neither is on none. */
export function sideOf(
  { guestId, hostId }: Pick<BookingParties, 'guestId' | 'hostId'>,
  actor: Pick<Actor, 'id'>,
): 'guest' | 'host' | undefined {
  if (actor.id === guestId) return 'guest';
  return actor.id === hostId ? 'host' : undefined;
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

/** As far as it says who may do what with a review. */
export interface ReviewStanding {
  /** Null for a note that nobody has written. */
  authorId: UserId | null;
  /** The other side: the host for a review of the property. */
  reviewedId: UserId;
  publishedAt: string | null;
  removedAt: string | null;
}

/** Hidden, a review is its author's alone; public, everyone's; once it is taken away, nobody's. */
export function maySeeReview(review: ReviewStanding, actor: Actor | undefined): boolean {
  if (review.removedAt !== null) return false;
  return review.publishedAt !== null || review.authorId === actor?.id;
}

/** The private note of a review that one may see is for its author and whom it is about. */
export function maySeePrivateNote(review: ReviewStanding, actor: Actor | undefined): boolean {
  return actor !== undefined && (actor.id === review.authorId || actor.id === review.reviewedId);
}
