import { findBooking, lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { openPayment } from '#db/payments.ts';
import { postPayment } from '#db/postings.ts';
import { claimPayout, findPayout, lockPayout, markPaid, openPayout, partsOf } from '#db/payouts.ts';
import type { PayoutRow } from '#db/payouts.ts';
import { lockRefund, requestRefund, settleRefund } from '#db/refunds.ts';
import type { RefundRow } from '#db/refunds.ts';
import { inTransaction } from '#db/transaction.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { PayoutParts } from '#domain/ledger.ts';
import { payoutDueAt } from '#domain/payouts.ts';
import { aLivedStay } from './reviews-fixture.ts';

/** Of a price of 100.00 the host has 80.00. */
export const TOTAL = 10_000;
export const SHARE = 8_000;
const SHARES = { hostMinor: SHARE, platformMinor: 1_500, taxesMinor: 500 };

/** A lived stay whose price is in, and nothing more; of the same host where the property is. */
export async function aPaidStay(db: Db, propertyId?: PropertyId): Promise<BookingRow> {
  const { id, requestedAt } = await aLivedStay(db, propertyId === undefined ? {} : { propertyId });
  const price = JSON.stringify({
    lines: [],
    hostPayoutMinor: SHARES.hostMinor,
    guestServiceFeeMinor: SHARES.platformMinor,
    hostServiceFeeMinor: 0,
    taxMinor: SHARES.taxesMinor,
  });
  await db('bookings').where({ id }).update({ price, total_minor: TOTAL, confirmed_at: requestedAt });
  const booking = await findBooking(db, id);
  if (booking === undefined) throw new Error(`There is no ${id}.`);
  await inTransaction(db, async (trx) => {
    await openPayment(trx, booking);
    const intent = {
      id: `pi_${id}`,
      status: 'posted',
      amountMinor: TOTAL,
      currency: booking.currency,
      chargeId: `ch_${id}`,
    } as const;
    await postPayment(trx, { booking, intent, shares: SHARES, at: requestedAt });
  });
  return booking;
}

export const dueAt = ({ checkInAt }: Pick<BookingRow, 'checkInAt'>): string => payoutDueAt(checkInAt);

export async function aDuePayout(db: Db, booking: BookingRow): Promise<PayoutRow> {
  return inTransaction(db, async (trx) => {
    const locked = await lockBooking(trx, booking.id);
    const payout = await openPayout(trx, { booking: locked, n: 1, at: dueAt(booking) });
    if (payout === undefined) throw new Error(`There is nothing to be paid for ${booking.id}.`);
    return payout;
  });
}

/** Puts aside what is to be paid now. */
export async function claim(db: Db, { id, bookingId }: PayoutRow): Promise<PayoutParts> {
  return inTransaction(db, async (trx) => {
    const booking = await lockBooking(trx, bookingId);
    const payout = await lockPayout(trx, id);
    const parts = await partsOf(trx, booking, 1);
    await claimPayout(trx, payout, { parts, accountId: 'acct_1' });
    return parts;
  });
}

export async function pay(db: Db, { id, bookingId }: PayoutRow, parts: PayoutParts): Promise<PayoutRow> {
  return inTransaction(db, async (trx) => {
    const booking = await lockBooking(trx, bookingId);
    const payout = await lockPayout(trx, id);
    await markPaid(trx, { payout, booking, parts, transferId: `tr_${id}:${payout.round}`, at: payout.dueAt });
    return (await findPayout(trx, id)) ?? payout;
  });
}

/** A host who has been paid for a stay. */
export async function aPaidHost(
  db: Db,
  propertyId?: PropertyId,
): Promise<{ booking: BookingRow; payout: PayoutRow }> {
  const booking = await aPaidStay(db, propertyId);
  const due = await aDuePayout(db, booking);
  return { booking, payout: await pay(db, due, await claim(db, due)) };
}

/** Promises the guest a part of the host's share in a payment, and nothing else. */
export async function aPromise(
  db: Db,
  booking: Pick<BookingRow, 'id' | 'paymentId' | 'guestId' | 'checkInAt'>,
  hostMinor: number,
): Promise<RefundRow> {
  return inTransaction(db, async (trx) => {
    const id = newId('refund');
    await requestRefund(trx, {
      id,
      booking: await lockBooking(trx, booking.id),
      paymentId: booking.paymentId,
      reason: 'cancellation',
      amountMinor: hostMinor,
      shares: { hostMinor, platformMinor: 0, taxesMinor: 0 },
      at: dueAt(booking),
      actorId: booking.guestId,
    });
    return lockRefund(trx, id);
  });
}

export async function settle(db: Db, refund: RefundRow): Promise<void> {
  await inTransaction(db, async (trx) => {
    const booking = await lockBooking(trx, refund.bookingId);
    const bankRefundId = `re_${refund.id}`;
    await settleRefund(trx, { refund, booking, bankRefundId, at: refund.requestedAt });
  });
}
