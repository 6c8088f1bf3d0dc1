import { endAlteration as end, readAlteration } from '#db/alterations.ts';
import type { AlterationFailure, AlterationRow } from '#db/alterations.ts';
import { freeAddedNights } from '#db/altered-stays.ts';
import { lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { noteBank } from '#db/payments.ts';
import { postPayment } from '#db/postings.ts';
import { promiseLateBack } from '#db/promised-refunds.ts';
import { findLateRefund } from '#db/refunds.ts';
import { settlementOf } from '#domain/alterations/settlement.ts';
import type { AlterationId, PaymentId, RefundId } from '#domain/ids.ts';
import { priceShares, sharesOf } from '#domain/ledger.ts';
import type { AtBank, Intent } from '#domain/payments.ts';
import type { At } from '../bookings/at.ts';
import { alterBooking, alteredBefore } from './settling.ts';
import type { AlteredStay } from './settling.ts';

export interface AlterationNote {
  alterationId: AlterationId;
  atBank: AtBank;
}

export interface AlterationMoney {
  alterationId: AlterationId;
  intent: Intent;
}

/** The booking is altered; or it is not, and the money goes back. */
export type Completed = ({ altered: true } & AlteredStay) | { altered: false; refundId?: RefundId };

export interface Ending {
  alterationId: AlterationId;
  to: 'failed' | 'withdrawn';
  failure?: AlterationFailure;
  /** Who withdrew. */
  actorId?: string;
}

/** In the caller's transaction, as all of these. */
export async function noteAlteration(
  trx: Transaction,
  { bookingId, alterationId, atBank, at }: At & AlterationNote,
): Promise<void> {
  const booking = await lockBooking(trx, bookingId);
  const { paymentId } = await readAlteration(trx, alterationId);
  if (paymentId !== null) await noteBank(trx, { booking, paymentId, atBank, at });
}

export async function completeAlteration(trx: Transaction, money: At & AlterationMoney): Promise<Completed> {
  const { bookingId, alterationId, intent, at } = money;
  const booking = await lockBooking(trx, bookingId);
  const alteration = await readAlteration(trx, alterationId);
  if (alteration.status === 'altered')
    return { altered: true, ...(await alteredBefore(trx, booking, alteration)) };
  const { paymentId } = alteration;
  if (paymentId === null) throw new Error(`${alterationId} has no payment.`);
  const isWhole = intent.amountMinor === alteration.chargeMinor;
  if (alteration.status === 'accepted' && isWhole) {
    const shares = settlementOf(booking.price, alteration.price).money;
    await postPayment(trx, { booking, paymentId, intent, shares, at });
    return { altered: true, ...(await alterBooking(trx, { booking, alteration, at, actorId: 'system' })) };
  }
  const failure = TAKEN_IN_PART;
  if (!isWhole) await endOpen(trx, alteration, { bookingId, alterationId, at, to: 'failed', failure });
  const refundId = await sendBack(trx, { booking, alteration, paymentId }, { intent, at });
  return { altered: false, ...(refundId !== undefined && { refundId }) };
}

/** Somebody took less than the difference by hand. */
const TAKEN_IN_PART: AlterationFailure = {
  code: 'card_declined',
  message: 'Only a part of the difference was taken. It goes back to the card.',
  declineCode: 'partial_capture',
};

/** Money for a booking that is not altered, whose it would have been: all of it goes back, once. */
async function sendBack(
  trx: Transaction,
  {
    booking,
    alteration,
    paymentId,
  }: { booking: BookingRow; alteration: AlterationRow; paymentId: PaymentId },
  { intent, at }: { intent: Intent; at: string },
): Promise<RefundId | undefined> {
  const shares = sharesOf(intent.amountMinor, priceShares(alteration.price));
  const posting = { booking, paymentId, intent, shares, at };
  const isNew = await postPayment(trx, posting);
  return isNew ? promiseLateBack(trx, posting, paymentId) : findLateRefund(trx, paymentId);
}

export async function endAlteration(trx: Transaction, ending: At & Ending): Promise<void> {
  await lockBooking(trx, ending.bookingId);
  await endOpen(trx, await readAlteration(trx, ending.alterationId), ending);
}

async function endOpen(
  trx: Transaction,
  alteration: AlterationRow,
  { alterationId, to, failure, actorId = 'system', at }: At & Ending,
): Promise<void> {
  const isOver = !(await end(trx, alteration, { to, at, actorId, failure }));
  if (!isOver) await freeAddedNights(trx, { alterationId, at });
}
