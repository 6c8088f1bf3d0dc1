import type { DisputeId } from '#domain/ids.ts';
import { frozenEntries, sharesOf } from '#domain/ledger.ts';
import type { BookingRow } from './bookings.ts';
import type { Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { hostShareAt } from './host-money.ts';
import { newId } from './ids.ts';
import { findInstalmentOf } from './instalments.ts';
import { writeLedger } from './ledger.ts';
import type { PaymentRow } from './payments.ts';
import { dueAtOf, findPaidPayouts, partsOf, PayoutRow } from './payouts.ts';
import { sharesKept } from './refunds.ts';

/** What the bank has taken of a payment, and whose booking that paid for. Under the booking's lock. */
export interface Frozen {
  booking: BookingRow;
  payment: PaymentRow;
  withdrawnMinor: number;
}

/** How much of the host's part in what is disputed they have had paid out already, in minor units. */
export async function hostOwesIn(
  trx: Transaction,
  { booking, payment, withdrawnMinor }: Frozen,
): Promise<number> {
  const { hostMinor } = sharesOf(withdrawnMinor, await sharesKept(trx, payment));
  const left = await hostShareAt(trx, { bookingId: booking.id, paymentId: payment.id });
  return Math.max(0, hostMinor - Math.max(0, left));
}

/** What of a payout was taken back for a dispute, and what was not. Minor units; without money no act of the bank. */
export interface Taken {
  disputeId: DisputeId;
  reversalId?: string;
  takenMinor: number;
  debtMinor: number;
  at: string;
}

/** Has the host owe what was not taken back of what they were paid; both are payable again, once the dispute is over. */
export async function writeFreeze(
  trx: Transaction,
  { booking, payment: { id: paymentId } }: Frozen,
  { disputeId, reversalId, takenMinor, debtMinor, at }: Taken,
): Promise<void> {
  const entries = frozenEntries({ takenMinor, debtMinor });
  const step = `reversal:${disputeId}`;
  const bankId = reversalId === undefined ? {} : { bankId: reversalId };
  await writeLedger(trx, { step, booking, paymentId, ...bankId, at, entries });
}

/**
 * What the host was paid waits for the verdict as a payout of its own, with the number of the one that it comes from: it is
 * paid again if it is theirs, and comes to nothing if it is not.
 */
export async function openFrozenPayout(
  trx: Transaction,
  { booking, payment }: Frozen,
  { disputeId, takenMinor, debtMinor, at }: Taken,
): Promise<void> {
  const { id: bookingId, hostId, currency } = booking;
  const month = await findInstalmentOf(trx, payment.id);
  const [paid] = await findPaidPayouts(trx, bookingId);
  const n = month?.n ?? paid?.n ?? 1;
  const { amountMinor } = await partsOf(trx, booking, n);
  const { id: subjectId } = await PayoutRow.query(trx).insertAndFetch({
    id: newId('payout'),
    bookingId,
    hostId,
    n,
    disputeId,
    status: 'waiting',
    waitingFor: 'dispute',
    amountMinor,
    currency,
    dueAt: await dueAtOf(trx, booking, n),
  });
  const told = { subjectId, actorId: 'system', occurredAt: at };
  const scheduled = { bookingId, after: 'scheduled', amount: amountMinor, currency };
  await recordEvent(trx, { ...told, kind: 'payout.scheduled', data: scheduled });
  const waits = { bookingId, before: 'scheduled', after: 'waiting', waitingFor: 'dispute' };
  const data = { ...waits, takenBack: takenMinor, debt: debtMinor };
  await recordEvent(trx, { ...told, kind: 'payout.waiting', data });
}

/** The payout of what was taken back for a dispute; undefined where nothing was. */
export async function findFrozenPayout(
  trx: Transaction,
  disputeId: DisputeId,
): Promise<PayoutRow | undefined> {
  return PayoutRow.query(trx).findOne({ disputeId });
}
