import { BookingRow, lockBooking } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { changeInstalment, findInstalment, findInstalmentOf } from '#db/instalments.ts';
import type { InstalmentRow } from '#db/instalments.ts';
import { findPaymentByIntent, openInstalmentPayment } from '#db/payments.ts';
import { postAnother, postPayment } from '#db/postings.ts';
import type { Posting } from '#db/postings.ts';
import { promiseLateBack } from '#db/promised-refunds.ts';
import { findLateRefund } from '#db/refunds.ts';
import type { PaymentId, RefundId } from '#domain/ids.ts';
import { priceShares, sharesOf } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import type { Intent } from '#domain/payments.ts';
import type { At } from '../bookings/at.ts';
import { found } from '../found.ts';
import { tell } from './noting.ts';

/** What money for an instalment has done: paid it, or, where nobody owes it any more, turned into a refund. */
export type InstalmentAccepted = { isPaid: true } | { isPaid: false; refundId?: RefundId };

/** In the caller's transaction, as all of these. */
export async function acceptInstalment(
  trx: Transaction,
  { bookingId, paymentId, intent, at }: At & { paymentId: PaymentId; intent: Intent },
): Promise<InstalmentAccepted> {
  const booking = await lockBooking(trx, bookingId);
  const instalment = await found(findInstalmentOf(trx, paymentId), `instalment for ${paymentId}`);
  await openInstalmentPayment(trx, booking, instalment);
  const isWhole = intent.amountMinor === instalment.amountMinor;
  const shares = isWhole ? instalment.shares : sharesOf(intent.amountMinor, priceShares(booking.price));
  const posting = { booking, intent, shares, at, paymentId };
  if (!(await postPayment(trx, posting))) return acceptedBefore(trx, posting, instalment);
  if (!isWhole || (instalment.status !== 'scheduled' && instalment.status !== 'due'))
    return { isPaid: false, refundId: await promiseLateBack(trx, posting, paymentId) };
  await changeInstalment(trx, instalment, { status: 'paid' });
  await tell(trx, instalment, { kind: 'paid', at });
  await keepWhatPaid(trx, booking, intent);
  return { isPaid: true };
}

/** The payment was posted before: by this very money, or by other money, and then this goes back. */
async function acceptedBefore(
  trx: Transaction,
  posting: Posting,
  { paymentId, status }: InstalmentRow,
): Promise<InstalmentAccepted> {
  const payment = await findPaymentByIntent(trx, posting.intent.id);
  if (payment === undefined) {
    const another = await postAnother(trx, posting);
    return { isPaid: false, refundId: await promiseLateBack(trx, posting, another) };
  }
  if (payment.id === paymentId && status === 'paid') return { isPaid: true };
  const refundId = await findLateRefund(trx, payment.id);
  return { isPaid: false, ...(refundId !== undefined && { refundId }) };
}

/** The card that the guest has paid with is the one that is charged from now on. */
async function keepWhatPaid(trx: Transaction, booking: BookingRow, intent: Intent): Promise<void> {
  const { customerId = booking.customerId, savedCardId: cardId = booking.cardId } = intent;
  await BookingRow.query(trx).findById(booking.id).patch({ customerId, cardId });
}

/** Whose money it is that has come for a booking itself, and what a stay that is paid in instalments keeps of it. */
export async function sharesOfFirst(
  trx: Transaction,
  booking: BookingRow,
  { amountMinor }: Intent,
): Promise<Shares> {
  const first = await firstOf(trx, booking);
  return first?.amountMinor === amountMinor
    ? first.shares
    : sharesOf(amountMinor, priceShares(booking.price));
}

/** The booking is certain, so its first instalment is paid; the card that it was paid with is kept for the others. */
export async function beginInstalments(
  trx: Transaction,
  booking: BookingRow,
  { intent, at }: { intent: Intent; at: string },
): Promise<void> {
  const first = await firstOf(trx, booking);
  if (first === undefined) return;
  await changeInstalment(trx, first, { status: 'paid' });
  await tell(trx, first, { kind: 'paid', at });
  await keepWhatPaid(trx, booking, intent);
}

/** Undefined where the price is paid at once, which most are: then nothing is asked. */
async function firstOf(
  trx: Transaction,
  { id: bookingId, upfrontMinor }: BookingRow,
): Promise<InstalmentRow | undefined> {
  return upfrontMinor === null ? undefined : findInstalment(trx, { bookingId, n: 1 });
}
