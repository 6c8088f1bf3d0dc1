import { Context } from '@temporalio/activity';
import {
  findToLookAt,
  findUnknownAtBank,
  keepTransactions,
  lockReading,
  lockTransaction,
  noteReading,
} from '#db/bank-transactions.ts';
import type { Reading } from '#db/bank-transactions.ts';
import type { Db } from '#db/connect.ts';
import { openDiscrepancy } from '#db/discrepancies.ts';
import { findPaidAccounts } from '#db/payout-accounts.ts';
import { findKept, keepBankEvent } from '#db/relay.ts';
import { inTransaction } from '#db/transaction.ts';
import type { DiscrepancyId } from '#domain/ids.ts';
import { OVERLAP_SECONDS } from '#domain/reconciliation.ts';
import type { Patience } from '#domain/reconciliation.ts';
import type { Bank } from '#gateways/bank.ts';
import type { Page, Stretch, Told } from '#gateways/statements.ts';
import { ownerOf } from '#workflows/inbox.contract.ts';
import type { Progress } from '#workflows/reconciliation.contract.ts';
import { lookAt } from './reconciliation/looking.ts';
import { carryOut } from './reconciliation/resolving.ts';

/** So many pages of a hundred are read, and so many movements looked at, before it is written down how far that is. */
const PAGES_AT_ONCE = 10;
const LOOKS_AT_ONCE = 200;
const ACCOUNTS_A_PAGE = 20;

/** When the run began that an activity is a part of, and how patient it is. */
interface Run {
  begunAt: string;
  patience: Patience;
}

interface Deps {
  db: Db;
  bank: Bank;
}

export type ReconciliationActivities = ReturnType<typeof createReconciliationActivities>;

/** The bank's lists held against ours. Each part is a bounded stretch of its work, and tells whether there is more. */
export function createReconciliationActivities({ db, bank }: Deps) {
  return {
    /** Fetches what the bank has told and we have not heard. It goes the way of all that the bank tells, and only that. */
    async hearWhatWasLost(run: Run): Promise<Progress> {
      const pageAt = (stretch: Stretch) => bank.told(stretch);
      return readOn(db, { list: 'events', until: ripeBy(run), pageAt }, (told) => hear(db, told, run));
    },

    /** The same of hosts' accounts, of which the bank keeps lists of their own: of those that were paid lately. */
    async hearWhatPayeesLost(run: Run): Promise<Progress> {
      const pageAt = (stretch: Stretch) => toldOfPayees({ db, bank }, stretch);
      return readOn(db, { list: 'payees', until: ripeBy(run), pageAt }, (told) => hear(db, told, run));
    },

    /** Writes down what has moved our balance at the bank. */
    async noteMovements({ begunAt }: Run): Promise<Progress> {
      const pageAt = (stretch: Stretch) => bank.movements(stretch);
      return readOn(db, { list: 'movements', until: begunAt, pageAt }, (movements) =>
        inTransaction(db, (trx) => keepTransactions(trx, movements)),
      );
    },

    /** Looks for what explains each movement, settles what is explained and through, and puts the rest into the queue. */
    async settleMovements({ begunAt, patience }: Run): Promise<Progress> {
      const ids = await findToLookAt(db, begunAt, LOOKS_AT_ONCE);
      let settled = 0;
      for (const id of ids) {
        const look = { at: begunAt, graceSince: earlier(begunAt, patience.graceSeconds) };
        if (await inTransaction(db, async (trx) => lookAt(trx, await lockTransaction(trx, id), look)))
          settled += 1;
        Context.current().heartbeat(id);
      }
      return { count: settled, isDone: ids.length < LOOKS_AT_ONCE };
    },

    /** Puts into the queue what the ledger tells of and the bank does not know. */
    async findUnknown({ begunAt, patience }: Run): Promise<Progress> {
      const unknown = await findUnknownAtBank(db, earlier(begunAt, patience.graceSeconds), LOOKS_AT_ONCE);
      for (const { step, bookingId, minor, currency } of unknown) {
        const difference = { cause: 'not_at_bank', step, bookingId, ledgerMinor: minor, currency } as const;
        await inTransaction(db, (trx) => openDiscrepancy(trx, difference, begunAt));
        Context.current().heartbeat(step);
      }
      return { count: unknown.length, isDone: unknown.length < LOOKS_AT_ONCE };
    },

    /** Does what an operator has asked for about a discrepancy. */
    async resolveDiscrepancy({
      discrepancyId,
      at,
    }: {
      discrepancyId: DiscrepancyId;
      at: string;
    }): Promise<void> {
      await carryOut({ db, bank }, discrepancyId, at);
    },
  };
}

