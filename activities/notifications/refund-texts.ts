import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findRefund } from '#db/refunds.ts';
import type { RefundId } from '#domain/ids.ts';
import { formatMoney } from '#domain/money.ts';
import type { Text } from './text.ts';

/** What a guest is told of money that they get back beyond what they are owed. */
export async function refundText(
  db: Db,
  id: RefundId,
  { checkIn, checkOut }: BookingRow,
): Promise<Text | undefined> {
  const refund = await findRefund(db, id);
  if (refund === undefined) return undefined;
  const money = formatMoney({ amount: refund.amountMinor, currency: refund.currency });
  return {
    subject: `${money} of your stay from ${checkIn} goes back to you`,
    lines: [
      `For your stay from ${checkIn} to ${checkOut}, ${money} goes back to the card you paid with.`,
      ...(refund.note === null ? [] : [refund.note]),
    ],
  };
}
