import { BOOKING_STATUSES, TRANSITIONS } from './bookings.ts';
import type { BookingStatus } from './bookings.ts';

/** What each status means, for people. */
export const MEANINGS: Readonly<Record<BookingStatus, string>> = {
  requested: 'Recorded with its price; nothing is held, nothing is charged.',
  held: 'The nights are held for fifteen minutes and wait for the payment.',
  awaiting_host: 'The payment is reserved; the host has a day to answer.',
  confirmed: 'The payment is posted: the stay is certain.',
  in_stay: 'Between check-in and check-out.',
  completed: 'The stay is over.',
  rejected: 'Refused: the nights are gone, a rule, the card, or a bank that did not answer.',
  declined: 'The host refused.',
  expired: 'Nobody paid, or nobody answered, in time.',
  cancelled: 'Called off, under the policy it was booked with.',
};

/** What undoes each effect of booking a stay, and when that is done. */
export const UNDO: readonly { effect: string; undo: string; when: string }[] = [
  {
    effect: 'holdNights',
    undo: 'endHold',
    when: 'the card is declined, the bank stays silent, the hold ends, or the guest withdraws',
  },
  {
    effect: 'collectPayment, confirmPayment',
    undo: 'closePayment',
    when: 'the hold is given up; before the nights are freed while it lasts, else after',
  },
  {
    effect: 'acceptPayment',
    undo: 'refundPayment, a workflow of its own',
    when: 'the money came for nights that are gone or a booking that has ended, or the guest cancels',
  },
];

/** docs/BOOKING.md, as Markdown: the state graph and the undo table, said once, here. */
export function describeBooking(): string {
  const edges = BOOKING_STATUSES.flatMap((from) => TRANSITIONS[from].map((to) => `    ${from} --> ${to}`));
  const ends = BOOKING_STATUSES.filter((status) => TRANSITIONS[status].length === 0);
  return [
    '# The life of a booking',
    '',
    'Printed from `domain/booking-graph.ts` by `npm run docs`; a test compares. The database changes a status only',
    'along these edges, by guarded updates, and every change leaves a row among the events.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '    [*] --> requested',
    ...edges,
    ...ends.map((status) => `    ${status} --> [*]`),
    '```',
    '',
    '| status | what it means | leads to |',
    '|---|---|---|',
    ...BOOKING_STATUSES.map(
      (status) => `| \`${status}\` | ${MEANINGS[status]} | ${linked(TRANSITIONS[status])} |`,
    ),
    '',
    '`expired → confirmed` is the one way back: money that arrived after its hold had ended, while the nights were',
    'still free.',
    '',
    '## Effects and their undoing',
    '',
    'Each effect and its undo are a pair, both safe to repeat. Once money is in, the booking goes forward only: what',
    'cannot stand is refunded, never forgotten.',
    '',
    '| effect | undo | when |',
    '|---|---|---|',
    ...UNDO.map(({ effect, undo, when }) => `| ${effect} | ${undo} | ${when} |`),
    '',
  ].join('\n');
}

function linked(statuses: readonly BookingStatus[]): string {
  return statuses.map((status) => `\`${status}\``).join(', ') || 'nothing';
}
