import type { BookingId, DiscrepancyId } from '#domain/ids.ts';
import type { Account } from '#domain/ledger.ts';
import type { Currency } from '#domain/money.ts';
import type { Db, Transaction } from './connect.ts';
import { Row } from './model.ts';

/** What has moved our balance at the bank, as the bank has it. Amounts in minor units; what went out is negative. */
export class BankTransactionRow extends Row {
  static override tableName = 'bank_transactions';
  declare id: string;
  /** The bank's word for it: `charge`, `refund`, `adjustment`, `transfer`, … */
  declare type: string;
  declare sourceId: string | null;
  declare intentId: string | null;
  declare amountMinor: number;
  declare feeMinor: number;
  declare currency: Currency;
  /** What was moved before the bank exchanged it into the currency of our balance. */
  declare exchangedMinor: number | null;
  declare exchangedCurrency: Currency | null;
  declare madeAt: string;
  declare availableOn: string;
  declare bookingId: BookingId | null;
  declare givenBackFor: DiscrepancyId | null;
  /** The ledger's step that tells of it. */
  declare step: string | null;
  declare lookedAt: string | null;
  declare settledAt: string | null;
  declare firstSeenAt: string;
}

/** One as the bank lists it. Its ids of ours are claims: what is not on record is left out. */
export type ListedTransaction = Pick<
  BankTransactionRow,
  'id' | 'type' | 'amountMinor' | 'feeMinor' | 'currency' | 'madeAt' | 'availableOn'
> & {
  sourceId?: string | undefined;
  intentId?: string | undefined;
  bookingId?: string | undefined;
  givenBackFor?: string | undefined;
  exchangedMinor?: number | undefined;
  exchangedCurrency?: string | undefined;
};

/** Writes down what is not on record yet, each once for ever. Gives how many that were. */
export async function keepTransactions(
  trx: Transaction,
  listed: readonly ListedTransaction[],
): Promise<number> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `insert into bank_transactions (id, type, source_id, intent_id, amount_minor, fee_minor, currency, exchanged_minor,
                                    exchanged_currency, made_at, available_on, given_back_for, booking_id)
     select l.id, l.type, l."sourceId", l."intentId", l."amountMinor", l."feeMinor", l.currency, l."exchangedMinor",
            l."exchangedCurrency", l."madeAt", l."availableOn",
            (select d.id from discrepancies d where d.id = l."givenBackFor"),
            coalesce((select b.id from bookings b where b.id = l."bookingId"),
                     (select p.booking_id from payments p where p.intent_id = l."intentId"))
     from jsonb_to_recordset(?::jsonb) as l (id text, type text, "sourceId" text, "intentId" text, "amountMinor" bigint,
       "feeMinor" bigint, currency text, "exchangedMinor" bigint, "exchangedCurrency" text, "madeAt" timestamptz,
       "availableOn" timestamptz, "givenBackFor" text, "bookingId" text)
     on conflict (id) do nothing returning id`,
    [JSON.stringify(listed)],
  );
  return rows.length;
}

/** Those that are to be looked at as of `at`: not explained yet, or explained and by now available. Once in each run. */
export async function findToLookAt(db: Db, at: string, limit: number): Promise<string[]> {
  const rows = await db('bank_transactions')
    .whereNull('settled_at')
    .where((due) => void due.whereNull('step').orWhere('available_on', '<=', at))
    .where((unseen) => void unseen.whereNull('looked_at').orWhere('looked_at', '<', at))
    .orderByRaw('looked_at nulls first, id')
    .limit(limit)
    .select<{ id: string }[]>('id');
  return rows.map(({ id }) => id);
}

export async function lockTransaction(trx: Transaction, id: string): Promise<BankTransactionRow> {
  return BankTransactionRow.query(trx).findById(id).forUpdate().throwIfNotFound();
}

