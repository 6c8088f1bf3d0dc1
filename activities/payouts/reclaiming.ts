import { lockBooking } from '#db/bookings.ts';
import type { Db, Transaction } from '#db/connect.ts';
import { findInstalmentOf } from '#db/instalments.ts';
import { readLedgerStep, writeLedger } from '#db/ledger.ts';
import { findPaidPayouts } from '#db/payouts.ts';
import { hostOwesOf, lockRefund } from '#db/refunds.ts';
import { inTransaction } from '#db/transaction.ts';
import type { BookingId, RefundId } from '#domain/ids.ts';
import { takenBackEntries } from '#domain/ledger.ts';
import type { TakingBack } from '#gateways/payees.ts';

export interface Reclaimed {
  refundId: RefundId;
  reversalId: string;
  amountMinor: number;
  at: string;
}

/** What of a refund the host has been paid already, and which transfer of theirs it can come out of; else undefined. */
export async function reclaimFor(db: Db, refundId: RefundId): Promise<TakingBack | undefined> {
  return inTransaction(db, async (trx) => {
    const refund = await lockRefund(trx, refundId);
    await lockBooking(trx, refund.bookingId);
    if (refund.status !== 'pending' || (await isReclaimed(trx, refundId))) return undefined;
    const owedMinor = await hostOwesOf(trx, refund);
    const month = await findInstalmentOf(trx, refund.paymentId);
    return takingFor(trx, { bookingId: refund.bookingId, owedMinor, reason: refundId, n: month?.n });
  });
}

/** What a host owes of a booking, or of a month of it, and why it is to be taken. The sum in minor units. */
interface Owing {
  bookingId: BookingId;
  owedMinor: number;
  reason: string;
  n?: number | undefined;
}

/**
 * How what a host owes can come out of what they were paid for that month, or else by the smallest transfer for the booking
 * that bears it, as it was paid out of the smallest charge that bore it; undefined where it cannot.
 */
export async function takingFor(
  trx: Transaction,
  { bookingId, owedMinor, reason, n }: Owing,
): Promise<TakingBack | undefined> {
  const paid = (await findPaidPayouts(trx, bookingId)).filter(({ transferId }) => transferId !== null);
  const largestFirst = paid.toSorted((one, other) => other.amountMinor - one.amountMinor);
  const bearing = largestFirst.findLast(({ amountMinor }) => amountMinor >= owedMinor);
  const payout = paid.find((each) => each.n === n) ?? bearing ?? largestFirst[0];
  if (owedMinor === 0 || payout === undefined) return undefined;
  const { transferId, accountId, currency } = payout;
  if (transferId === null || accountId === null) return undefined;
  const amountMinor = Math.min(owedMinor, payout.amountMinor);
  return { transferId, accountId, reason, amountMinor, currency, inPart: true };
}

/** Owes the host again what was taken back from them, in the caller's transaction; out of that the refund is made. */
export async function writeReclaim(trx: Transaction, reclaimed: Reclaimed): Promise<void> {
  const { refundId, reversalId, amountMinor, at } = reclaimed;
  const { bookingId, paymentId } = await lockRefund(trx, refundId);
  const booking = await lockBooking(trx, bookingId);
  if (await isReclaimed(trx, refundId)) return;
  const entries = takenBackEntries(amountMinor);
  await writeLedger(trx, { step: stepOf(refundId), booking, paymentId, bankId: reversalId, at, entries });
}

const stepOf = (refundId: RefundId): string => `reversal:${refundId}`;

async function isReclaimed(trx: Transaction, refundId: RefundId): Promise<boolean> {
  return (await readLedgerStep(trx, stepOf(refundId))).length > 0;
}
