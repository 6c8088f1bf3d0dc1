import assert from 'node:assert/strict';
import { lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db, Transaction } from '#db/connect.ts';
import { hostShareLeft } from '#db/host-money.ts';
import { findInstalment } from '#db/instalments.ts';
import { findPayoutAccount } from '#db/payout-accounts.ts';
import { findChargeOf, findPayment, isDisputed } from '#db/payments.ts';
import { holdOf } from '#db/payout-holds.ts';
import {
  claimPayout,
  dueAtOf,
  findPayout,
  holdBack,
  lockPayout,
  markPaid,
  markReturned,
  openPayout,
  partsOf,
} from '#db/payouts.ts';
import type { PayoutRow } from '#db/payouts.ts';
import { inTransaction } from '#db/transaction.ts';
import type { BookingId, PayoutId, RefundId } from '#domain/ids.ts';
import { obstacleTo } from '#domain/payouts.ts';
import type { Obstacle, Payee } from '#domain/payouts.ts';
import type { Bank } from '#gateways/bank.ts';
import type { TakenBack, Transferred, TransferResult } from '#gateways/payees.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { payHostOrder } from '#workflows/payouts.contract.ts';
import type { RecoverPayout } from '#workflows/payouts.contract.ts';
import { isAgain } from './again.ts';
import { found } from './found.ts';
import type { PaymentDeps } from './payments.ts';
import { createFreezeActivities } from './payouts/freezing.ts';
import { reclaimFor, writeReclaim } from './payouts/reclaiming.ts';
import type { Reclaimed } from './payouts/reclaiming.ts';

/** A payout, and the now of whoever works on it: records carry it as the business instant. */
interface At {
  payoutId: PayoutId;
  at: string;
}

/** Whether the bank is to be asked now, or what there is to wait for. */
export type Prepared = { is: 'ready' } | { is: 'paid' } | { is: 'waiting'; for: Obstacle; until?: string };

/** What a payout has to do with, and how long those of new hosts are held. */
interface PayoutDeps extends PaymentDeps {
  firstPayoutHoldDays: number;
}

export type PayoutActivities = ReturnType<typeof createPayoutActivities>;

/**
 * The steps of a payout, each of which may run more than once. Those that write lock the booking and then the payout,
 * so that whatever they find there stays as it is until they are through.
 */
export function createPayoutActivities(deps: PayoutDeps) {
  const { db, bank, workflows, firstPayoutHoldDays: daysForAll } = deps;
  return {
    /** Whether a host has a share in a booking that is not promised back, be it not due yet. */
    async isHostOwed({ bookingId }: { bookingId: BookingId }): Promise<boolean> {
      return inTransaction(db, async (trx) => {
        await lockBooking(trx, bookingId);
        return (await hostShareLeft(trx, bookingId, { less: 'promises' })) > 0;
      });
    },

    /** Opens a payout that is due, if there is something to be paid, and starts its workflow. Never a child: it may wait for weeks. */
    async startPayout(due: { bookingId: BookingId; n: number; at: string }): Promise<void> {
      const payout = await inTransaction(db, (trx) => open(trx, due));
      if (payout !== undefined && payout.status !== 'paid')
        await workflows.start(payHostOrder(payout, due.at));
    },

    /** Puts aside what is to be paid, unless something is in the way; where nothing reaches the host there is no more to do. */
    async preparePayout({ payoutId, at }: At): Promise<Prepared> {
      const payee = await readPayee(deps, payoutId);
      return inTransaction(db, async (trx) =>
        prepare(trx, await lock(trx, payoutId), { payee, at, daysForAll }),
      );
    },

    /** Asks the bank for the transfer of what was put aside. */
    async sendPayout({ payoutId }: { payoutId: PayoutId }): Promise<TransferResult> {
      const payout = await found(findPayout(db, payoutId), payoutId);
      if (payout.transferId !== null) return { is: 'sent', id: payout.transferId };
      const { claimedAmountMinor: amountMinor, accountId } = payout;
      assert(amountMinor !== null && accountId !== null, `Nothing was put aside for ${payoutId}.`);
      const { bookingId, currency, attempt } = payout;
      const chargeId = await chargeOf(db, payout, amountMinor);
      const step = `payout-${payout.n}${payout.disputeId === null ? '' : `-${payout.disputeId}`}`;
      const transfer = { payoutId, bookingId, step, attempt, accountId, amountMinor, currency };
      return bank.transfer(
        { ...transfer, ...(chargeId !== undefined && { chargeId }) },
        { again: isAgain() || attempt > 1 },
      );
    },

    /** Writes down that the host is paid, or what the bank has against it. */
    async recordPayout({ payoutId, at, result }: At & { result: TransferResult }): Promise<void> {
      await inTransaction(db, async (trx) => record(trx, await lock(trx, payoutId), { result, at }));
    },

    /** Which payouts the bank had sent on to the holder's bank account, and got back. */
    async readReturned(theirs: RecoverPayout): Promise<Transferred[]> {
      return bank.payoutsIn(theirs);
    },

    /** Takes a payout back from the account that it has come back to. Nothing, where the bank has sent it on again. */
    async takeBackPayout({
      payoutId,
      transferId,
      bankPayoutId,
    }: Transferred & { bankPayoutId: string }): Promise<TakenBack> {
      const payout = await found(findPayout(db, payoutId), payoutId);
      const { accountId, amountMinor, currency } = payout;
      if (payout.transferId !== transferId || accountId === null) return { is: 'nothing' };
      const taking = { transferId, accountId, reason: bankPayoutId, amountMinor, currency, inPart: false };
      return bank.takeBack(taking, { again: isAgain() });
    },

    /** Takes back from a host, as far as their account has it, what they were paid of the money that a refund gives back. */
    async reclaimPayout({ refundId }: { refundId: RefundId }): Promise<TakenBack> {
      const taking = await reclaimFor(db, refundId);
      return taking === undefined ? { is: 'nothing' } : bank.takeBack(taking, { again: isAgain() });
    },

    /** Writes down what was taken back. What was not becomes the host's debt when the refund is settled. */
    async recordReclaim(reclaimed: Reclaimed): Promise<void> {
      await inTransaction(db, (trx) => writeReclaim(trx, reclaimed));
    },

    /** Writes down that a payout has come back, and has it set out anew. */
    async recordReturn({ payoutId, transferId, reversalId, at }: At & Return): Promise<void> {
      const returned = await inTransaction(db, async (trx) => {
        const { booking, payout } = await lock(trx, payoutId);
        // Written down before, it may have set out again, or be paid again: by another transfer.
        if (payout.transferId === transferId) await markReturned(trx, { payout, booking, reversalId, at });
        return lockPayout(trx, payoutId);
      });
      if (returned.status !== 'paid') await workflows.start(payHostOrder(returned, at));
    },

    ...createFreezeActivities(deps),
  };
}

