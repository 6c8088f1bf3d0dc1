import type { z } from 'zod';
import type { BookingRow } from '#db/bookings.ts';
import type { ReceiptNames } from '#db/receipts.ts';
import { nightCount, todayIn } from '#domain/nights.ts';
import { receiptNumber } from '#domain/receipts.ts';
import type { Receipt as MoneyOfReceipt } from '#domain/receipts.ts';
import type { Receipt } from './schemas.ts';

export function presentReceipt(
  booking: BookingRow,
  money: MoneyOfReceipt,
  names: ReceiptNames,
): z.output<typeof Receipt> {
  const { timeZone, price } = booking;
  const moved = ({ at, amountMinor }: { at: string; amountMinor: number }) => ({
    at,
    date: todayIn(timeZone, at),
    amount: amountMinor,
  });
  return {
    number: receiptNumber(booking.id),
    bookingId: booking.id,
    guest: names.guest,
    host: names.host,
    propertyId: booking.propertyId,
    property: names.property,
    checkIn: booking.checkIn,
    checkOut: booking.checkOut,
    nights: nightCount(booking),
    timeZone,
    currency: booking.currency,
    lines: price.lines,
    ...(price.includedTaxes && { includedTaxes: price.includedTaxes }),
    taxes: price.taxMinor,
    total: booking.totalMinor,
    payments: money.payments.map((payment) => ({
      paymentId: payment.id,
      ...moved(payment),
      ...(payment.card !== null && { card: payment.card }),
    })),
    refunds: money.refunds.map((refund) => ({
      paymentId: refund.paymentId,
      ...moved(refund),
      reason: refund.reason,
    })),
    disputed: money.disputed.map((dispute) => ({ paymentId: dispute.paymentId, ...moved(dispute) })),
    paid: money.paidMinor,
    refunded: money.refundedMinor + money.disputedMinor,
    net: money.netMinor,
    asOf: money.asOf,
  };
}
