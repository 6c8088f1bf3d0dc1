import type { CancellationPolicy } from './cancellation/policies.ts';
import { formatMoney } from './money.ts';
import type { Money } from './money.ts';
import type { Instant } from './nights.ts';
import type { PriceLine } from './pricing.ts';

/** What the bank is shown of a stay that is disputed: plain text, in the words that it has a place for. */
export interface Evidence {
  guestName: string;
  guestEmail: string;
  /** What was sold, and the bill, line by line. */
  stay: string;
  /** The first day of the stay, `YYYY-MM-DD`. */
  serviceDate: string;
  /** What the guest had agreed to about cancelling. */
  cancellationPolicy: string;
  /** What happened, in order: arrival, departure, messages, money that was given back. */
  record: string;
  /** What an operator has to say to it. */
  statement?: string;
}

/** The facts that it is made of, as they were recorded. */
export interface EvidenceFacts {
  guest: { name: string; email: string };
  propertyTitle: string;
  booking: {
    id: string;
    checkIn: string;
    checkOut: string;
    timeZone: string;
    cancellationPolicy: CancellationPolicy;
    price: { lines: readonly PriceLine[]; total: Money };
    noteToHost: string | null;
    checkedInAt: Instant | null;
    checkedOutAt: Instant | null;
    cancelledAt: Instant | null;
    cancelledBy: string | null;
  };
  refunds: readonly { amount: Money; settledAt: Instant }[];
  /** What was told of the booking, the oldest first. */
  events: readonly { kind: string; at: Instant }[];
  statement: string | null;
}

/** More than this tell an issuer nothing, and the bank takes only so many characters. */
export const MAX_EVIDENCE_EVENTS = 100;

export function evidenceOf(facts: EvidenceFacts): Evidence {
  const { guest, propertyTitle, booking, statement } = facts;
  const { lines, total } = booking.price;
  const bill = lines.map(
    ({ label, amount }) => `${label}: ${formatMoney({ amount, currency: total.currency })}`,
  );
  return {
    guestName: guest.name,
    guestEmail: guest.email,
    stay: [
      `A stay at “${propertyTitle}” from ${booking.checkIn} to ${booking.checkOut} (${booking.timeZone}), booking ${booking.id}.`,
      ...bill,
      `Total: ${formatMoney(total)}`,
    ].join('\n'),
    serviceDate: booking.checkIn,
    cancellationPolicy:
      `The stay was booked under the policy “${booking.cancellationPolicy}”, ` +
      'which was shown before payment and is part of the booking as it was made.',
    record: recordOf(facts).join('\n'),
    ...(statement !== null && { statement }),
  };
}

function recordOf({ booking, refunds, events }: EvidenceFacts): string[] {
  const { checkedInAt, checkedOutAt, cancelledAt, cancelledBy, noteToHost } = booking;
  return [
    ...(checkedInAt === null ? [] : [`Check-in was recorded at ${checkedInAt}.`]),
    ...(checkedOutAt === null ? [] : [`Check-out was recorded at ${checkedOutAt}.`]),
    ...(cancelledAt === null ? [] : [`Cancelled by the ${cancelledBy} at ${cancelledAt}.`]),
    ...(noteToHost === null ? [] : [`The guest wrote to the host: “${noteToHost}”`]),
    ...refunds.map(({ amount, settledAt }) => `${formatMoney(amount)} was given back at ${settledAt}.`),
    ...events.slice(0, MAX_EVIDENCE_EVENTS).map(({ kind, at }) => `${at} ${kind}`),
  ];
}