function ripeBy({ begunAt, patience }: Run): string {
  return earlier(begunAt, patience.ripeSeconds);
}

/** Puts what has not come by itself into the inbox, if it is anybody's business. Gives how much that was. */
async function hear(db: Db, told: readonly Told[], run: Run): Promise<number> {
  const ripe = told.filter((event) => isRipe(event, run) && ownerOf(event) !== undefined);
  const kept = await findKept(
    db,
    ripe.map(({ id }) => id),
  );
  let lost = 0;
  for (const event of ripe) if (!kept.has(event.id) && (await keepBankEvent(db, event))) lost += 1;
  return lost;
}

/** Told long enough ago to have come by itself; or by a sandbox's clock, in a time to come, of which nobody can say. */
function isRipe({ toldAt }: Told, run: Run): boolean {
  return toldAt <= ripeBy(run) || toldAt > run.begunAt;
}

/** What is told of the next accounts: a page goes on after the last of them. */
async function toldOfPayees({ db, bank }: Deps, { since, after }: Stretch): Promise<Page<Told>> {
  const accounts = await findPaidAccounts(db, { after, limit: ACCOUNTS_A_PAGE });
  const data: Told[] = [];
  for (const accountId of accounts) {
    data.push(...(await bank.toldOfPayee(accountId, since)));
    Context.current().heartbeat(accountId);
  }
  const next = accounts.length < ACCOUNTS_A_PAGE ? undefined : accounts.at(-1);
  return { data, ...(next !== undefined && { next }) };
}

function earlier(at: string, bySeconds: number): string {
  return new Date(Date.parse(at) - bySeconds * 1000).toISOString();
}

interface List<T> {
  list: string;
  /** Up to when a reading goes that begins now. */
  until: string;
  pageAt: (stretch: Stretch) => Promise<Page<T>>;
}

/**
 * Reads on in a list where it was left, page by page, each written down with how far that is: whoever dies here goes on
 * there. A reading that is through makes the next begin where this one did, less an overlap.
 */
async function readOn<T>(
  db: Db,
  { list, until, pageAt }: List<T>,
  keep: (items: T[]) => Promise<number>,
): Promise<Progress> {
  let count = 0;
  for (let pages = 0; pages < PAGES_AT_ONCE; pages += 1) {
    const reading = await inTransaction(db, async (trx) => {
      const left = await lockReading(trx, list);
      const begun = { ...left, until: left.until ?? until };
      await noteReading(trx, list, begun);
      return begun;
    });
    const page = await pageAt({ since: reading.since, after: reading.afterId ?? undefined });
    count += await keep(page.data);
    await inTransaction(db, (trx) => noteReading(trx, list, readingAfter(reading, page.next)));
    Context.current().heartbeat(list);
    if (page.next === undefined) return { count, isDone: true };
  }
  return { count, isDone: false };
}

function readingAfter(reading: Reading & { until: string }, next: string | undefined): Reading {
  if (next !== undefined) return { ...reading, afterId: next };
  const since = earlier(reading.until, OVERLAP_SECONDS);
  return { since: since > reading.since ? since : reading.since, until: null, afterId: null };
}
