import assert from 'node:assert/strict';
import {
  findTransactions,
  findUnsettledOf,
  lockTransaction,
  patchTransaction,
  readBankSide,
} from '#db/bank-transactions.ts';
import type { BankTransactionRow } from '#db/bank-transactions.ts';
import type { Db, Transaction } from '#db/connect.ts';
import { findDiscrepancy, lockDiscrepancy, noteActDone, resolve } from '#db/discrepancies.ts';
import type { DiscrepancyRow } from '#db/discrepancies.ts';
import { writeBankLedger } from '#db/ledger.ts';
import { redeliverEvents } from '#db/relay.ts';
import { inTransaction } from '#db/transaction.ts';
import type { DiscrepancyId } from '#domain/ids.ts';
import { acceptanceEntries, writeOffEntries } from '#domain/ledger.ts';
import type { Entry } from '#domain/ledger.ts';
import { expectedMinor, toldIn } from '#domain/reconciliation.ts';
import type { Resolution } from '#domain/reconciliation.ts';
import type { Bank } from '#gateways/bank.ts';
import { isAgain } from '../again.ts';
import { found } from '../found.ts';
import { end, lookAt, settle, tellingOf } from './looking.ts';

/** Does what an operator has asked for, unless it is done, or not needed any more. */
export async function carryOut(
  { db, bank }: { db: Db; bank: Bank },
  discrepancyId: DiscrepancyId,
  at: string,
): Promise<void> {
  const asked = await found(findDiscrepancy(db, discrepancyId), discrepancyId);
  if (asked.act === null) return;
  // At the bank first: what it has given back it will tell of again, but not why.
  const given = asked.act === 'refund' ? await giveBack({ db, bank }, asked) : undefined;
  await inTransaction(db, async (trx) => {
    // The movement first, as whoever looks at it does.
    const moved =
      asked.bankTransactionId === null ? undefined : await lockTransaction(trx, asked.bankTransactionId);
    const discrepancy = await lockDiscrepancy(trx, discrepancyId);
    if (discrepancy.act === null) return;
    const about = { discrepancy, moved, at };
    if (discrepancy.act === 'accept') await accept(trx, about, 'accepted');
    else if (given?.is === 'given') await accept(trx, about, 'refunded');
    else if (given?.is === 'refused') await noteActDone(trx, discrepancy, given.why);
    else if (discrepancy.act === 'redeliver') await redeliver(trx, about);
    else await lookAgain(trx, about);
  });
}

interface About {
  discrepancy: DiscrepancyRow;
  /** The bank's movement; undefined where it knows of none. */
  moved: BankTransactionRow | undefined;
  at: string;
}

async function giveBack({ db, bank }: { db: Db; bank: Bank }, { id, bankTransactionId }: DiscrepancyRow) {
  assert(bankTransactionId !== null, `${id} is about no charge.`);
  const charge = (await findTransactions(db, [bankTransactionId])).get(bankTransactionId);
  const chargeId = charge?.sourceId ?? undefined;
  assert(chargeId !== undefined, `${id} is about no charge.`);
  return bank.giveBack({ chargeId, discrepancyId: id }, { again: isAgain() });
}

/** The bank's word is taken; what nobody can explain is the platform's. */
async function accept(trx: Transaction, { discrepancy, moved, at }: About, as: Resolution): Promise<void> {
  if (moved === undefined) await writeOff(trx, discrepancy, at);
  else if (moved.settledAt === null) await acceptMovement(trx, { discrepancy, moved, at });
  await resolve(trx, discrepancy, { as, at });
}

async function writeOff(trx: Transaction, { id, step }: DiscrepancyRow, at: string): Promise<void> {
  assert(step !== null);
  const { account, minor, currency } = await readBankSide(trx, step);
  const entries = writeOffEntries(account, minor);
  await writeBankLedger(trx, { step: `acceptance:${id}`, bankId: null, currency, at, entries });
}

async function acceptMovement(
  trx: Transaction,
  { discrepancy, moved, at }: About & { moved: BankTransactionRow },
): Promise<void> {
  const { id: bankId, currency } = moved;
  const post = (entries: Entry[]) =>
    writeBankLedger(trx, { step: `acceptance:${discrepancy.id}`, bankId, currency, at, entries });
  const telling = await tellingOf(trx, moved);
  if (telling === undefined) {
    await post(acceptanceEntries(moved));
    await end(trx, moved, { at });
    return;
  }
  await patchTransaction(trx, moved.id, { step: telling.step, bookingId: telling.bookingId });
  const lostMinor = telling.minor - expectedMinor(moved);
  if (toldIn(moved.type) === 'bank_balance' && lostMinor !== 0)
    await post(writeOffEntries('bank_balance', lostMinor));
  await settle(trx, moved, { telling, lostMinor, at });
}

async function redeliver(trx: Transaction, { discrepancy, moved }: About): Promise<void> {
  const ids = [moved?.sourceId, moved?.intentId].filter((id) => typeof id === 'string');
  const told = await redeliverEvents(trx, ids);
  await noteActDone(trx, discrepancy, told === 0 ? 'no_event' : null);
}

async function lookAgain(trx: Transaction, { discrepancy, moved, at }: About): Promise<void> {
  await noteActDone(trx, discrepancy);
  const look = { at, graceSince: at };
  if (moved !== undefined) await lookAt(trx, moved, look);
  if (discrepancy.step === null) return;
  for (const id of await findUnsettledOf(trx, discrepancy.step))
    await lookAt(trx, await lockTransaction(trx, id), look);
}
