import { ALTERATION_PAYMENT_HOURS, MAX_PROPOSALS_PER_SIDE } from './alterations.ts';
import {
  BOOKING_STATUSES,
  CHALLENGED_HOLD_MINUTES,
  HOLD_MINUTES,
  HOST_ANSWER_HOURS,
  HOST_REMINDER_HOURS,
  NO_SHOW_AFTER_HOURS,
  TRANSITIONS,
} from './bookings.ts';
import type { BookingStatus } from './bookings.ts';

/** What each status means, for people. */
export const MEANINGS: Readonly<Record<BookingStatus, string>> = {
  requested: 'Recorded with its price; nothing is held, nothing is charged.',
  held: `The nights are held for ${HOLD_MINUTES} minutes, or ${CHALLENGED_HOLD_MINUTES} once the payer is sent to a challenge, and wait for the payment.`,
  awaiting_host: `The price is reserved, or there is none; the host has ${HOST_ANSWER_HOURS} hours to answer (never past check-in, nor to where the bank lets go of the money) and is reminded after ${HOST_REMINDER_HOURS}.`,
  confirmed: 'The price is posted, or there is none: the stay is certain.',
  in_stay: `Between check-in and check-out. A long stay is paid for a month at a time, when each begins. Arrival, departure and, after ${NO_SHOW_AFTER_HOURS} hours, that nobody came can be put on record; nobody has to.`,
  completed:
    'The stay is over: its check-out has come, or the guest has left before. One to which nobody came is over too.',
  rejected:
    'Refused: the nights are gone, a rule, the card, a bank that did not answer or that has let go of what was reserved.',
  declined: 'The host refused; nothing was charged.',
  expired: 'Nobody paid, or nobody answered, in time.',
  cancelled:
    'Called off: before it was certain by its guest without a charge, after that by its guest under its policy, or by its host, who gives everything back; and at any time by an operator, who may give more than the policy does. A long stay also by itself, where an instalment is not paid in time.',
};

/** What undoes each effect of booking a stay, and when that is done. */
export const UNDO: readonly { effect: string; undo: string; when: string }[] = [
  {
    effect: 'holdNights: the nights are taken',
    undo: 'endHold',
    when: 'the card is declined, the bank stays silent or lets go of the money, the hold ends, the host refuses or stays silent, or the guest withdraws',
  },
  {
    effect: 'noteBank: the end of the hold is put off for a challenge',
    undo: 'none: put off once, it comes',
    when: 'never',
  },
  {
    effect:
      'collectPayment, confirmPayment: the price is reserved, and where no host is asked posted in the same act',
    undo: 'closePayment: what is reserved is voided',
    when: 'the booking is given up; before the nights are freed while a hold lasts, after that where it is over or a host was asked',
  },
  {
    effect: 'askHost: the host is asked',
    undo: 'endHold',
    when: 'the host refuses, or does not answer in time; the guest withdraws; the bank lets go of the money',
  },
  {
    effect: 'capturePayment: what is reserved is posted',
    undo: 'refundPayment, a workflow of its own',
    when: 'the guest, the host or an operator cancels',
  },
  {
    effect: 'acceptPayment: the money is in the ledger, the stay certain',
    undo: 'refundPayment, and cancelStay for the nights',
    when: 'the money came for nights that are gone or a booking that has ended, or the guest, the host or an operator cancels',
  },
  {
    effect: 'chargeInstalment, acceptInstalment: the next month is paid for',
    undo: 'refundPayment for each payment, the newest first',
    when: 'the host or an operator cancels, or the money came after the end',
  },
  {
    effect: 'openInstalment, noteInstalment: the guest has to pay what the card did not',
    undo: 'closePayment, and lapseInstalments: nobody has to pay it any more',
    when: 'the booking ends before it is paid',
  },
  {
    effect:
      'cancelStay by the host: the nights stay blocked, a fee is the host’s debt, a note is among the reviews',
    undo: 'none by itself: an operator may free the nights and take the note away',
    when: 'never',
  },
  {
    effect: 'acceptAlteration: the nights that an alteration adds are held beside those of the booking',
    undo: 'endAlteration, and closePayment for what it costs more',
    when: 'that is declined or not paid in time, whoever proposed it withdraws, or the booking is cancelled',
  },
  {
    effect: 'acceptAlteration, completeAlteration: the booking has other nights, guests and price',
    undo: 'none: another alteration, which the other side has to accept',
    when: 'never by itself; money that comes for an alteration that is over goes back by refundPayment',
  },
  {
    effect: 'recordStay: the guest has left',
    undo: 'none: the nights that are left are free, and may be somebody else’s at once',
    when: 'never',
  },
  {
    effect: 'recordStay: nobody came',
    undo: 'recordStay: the guest has arrived',
    when: 'they come after all',
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
    'still free. It is no way for a request that its host has not accepted: late money for one goes back.',
    '',
    '## Altering it',
    '',
    `While a booking is \`confirmed\` or \`in_stay\`, guest and host may each propose up to ${MAX_PROPOSALS_PER_SIDE} times to change its nights and`,
    'guests: a new proposal replaces the one that is open, and what is open at the end lapses. The status stays what it is.',
    `Once both sides agree, what it costs more can be paid for ${ALTERATION_PAYMENT_HOURS} hours, never past check-in (or, in a stay, check-out).`,
    '',
    '```mermaid',
    'stateDiagram-v2',
    '    [*] --> proposed',
    '    proposed --> accepted: it costs more',
    '    proposed --> altered: it costs no more',
    '    proposed --> declined',
    '    proposed --> withdrawn',
    '    proposed --> replaced',
    '    proposed --> lapsed',
    '    accepted --> altered: paid',
    '    accepted --> failed',
    '    accepted --> withdrawn',
    '    altered --> [*]',
    '```',
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
