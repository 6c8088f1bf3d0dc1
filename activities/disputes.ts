import { findBookingOfPayment, lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db, Transaction } from '#db/connect.ts';
import { beginAnswer, findDispute, lockDispute, noteDispute, noteDisputeReminder } from '#db/disputes.ts';
import type { DisputeRow } from '#db/disputes.ts';
import { readEvidenceFacts } from '#db/evidence.ts';
import { findPaymentByIntent, lockPayment } from '#db/payments.ts';
import type { PaymentRow } from '#db/payments.ts';
import { findOpenPayoutsOf } from '#db/payouts.ts';
import { inTransaction } from '#db/transaction.ts';
import { isOver } from '#domain/disputes.ts';
import type { DisputeAtBank, DisputeStanding } from '#domain/disputes.ts';
import { evidenceOf } from '#domain/evidence.ts';
import type { BookingId, DisputeId, PaymentId } from '#domain/ids.ts';
import type { Bank } from '#gateways/bank.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { payHostId, payoutSpoke } from '#workflows/payouts.contract.ts';
import { found } from './found.ts';

interface Deps {
  db: Db;
  bank: Bank;
  workflows: Workflows;
}

/** Where a dispute stands, and what it is called with us. */
export type Standing = DisputeStanding & { disputeId: DisputeId };

/** What happens between a payer's bank and us, one effect each. */
export function createDisputeActivities({ db, bank, workflows }: Deps) {
  return {
    /** How a dispute stands at the bank. */
    readDispute: ({ bankDisputeId }: { bankDisputeId: string }): Promise<DisputeAtBank> =>
      bank.readDispute(bankDisputeId),

    /**
     * Writes down what the bank says, and posts what it has moved; payouts that have waited for the end are told of it.
     * Undefined for a payment that is none of ours; one of ours that is not on record yet will be, and is waited for.
     */
    async recordDispute(said: {
      atBank: DisputeAtBank;
      hasAnswered?: true;
      at: string;
    }): Promise<Standing | undefined> {
      const { atBank, hasAnswered = false, at } = said;
      const dispute = await inTransaction(db, async (trx) => {
        const disputed = await disputedBy(trx, atBank);
        return disputed && noteDispute(trx, { ...disputed, atBank, hasAnswered, at });
      });
      if (dispute === undefined) return undefined;
      if (isOver(dispute)) await tellPayouts({ db, workflows }, dispute.bookingId);
      return standingOf(dispute);
    },

    /** Hands in what we have to say, with the words of an operator if there are any; from here on nothing is added. */
    async answerDispute({ disputeId, at }: { disputeId: DisputeId; at: string }): Promise<DisputeAtBank> {
      await inTransaction(db, async (trx) => beginAnswer(trx, await lockDispute(trx, disputeId), { at }));
      const dispute = await found(findDispute(db, disputeId), disputeId);
      const evidence = evidenceOf(await readEvidenceFacts(db, dispute));
      return bank.answerDispute(dispute.bankDisputeId, evidence);
    },

    /** Has the operators told that the time for an answer is running out. */
    async remindOperators({ disputeId, at }: { disputeId: DisputeId; at: string }): Promise<void> {
      await inTransaction(db, async (trx) => noteDisputeReminder(trx, await lockDispute(trx, disputeId), at));
    },
  };
}

/** What was frozen goes its way now, whichever that is. */
async function tellPayouts(
  { db, workflows }: { db: Db; workflows: Workflows },
  bookingId: BookingId,
): Promise<void> {
  for (const payout of await findOpenPayoutsOf(db, bookingId))
    await workflows.tell(payHostId(payout), payoutSpoke);
}

/** The payment that is disputed, locked, and its booking. */
async function disputedBy(
  trx: Transaction,
  { id, intentId, paymentId }: DisputeAtBank,
): Promise<{ payment: PaymentRow; booking: BookingRow } | undefined> {
  const known = await findPaymentByIntent(trx, intentId);
  if (known === undefined && (await isStranger(trx, paymentId))) return undefined;
  if (known?.status !== 'posted') throw new Error(`What ${id} is about is not posted yet.`);
  // The booking first, as whoever pays its host does: what is lost is not paid out meanwhile.
  const booking = await lockBooking(trx, known.bookingId);
  return { payment: await lockPayment(trx, known.id), booking };
}

/** Money that carries none of our ids, or one that we never gave, is somebody else's. */
async function isStranger(trx: Transaction, paymentId: string | undefined): Promise<boolean> {
  return paymentId === undefined || (await findBookingOfPayment(trx, paymentId as PaymentId)) === undefined;
}

function standingOf(dispute: DisputeRow): Standing {
  const { id: disputeId, status, dueBy, answeringSince, evidenceSubmittedAt, remindedAt } = dispute;
  const { frozenAt, withdrawnMinor, reinstatedMinor } = dispute;
  return {
    disputeId,
    status,
    dueBy,
    answeringSince,
    evidenceSubmittedAt,
    remindedAt,
    frozenAt,
    withdrawnMinor,
    reinstatedMinor,
  };
}
