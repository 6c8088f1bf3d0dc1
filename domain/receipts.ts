import type { BookingId, PaymentId } from './ids.ts';
import type { Instant } from './nights.ts';
import type { Card, RefundReason } from './payments.ts';

/** The steps of the ledger by which money goes between a guest and us; what the bank settles with us is none of theirs. */
export const GUEST_STEPS = ['post', 'refund', 'return', 'dispute', 'reinstatement'] as const;
type GuestStep = (typeof GUEST_STEPS)[number];

/** What such a step took from a guest's card in minor units, less what it gave back there. */
export interface GuestMovement {
  step: `${GuestStep}:${string}`;
  at: Instant;
  paymentId: PaymentId;
  amountMinor: number;
  /** Of the payment; null where it was made before cards were kept. */
  card: Card | null;
  /** Of a refund. */
  reason: RefundReason | null;
}

export interface Receipt {
  payments: { id: PaymentId; at: Instant; amountMinor: number; card: Card | null }[];
  refunds: { paymentId: PaymentId; at: Instant; amountMinor: number; reason: RefundReason }[];
  /** What the payer's bank has taken back of its own, and not given again. */
  disputed: { paymentId: PaymentId; at: Instant; amountMinor: number }[];
  paidMinor: number;
  refundedMinor: number;
  disputedMinor: number;
  /** What all of it comes to: what the guest has paid and not got back. */
  netMinor: number;
  /** The moment of the last movement that it tells of. */
  asOf: Instant;
}

/** The same for ever, unique, and telling nobody how many there are: a booking has one receipt, which grows. */
export function receiptNumber(bookingId: BookingId): string {
  return `R-${bookingId.slice('bkg_'.length).toUpperCase()}`;
}

const wordOf = ({ step }: GuestMovement): GuestStep => step.split(':', 1)[0] as GuestStep;
const subjectOf = ({ step }: GuestMovement): string => step.slice(step.indexOf(':') + 1);
const totalOf = (parts: readonly { amountMinor: number }[]): number =>
  parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/**
 * What a guest has paid and got back, from the ledger's movements in their order; undefined where nothing came in. A
 * refund that came back to us is none, and a dispute is what is left of it.
 */
export function receiptOf(movements: readonly GuestMovement[]): Receipt | undefined {
  const of = (word: GuestStep) => movements.filter((movement) => wordOf(movement) === word);
  const payments = of('post').map(({ paymentId: id, at, amountMinor, card }) => ({
    id,
    at,
    amountMinor,
    card,
  }));
  const last = movements.at(-1);
  if (payments.length === 0 || last === undefined) return undefined;
  const returned = new Set(of('return').map(subjectOf));
  const refunds = of('refund')
    .filter((movement) => !returned.has(subjectOf(movement)))
    .map(({ paymentId, at, amountMinor, reason }) => ({
      paymentId,
      at,
      amountMinor: -amountMinor,
      reason: reason ?? 'dashboard',
    }));
  const disputed = of('dispute').flatMap((movement) => {
    const { paymentId, at } = movement;
    const again = of('reinstatement').filter((other) => subjectOf(other) === subjectOf(movement));
    const amountMinor = -totalOf([movement, ...again]);
    return amountMinor === 0 ? [] : [{ paymentId, at, amountMinor }];
  });
  return {
    payments,
    refunds,
    disputed,
    paidMinor: totalOf(payments),
    refundedMinor: totalOf(refunds),
    disputedMinor: totalOf(disputed),
    netMinor: totalOf(movements),
    asOf: last.at,
  };
}
