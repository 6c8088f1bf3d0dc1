import type { BookingId, PaymentId, RefundId } from '#domain/ids.ts';
import { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { PaymentRow } from './payments.ts';
import { RefundRow } from './refunds.ts';

/** What somebody gives back at the bank, by hand, and what of our own promises it leaves. */

/** The refund that the bank has under this id of its own. */
export async function findRefundAtBank(
  db: Db | Transaction,
  bankRefundId: string,
): Promise<RefundRow | undefined> {
  return RefundRow.query(db).findOne({ bankRefundId });
}

/** A refund of that amount which we have promised, and which the bank has refused to begin or not been heard of. */
export async function findPromise(
  trx: Transaction,
  paymentId: PaymentId,
  amountMinor: number,
): Promise<RefundRow | undefined> {
  return RefundRow.query(trx)
    .where({ paymentId, amountMinor, released: false })
    .whereIn('status', ['pending', 'failed'])
    .whereNull('bankRefundId')
    .orderBy('status') // One that has failed first: that is what a hand at the bank makes good.
    .orderBy('id')
    .first();
}

/** What the bank had refused us has been made there by hand: it goes on as any other. */
export async function fulfilPromise(
  trx: Transaction,
  refund: RefundRow,
  { bankRefundId, at }: { bankRefundId: string; at: string },
): Promise<void> {
  await RefundRow.query(trx).findById(refund.id).patch({ status: 'pending', failure: null, bankRefundId });
  await recordEvent(trx, {
    kind: 'refund.made_by_hand',
    subjectId: refund.id,
    actorId: 'system',
    occurredAt: at,
    data: { bookingId: refund.bookingId, before: 'failed', after: 'pending' },
  });
}

/** A refund of that amount which the bank had taken on, and which has not reached its payer. */
export async function findReturned(
  trx: Transaction,
  paymentId: PaymentId,
  amountMinor: number,
): Promise<RefundRow | undefined> {
  return RefundRow.query(trx)
    .where({ paymentId, amountMinor, status: 'failed', released: false })
    .whereNotNull('bankRefundId')
    .orderBy('id')
    .first();
}

/** Lets go of the promises that have failed, or of one: more has been given back by hand than they leave room for. */
export async function releaseFailedPromises(
  trx: Transaction,
  { paymentId, at, id: only }: { paymentId: PaymentId; at: string; id?: RefundId },
): Promise<RefundRow[]> {
  const released = await RefundRow.query(trx)
    .where({ paymentId, status: 'failed', released: false, ...(only !== undefined && { id: only }) })
    .patch({ released: true })
    .returning('*');
  for (const { id, bookingId, amountMinor } of released) {
    await PaymentRow.query(trx).findById(paymentId).decrement('refundedMinor', amountMinor);
    await recordEvent(trx, {
      kind: 'refund.released',
      subjectId: id,
      actorId: 'system',
      occurredAt: at,
      data: { bookingId, amount: amountMinor },
    });
  }
  return released;
}

/** A cancellation owes its guest more than it said: what had been given of free will before has come to nothing. */
export async function addToRefund(
  trx: Transaction,
  { bookingId, amountMinor }: { bookingId: BookingId; amountMinor: number },
): Promise<void> {
  await BookingRow.query(trx).findById(bookingId).increment('refundMinor', amountMinor);
}
