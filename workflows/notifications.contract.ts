import type { EventId } from '#domain/ids.ts';

export const NOTIFICATIONS_QUEUE = 'notifications';
export const NOTIFY = 'notify';
/** Of the bytes that the server takes for one; its words are plain. */
const MAX_SUMMARY_CHARACTERS = 400;

/** The two sides of a booking. */
export const SIDES = ['guest', 'host'] as const;
export type Side = (typeof SIDES)[number];

/** Whoever is told: a side, or all operators alike. */
export type Recipient = Side | 'operator';

/** Named after the first event that it tells of, and the last. */
export function notifyId(letters: readonly Pick<Letter, 'eventId'>[]): string {
  const [first, last] = [letters[0]?.eventId, letters.at(-1)?.eventId];
  return `notify:${first}${first === last ? '' : `..${last}`}`;
}

/** What somebody, or all operators alike, is sent of an event. */
export interface Letter {
  eventId: EventId;
  to: Recipient;
}

export interface Notify {
  letters: readonly Letter[];
}

/** As it was asked before letters were gathered: of one event. */
export interface NotifyOfOne {
  eventId: EventId;
  to: readonly Recipient[];
}

/** How letters are sent; nothing where there are none. The same events are the same workflow. */
export function notifyOrder(letters: readonly (Letter & { kind: string })[]) {
  if (letters.length === 0) return undefined;
  const input: Notify = { letters: letters.map(({ eventId, to }) => ({ eventId, to })) };
  const counts = Object.entries(Object.groupBy(letters, ({ kind }) => kind));
  const summary = counts.map(([kind, all = []]) => `${kind} (${all.length})`).join(', ');
  return {
    workflow: NOTIFY,
    id: notifyId(letters),
    queue: NOTIFICATIONS_QUEUE,
    input,
    summary: `Mail: ${summary}`.slice(0, MAX_SUMMARY_CHARACTERS),
  };
}

/** What is asked of an event to know who hears of it. `before` is what the booking had been. */
interface Told {
  kind: string;
  data: Readonly<Record<string, unknown>>;
}

/** Once they were asked, or paid for, a booking is the host's business too. */
const KNOWN_TO_HOST: readonly unknown[] = ['awaiting_host', 'confirmed', 'in_stay'];
const bothIfKnown = ({ data }: Told) => (KNOWN_TO_HOST.includes(data.before) ? SIDES : (['guest'] as const));

/** `by` is who had proposed an alteration. */
const proposer = ({ data }: Told) => (data.by === 'guest' ? (['guest'] as const) : (['host'] as const));
const otherThanProposer = ({ data }: Told) =>
  data.by === 'guest' ? (['host'] as const) : (['guest'] as const);

const TOLD_BY_MAIL: Readonly<Record<string, (event: Told) => readonly Recipient[]>> = {
  'booking.awaiting_host': () => SIDES,
  'booking.host_reminded': () => ['host'],
  'booking.confirmed': () => SIDES,
  'booking.declined': () => ['guest'],
  'booking.expired': bothIfKnown,
  'booking.cancelled': bothIfKnown,
  // A request that is refused at once is answered at once: only what had been accepted needs a letter.
  'booking.rejected': ({ data }) => (data.before === 'awaiting_host' ? SIDES : []),
  'alteration.proposed': otherThanProposer,
  // The host has agreed, or need do no more: it is for the guest to pay.
  'alteration.accepted': () => ['guest'],
  'alteration.altered': () => SIDES,
  'alteration.declined': proposer,
  'alteration.withdrawn': otherThanProposer,
  'alteration.failed': () => SIDES,
  // What a cancellation gives back is told with the cancellation.
  'refund.requested': ({ data }) => (data.reason === 'goodwill' ? ['guest'] : []),
  // Nothing may have been left of it meanwhile.
  'payout.paid': ({ data }) => (data.amount === 0 && data.debtNetted === 0 ? [] : ['host']),
  // Of one that came back its return has told already.
  'payout.waiting': ({ data }) => (data.before === 'returned' ? [] : ['host']),
  'payout.returned': () => ['host'],
  'instalment.due': () => ['guest'],
  // What was paid with the booking is told with the booking.
  'instalment.paid': ({ data }) => (data.n === 1 ? [] : ['guest']),
  'dispute.opened': () => ['operator'],
  'dispute.reminded': () => ['operator'],
  'dispute.closed': () => ['operator'],
  'calendar.broken': () => ['host'],
  'calendar.conflict_opened': () => ['host'],
  'reviews.opened': () => SIDES,
  'reviews.reminded': () => SIDES,
  'reviews.revealed': () => SIDES,
};

/** What is sent of an event by mail, and to whom. */
export function lettersOf(event: Told & { id: string }): (Letter & { kind: string })[] {
  const { id, kind } = event;
  const recipients = TOLD_BY_MAIL[kind]?.(event) ?? [];
  return recipients.map((to) => ({ eventId: id as EventId, to, kind }));
}