export async function findTransactions(
  db: Db | Transaction,
  ids: readonly string[],
): Promise<Map<string, BankTransactionRow>> {
  const rows = await BankTransactionRow.query(db).findByIds([...ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

export async function patchTransaction(
  trx: Transaction,
  id: string,
  patch: Partial<Pick<BankTransactionRow, 'step' | 'bookingId' | 'lookedAt' | 'settledAt'>>,
): Promise<void> {
  await BankTransactionRow.query(trx).findById(id).patch(patch);
}

/** A step of the ledger that tells of a movement, and what it has on the account in question, less what was written off. */
export interface Telling {
  step: string;
  account: Account;
  bookingId: BookingId;
  minor: number;
  currency: Currency;
}

const TELLING = `
  select t.step, e.account, t.booking_id as "bookingId", e.currency, cast(e.amount_minor + coalesce((
           select sum(off.amount_minor) from discrepancies d
           join ledger_entries off on off.step = 'acceptance:' || d.id and off.account = e.account
           where d.step = t.step and d.resolved_as = 'accepted'), 0) as bigint) as minor
  from ledger_transactions t join ledger_entries e using (step)`;

/** The step that tells of what the bank names by one of these ids, in that direction, and of no other movement yet. */
export async function findTelling(
  trx: Transaction,
  moved: { ids: readonly string[]; account: Account; sign: number },
): Promise<Telling | undefined> {
  const { rows } = await trx.raw<{ rows: Telling[] }>(
    `${TELLING} where t.bank_id = any(?) and t.booking_id is not null and e.account = ? and sign(e.amount_minor) = ?
       and not exists (select from bank_transactions b where b.step = t.step)
     order by t.recorded_at limit 1`,
    [[...moved.ids], moved.account, moved.sign],
  );
  return rows[0];
}

/** What a step has on an account; it is there. */
export async function readTelling(
  trx: Transaction,
  step: string,
  account: Account,
): Promise<Telling | undefined> {
  const { rows } = await trx.raw<{ rows: Telling[] }>(`${TELLING} where t.step = ? and e.account = ?`, [
    step,
    account,
  ]);
  return rows[0];
}

/** Those of the same source that no step tells of, locked. */
export async function lockUntoldOf(trx: Transaction, sourceId: string): Promise<BankTransactionRow[]> {
  return BankTransactionRow.query(trx)
    .where({ sourceId })
    .whereNull('step')
    .whereNull('settledAt')
    .orderBy('id')
    .forUpdate();
}

/** Whether a refund is on its way, under this id of the bank's: the ledger tells of it once it has arrived. */
export async function isRefundUnderWay(trx: Transaction, bankRefundId: string): Promise<boolean> {
  const row: unknown = await trx('refunds')
    .where({ bank_refund_id: bankRefundId, status: 'pending' })
    .first('id');
  return row !== undefined;
}

/** A step of the ledger that the bank knows nothing of. */
export interface Unknown {
  step: string;
  bookingId: BookingId;
  account: Account;
  minor: number;
  currency: Currency;
}

/** Steps written before `before` that have moved an account of the bank's, and of which the bank has listed nothing. */
export async function findUnknownAtBank(db: Db, before: string, limit: number): Promise<Unknown[]> {
  const { rows } = await db.raw<{ rows: Unknown[] }>(
    `select t.step, t.booking_id as "bookingId", e.account, e.amount_minor as minor, e.currency
     from ledger_transactions t join ledger_entries e using (step)
     where t.booking_id is not null and t.bank_id is not null and t.recorded_at < ?
       and e.account in ('bank_clearing', 'bank_balance')
       and not exists (select from bank_transactions b where b.step = t.step)
       and not exists (select from discrepancies d where d.step = t.step)
       and not exists (select from bank_transactions b join discrepancies d on d.bank_transaction_id = b.id
                       where b.source_id = t.bank_id and d.resolved_at is null)
     order by t.recorded_at limit ?`,
    [before, limit],
  );
  return rows;
}

/** What of one of the bank's lists is read next. */
export interface Reading {
  since: string;
  /** Up to when this reading goes; and the last that it has seen. */
  until: string | null;
  afterId: string | null;
}

/** How far a list has been read, locked; from the first booking on where it never was. */
export async function lockReading(trx: Transaction, list: string): Promise<Reading> {
  await trx.raw(
    `insert into bank_readings (list, since)
     select ?, least(coalesce(min(created_at), clock_timestamp()), clock_timestamp()) - interval '1 hour' from bookings
     on conflict (list) do nothing`,
    [list],
  );
  const { rows } = await trx.raw<{ rows: [Reading] }>(
    `select since, until, after_id as "afterId" from bank_readings where list = ? for update`,
    [list],
  );
  return rows[0];
}

export async function noteReading(
  trx: Transaction,
  list: string,
  { since, until, afterId }: Reading,
): Promise<void> {
  await trx('bank_readings').where({ list }).update({ since, until, after_id: afterId });
}

/** The bank's movements of what a step of the ledger is about, as far as they are not settled. */
export async function findUnsettledOf(trx: Transaction, step: string): Promise<string[]> {
  const rows = await trx('bank_transactions')
    .where('source_id', trx('ledger_transactions').where({ step }).select('bank_id'))
    .whereNull('settled_at')
    .orderBy('id')
    .select<{ id: string }[]>('id');
  return rows.map(({ id }) => id);
}

/** What a step has on an account of the bank's, of which each has one. */
export async function readBankSide(trx: Transaction, step: string): Promise<Telling> {
  const { rows } = await trx.raw<{ rows: [Telling] }>(
    `${TELLING} where t.step = ? and e.account in ('bank_clearing', 'bank_balance')`,
    [step],
  );
  return rows[0];
}
