import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { claim } from '#db/idempotency.ts';
import type { Once } from '#db/idempotency.ts';
import { newId } from '#db/ids.ts';
import { lockPayment } from '#db/payments.ts';
import type { PaymentRow } from '#db/payments.ts';
import { requestRefund, sharesLeft } from '#db/refunds.ts';
import { inTransaction } from '#db/transaction.ts';
import { bookingNow } from '#domain/bookings.ts';
import type { RefundId, UserId } from '#domain/ids.ts';
import { sumOf } from '#domain/ledger.ts';
import { giftShares } from '#domain/refunds.ts';
import type { Giver } from '#domain/refunds.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { refundOrder } from '#workflows/refunds.contract.ts';
import { notAny } from '../bookings/asking.ts';

export interface Gift {
  by: Giver;
  actorId: UserId;
  /** Minor units; undefined: all that its giver can give. */
  amountMinor: number | undefined;
  note: string | undefined;
}

/** Money back that nobody is owed. */
export interface Refunds {
  /**
   * Promises it, under the payment's lock, so that promises never exceed what came in; the refund's own workflow carries it out.
   * @throws DomainError `refund_exceeds_payment`, `invalid_input`; `booking_state` while the price is not paid
   */
  give(paid: { booking: BookingRow; payment: PaymentRow }, gift: Gift, once: Once): Promise<RefundId>;
}

interface Deps {
  db: Db;
  workflows: Workflows;
  now: () => Date;
}

export function createRefunds(deps: Deps): Refunds {
  return { give: (paid, gift, once) => give(deps, paid, { gift, once }) };
}

async function give(
  { db, workflows, now }: Deps,
  { booking, payment: { id: paymentId } }: { booking: BookingRow; payment: PaymentRow },
  { gift, once }: { gift: Gift; once: Once },
): Promise<RefundId> {
  const refundId = await inTransaction(db, async (trx) => {
    const { fresh, resourceId } = await claim(trx, once, newId('refund'));
    const id = resourceId as RefundId;
    if (!fresh) return id;
    const payment = await lockPayment(trx, paymentId);
    if (payment.status !== 'posted') throw notAny(booking.status, 'Nothing has been paid yet.');
    const { by, amountMinor, actorId, note } = gift;
    const left = await sharesLeft(trx, payment);
    const shares = giftShares(left, { by, amountMinor, currency: payment.currency });
    await requestRefund(trx, {
      id,
      booking,
      paymentId,
      reason: 'goodwill',
      amountMinor: sumOf(shares),
      shares,
      at: bookingNow(booking, now()),
      actorId,
      note,
    });
    return id;
  });
  await workflows.offer(refundOrder(refundId));
  return refundId;
}
