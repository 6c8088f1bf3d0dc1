import type { PaymentId } from '#domain/ids.ts';
import { postEntries } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import type { Intent } from '#domain/payments.ts';
import type { BookingRow } from './bookings.ts';
import type { Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { newId } from './ids.ts';
import { writeLedger } from './ledger.ts';
import { PaymentRow } from './payments.ts';
import { together } from './transaction.ts';

/** Money that has come in, and whose it is. */
export interface Posting {
  booking: BookingRow;
  intent: Intent;
  shares: Shares;
  at: string;
  /** Which of its payments; the one that it was made with, unless told. */
  paymentId?: PaymentId;
}

/**
 * Money is in: the payment is posted, in the caller's transaction, in which `explainPosting` is to follow. Returns false when
 * this was done before.
 */
export async function markPosted(trx: Transaction, posting: Posting): Promise<boolean> {
  const posted = await PaymentRow.query(trx)
    .findById(paymentOf(posting))
    .whereNot('status', 'posted')
    .patch(postedColumns(posting));
  return posted > 0;
}

/** The ledger explains the money of a payment that has just been posted, and it is told. */
export async function explainPosting(trx: Transaction, posting: Posting): Promise<void> {
  const { booking, intent, shares, at } = posting;
  const paymentId = paymentOf(posting);
  await together([
    writeLedger(trx, {
      step: `post:${paymentId}`,
      booking,
      paymentId,
      bankId: intent.chargeId ?? intent.id,
      at,
      entries: postEntries(shares),
    }),
    recordEvent(trx, {
      kind: 'payment.posted',
      subjectId: paymentId,
      actorId: 'system',
      occurredAt: at,
      data: { bookingId: booking.id, amount: intent.amountMinor, currency: booking.currency },
    }),
  ]);
}

/** Both, one after the other. Returns false when this was done before. */
export async function postPayment(trx: Transaction, posting: Posting): Promise<boolean> {
  const isPosted = await markPosted(trx, posting);
  if (isPosted) await explainPosting(trx, posting);
  return isPosted;
}

function paymentOf({ paymentId, booking }: Posting): PaymentId {
  return paymentId ?? booking.paymentId;
}

/** Money came in once more for a booking that was paid: a payment of its own, which is posted at once. */
export async function postAnother(trx: Transaction, posting: Posting): Promise<PaymentId> {
  const { id: bookingId, currency } = posting.booking;
  const paymentId = newId('payment');
  await PaymentRow.query(trx).insert({ id: paymentId, bookingId, currency, ...postedColumns(posting) });
  await explainPosting(trx, { ...posting, paymentId });
  return paymentId;
}

function postedColumns({ intent, at }: Posting): Partial<PaymentRow> {
  return {
    status: 'posted',
    amountMinor: intent.amountMinor,
    intentId: intent.id,
    chargeId: intent.chargeId ?? null,
    card: intent.card ?? null,
    clientSecret: null,
    nextActionUrl: null,
    captureBefore: null,
    failure: null,
    postedAt: at,
  };
}
