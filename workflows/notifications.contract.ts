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

/** What is asked of an event to know who hears of it. `before` is what the booking had been. */
interface Told {
  kind: string;
  data: Readonly<Record<string, unknown>>;
}

/** Once they were asked, or paid for, a booking is the host's business too. */
const KNOWN_TO_HOST: readonly unknown[] = ['awaiting_host', 'confirmed', 'in_stay'];
const bothIfKnown = ({ data }: Told) =>
  KNOWN_TO_HOST.includes(data.before) ? RECIPIENTS : (['guest'] as const);

const TOLD_BY_MAIL: Readonly<Record<string, (event: Told) => readonly Recipient[]>> = {
  'booking.awaiting_host': () => RECIPIENTS,
  'booking.host_reminded': () => ['host'],
  'booking.confirmed': () => RECIPIENTS,
  'booking.declined': () => ['guest'],
  'booking.expired': bothIfKnown,
  'booking.cancelled': bothIfKnown,
  // A request that is refused at once is answered at once: only what had been accepted needs a letter.
  'booking.rejected': ({ data }) => (data.before === 'awaiting_host' ? RECIPIENTS : []),
  // What a cancellation gives back is told with the cancellation.
  'refund.requested': ({ data }) => (data.reason === 'goodwill' ? ['guest'] : []),
  'reviews.opened': () => RECIPIENTS,
  'reviews.reminded': () => RECIPIENTS,
  'reviews.revealed': () => RECIPIENTS,
};

/** Who is told of an event by mail. */
export function recipientsOf(event: Told): readonly Recipient[] {
  return TOLD_BY_MAIL[event.kind]?.(event) ?? [];
}
