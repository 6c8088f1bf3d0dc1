import type { EventId } from '#domain/ids.ts';

export const NOTIFICATIONS_QUEUE = 'notifications';
export const NOTIFY = 'notify';

export const RECIPIENTS = ['guest', 'host'] as const;
export type Recipient = (typeof RECIPIENTS)[number];

export const notifyId = ({ eventId, to }: Notify): string => `notify:${eventId}:${to}`;

/** One event that one person is told of by mail. */
export interface Notify {
  eventId: EventId;
  to: Recipient;
}

/** Who is told of which kind of event. */
export const TOLD_BY_MAIL: Readonly<Record<string, readonly Recipient[]>> = {
  'booking.confirmed': ['guest', 'host'],
  'booking.expired': ['guest'],
  'booking.cancelled': ['guest', 'host'],
  'reviews.opened': ['guest', 'host'],
  'reviews.reminded': ['guest', 'host'],
  'reviews.revealed': ['guest', 'host'],
};
