import {
  findTelling,
  isRefundUnderWay,
  lockUntoldOf,
  patchTransaction,
  readTelling,
} from '#db/bank-transactions.ts';
import type { BankTransactionRow, Telling } from '#db/bank-transactions.ts';
import type { Transaction } from '#db/connect.ts';
import { closeDiscrepancies, openDiscrepancy } from '#db/discrepancies.ts';
import { writeBankLedger } from '#db/ledger.ts';
import { acceptanceEntries, settlementEntries } from '#domain/ledger.ts';
import { expectedMinor, isOurOwn, toldIn } from '#domain/reconciliation.ts';

/** As of when it is looked, and since when nothing is missed: what is younger may be under way. */
export interface Look {
  at: string;
  graceSince: string;
}

/**
 * Looks at a movement of the bank's, which the caller has locked: it is settled where the ledger tells of it and the
 * money is there, and put into the queue where it has been missed for too long. Whether it is settled now.
 */
export async function lookAt(trx: Transaction, moved: BankTransactionRow, look: Look): Promise<boolean> {
  await patchTransaction(trx, moved.id, { lookedAt: look.at });
  if (moved.settledAt !== null) return true;
  const account = toldIn(moved.type);
  if (isOurOwn(moved.type)) return end(trx, moved, look);
  if (moved.givenBackFor !== null) return acceptGivenBack(trx, moved, look);
  if (account === undefined) return miss(trx, moved, look);
  const telling = await tellingOf(trx, moved);
  if (telling === undefined) return miss(trx, moved, look);
  if (!agrees(moved, telling)) {
    await openDiscrepancy(trx, differenceOf(moved, telling), look.at);
    return false;
  }
  await closeDiscrepancies(trx, { bankTransactionId: moved.id }, look.at);
  await closeDiscrepancies(trx, { step: telling.step }, look.at);
  await patchTransaction(trx, moved.id, { step: telling.step, bookingId: telling.bookingId });
  if (moved.availableOn > look.at) return false;
  return settle(trx, moved, { telling, at: look.at });
}

/** The ledger's word about a movement, which is the movement's alone. */
export async function tellingOf(trx: Transaction, moved: BankTransactionRow): Promise<Telling | undefined> {
  const account = toldIn(moved.type);
  if (account === undefined) return undefined;
  if (moved.step !== null) return readTelling(trx, moved.step, account);
  const ids = [moved.sourceId, moved.intentId].filter((id) => id !== null);
  return findTelling(trx, { ids, account, sign: Math.sign(expectedMinor(moved)) });
}

/** Into the balance, of which the bank keeps its fee; what hosts were sent has left it when they were. */
export async function settle(
  trx: Transaction,
  moved: BankTransactionRow,
  { telling, lostMinor = 0, at }: { telling: Telling; lostMinor?: number; at: string },
): Promise<true> {
  const { id, amountMinor, feeMinor, currency } = moved;
  if (toldIn(moved.type) === 'bank_clearing') {
    const cleared = { clearedMinor: telling.minor, lostMinor, currency: telling.currency };
    const entries = settlementEntries(cleared, { amountMinor, feeMinor, currency });
    await writeBankLedger(trx, { step: `settlement:${id}`, bankId: id, currency, at, entries });
  }
  return end(trx, moved, { at });
}

/** Nothing is to be done about it any more. */
export async function end(
  trx: Transaction,
  { id }: BankTransactionRow,
  { at }: { at: string },
): Promise<true> {
  await patchTransaction(trx, id, { settledAt: at });
  return true;
}

/** An operator has had it given back: what was taken as a gain goes again. */
async function acceptGivenBack(trx: Transaction, moved: BankTransactionRow, { at }: Look): Promise<true> {
  const { id, currency } = moved;
  const entries = acceptanceEntries(moved);
  await writeBankLedger(trx, { step: `acceptance:${id}`, bankId: id, currency, at, entries });
  return end(trx, moved, { at });
}

/** In the currency of the ledger: before the bank exchanged it, if it did. */
function agrees(moved: BankTransactionRow, { minor, currency }: Telling): boolean {
  if (moved.exchangedMinor !== null)
    return moved.exchangedCurrency === currency && moved.exchangedMinor === minor;
  return moved.currency === currency && expectedMinor(moved) === minor;
}

function differenceOf(moved: BankTransactionRow, telling: Telling) {
  return {
    cause: 'amount_differs',
    bankTransactionId: moved.id,
    bookingId: telling.bookingId,
    bankMinor: moved.exchangedMinor ?? expectedMinor(moved),
    ledgerMinor: telling.minor,
    currency: moved.exchangedCurrency ?? moved.currency,
  } as const;
}

/** A refund that has never arrived went out and came in again, and the ledger never told of it: there is nothing to tell. */
async function hasComeToNothing(trx: Transaction, sourceId: string, at: string): Promise<boolean> {
  const all = await lockUntoldOf(trx, sourceId);
  const sum = all.reduce((net, { amountMinor, feeMinor }) => net + amountMinor - feeMinor, 0);
  if (all.length < 2 || sum !== 0) return false;
  for (const each of all) {
    await closeDiscrepancies(trx, { bankTransactionId: each.id }, at);
    await end(trx, each, { at });
  }
  return true;
}

/** Nobody knows of it. As long as that may be because it is under way, it is left alone. */
async function miss(trx: Transaction, moved: BankTransactionRow, { at, graceSince }: Look): Promise<boolean> {
  const { id: bankTransactionId, sourceId, bookingId, currency, firstSeenAt } = moved;
  if (firstSeenAt > graceSince) return false;
  if (sourceId !== null && (await isRefundUnderWay(trx, sourceId))) return false;
  if (sourceId !== null && (await hasComeToNothing(trx, sourceId, at))) return true;
  const bankMinor = expectedMinor(moved);
  const cause = bookingId === null ? 'not_ours' : 'not_in_ledger';
  await openDiscrepancy(trx, { cause, bankTransactionId, bookingId, bankMinor, currency }, at);
  return false;
}