/** Which transfer came back, and the bank's id for the taking back. */
interface Return {
  transferId: string;
  reversalId: string;
}

interface Locked {
  booking: BookingRow;
  payout: PayoutRow;
}

async function lock(trx: Transaction, payoutId: PayoutId): Promise<Locked> {
  const { bookingId } = await found(findPayout(trx, payoutId), payoutId);
  const booking = await lockBooking(trx, bookingId);
  return { booking, payout: await lockPayout(trx, payoutId) };
}

async function open(
  trx: Transaction,
  { bookingId, n, at }: { bookingId: BookingId; n: number; at: string },
): Promise<PayoutRow | undefined> {
  const booking = await lockBooking(trx, bookingId);
  assert(
    Date.parse(at) >= Date.parse(await dueAtOf(trx, booking, n)),
    `It is early to pay for ${bookingId}.`,
  );
  return openPayout(trx, { booking, n, at });
}

async function prepare(
  trx: Transaction,
  { booking, payout }: Locked,
  { payee, at, daysForAll }: { payee: Payee | undefined; at: string; daysForAll: number },
): Promise<Prepared> {
  if (payout.status === 'paid') return { is: 'paid' };
  if (payout.claimedAmountMinor !== null) return { is: 'ready' };
  const parts = await partsOf(trx, booking, payout.n);
  const isFrozen = await isDisputed(trx, booking.id); // Nor are debts paid with money that may have to go back.
  if (parts.amountMinor === 0 && !isFrozen) {
    await markPaid(trx, { payout, booking, parts, transferId: null, at });
    return { is: 'paid' };
  }
  const isHeld = await holdOf(trx, payout, { at, daysForAll });
  const waitingFor = obstacleTo({ payee, isDisputed: isFrozen, isHeld: isHeld !== undefined });
  if (waitingFor !== undefined) {
    const hold = waitingFor === 'hold' ? isHeld : undefined;
    await holdBack(trx, payout, { waitingFor, amountMinor: parts.amountMinor, at, hold });
    return { is: 'waiting', for: waitingFor, ...(hold && { until: hold.until }) };
  }
  assert(payee !== undefined);
  await claimPayout(trx, payout, { parts, accountId: payee.accountId });
  return { is: 'ready' };
}

async function record(
  trx: Transaction,
  { booking, payout }: Locked,
  { result, at }: { result: TransferResult; at: string },
): Promise<void> {
  const { claimedAmountMinor: amountMinor, claimedDebtMinor: debtNettedMinor } = payout;
  if (amountMinor === null || debtNettedMinor === null) return; // Written down before.
  if (result.is === 'refused') {
    await holdBack(trx, payout, { waitingFor: result.obstacle, amountMinor, at });
    return;
  }
  const parts = { amountMinor, debtNettedMinor };
  await markPaid(trx, { payout, booking, parts, transferId: result.id, at });
}

/** What the bank has of the host now; undefined where they have never asked to be paid, or the account is gone. */
async function readPayee(
  { db, bank }: { db: Db; bank: Bank; workflows: Workflows },
  payoutId: PayoutId,
): Promise<Payee | undefined> {
  const { hostId } = await found(findPayout(db, payoutId), payoutId);
  const accountId = await findPayoutAccount(db, hostId);
  return accountId === undefined ? undefined : bank.readPayee(accountId);
}

/**
 * The charge that paid for the month of a long stay; else one that bears it. Out of one charge no more can be sent than it
 * brought: what only several have paid for goes out of the balance.
 */
async function chargeOf(
  db: Db,
  { bookingId, n }: PayoutRow,
  amountMinor: number,
): Promise<string | undefined> {
  const month = await findInstalment(db, { bookingId, n });
  if (month === undefined) return findChargeOf(db, bookingId, amountMinor);
  return (await findPayment(db, month.paymentId))?.chargeId ?? undefined;
}
