import { lockBooking } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findPayment } from '#db/payments.ts';
import { failRefund, findRefund, lockRefund, noteRefund, settleRefund } from '#db/refunds.ts';
import { findPromisedWith } from '#db/promised-refunds.ts';
import { inTransaction } from '#db/transaction.ts';
import type { RefundId } from '#domain/ids.ts';
import type { BankRefundResult } from '#domain/payments.ts';
import type { Bank, BankRefund } from '#gateways/bank.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { refundOrder } from '#workflows/refunds.contract.ts';
import type { MadeByHand } from '#workflows/refunds.contract.ts';
import { isAgain } from './again.ts';
import { found } from './found.ts';
import { takeIn } from './refunds/by-hand.ts';

/** Money on its way back, one effect each. */
export function createRefundActivities({
  db,
  bank,
  workflows,
}: {
  db: Db;
  bank: Bank;
  workflows: Workflows;
}) {
  return {
    /** Asks the bank for the money back. */
    async refundAtBank({ refundId }: { refundId: RefundId }): Promise<BankRefundResult> {
      return bank.refund(await bankRefundOf(db, refundId), { again: isAgain() });
    },

    /** How it stands with what was asked back before: by the bank's id for it, once that is known. */
    async readRefund({ refundId }: { refundId: RefundId }): Promise<BankRefundResult> {
      const { bankRefundId } = await found(findRefund(db, refundId), refundId);
      if (bankRefundId !== null) return (await bank.readRefund(bankRefundId)).result;
      return bank.refund(await bankRefundOf(db, refundId), { again: true });
    },

    /**
     * Takes a refund into our records that somebody made at the bank, by hand: as what a promise of ours came to that the
     * bank had refused, or as one more, from everyone's share in proportion. Tried again while more is promised than leaves
     * room for it: the bank will refuse that.
     */
    async takeRefundIn({ paymentId, bankRefundId, at }: MadeByHand & { at: string }): Promise<RefundId> {
      const { amountMinor } = await bank.readRefund(bankRefundId);
      const { id, rest } = await inTransaction(db, (trx) =>
        takeIn(trx, { paymentId, bankRefundId, amountMinor, at }),
      );
      for (const promise of rest) await workflows.start(refundOrder(promise));
      return id;
    },

    /** Writes down how the refund ended, or that the bank has taken it on. */
    async recordRefund({
      refundId,
      result,
      at,
    }: {
      refundId: RefundId;
      result: BankRefundResult;
      at: string;
    }): Promise<void> {
      await inTransaction(db, async (trx) => {
        const refund = await lockRefund(trx, refundId);
        const booking = await lockBooking(trx, refund.bookingId);
        if (result.status === 'pending') await noteRefund(trx, refund.id, result.id);
        if (result.status === 'settled')
          await settleRefund(trx, { refund, booking, bankRefundId: result.id, at });
        if (result.status === 'failed')
          await failRefund(trx, { refund, booking, failure: result.failure, at });
      });
    },

    /**
     * Starts the workflow of a refund, and of those that were promised with it out of other payments. Never a child: a
     * booking may wait for months, and time must be free to jump.
     */
    async startRefund({ refundId }: { refundId: RefundId }): Promise<void> {
      const refund = await found(findRefund(db, refundId), refundId);
      for (const id of await findPromisedWith(db, refund)) await workflows.start(refundOrder(id));
    },
  };
}

async function bankRefundOf(db: Db, refundId: RefundId): Promise<BankRefund> {
  const refund = await found(findRefund(db, refundId), refundId);
  const payment = await found(findPayment(db, refund.paymentId), refund.paymentId);
  if (payment.intentId === null) throw new Error(`${payment.id} was posted without an intent.`);
  const { amountMinor, currency } = refund;
  return { refundId, intentId: payment.intentId, amountMinor, currency };
}
