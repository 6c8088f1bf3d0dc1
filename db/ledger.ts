import type { BookingId, PaymentId } from '#domain/ids.ts';
import type { Account, Entry, Shares } from '#domain/ledger.ts';
import type { Currency } from '#domain/money.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { together } from './transaction.ts';

/** One movement of money, and the entries that explain it; they balance, or the database refuses them. */
export interface LedgerStep {
  step: string;
  booking: BookingRow;
  paymentId: PaymentId;
  /** None where no money moved at the bank. */
  bankId?: string;
  at: string;
  entries: Entry[];
}

/** Writes a step down, once for ever: its name is the key. In the transaction that makes the change. */
export async function writeLedger(
  trx: Transaction,
  { booking, paymentId, ...step }: LedgerStep,
): Promise<void> {
  await insertStep(trx, { ...step, bookingId: booking.id, paymentId, currency: booking.currency });
}

/** A movement between the accounts of the bank alone: of no one booking, even where one has caused it. */
export interface BankStep extends Pick<LedgerStep, 'step' | 'at' | 'entries'> {
  /** The bank's id for the movement. */
  bankId: string | null;
  currency: Currency;
}

/** The same for what the bank has done on its own: a settlement, or what an operator has accepted. */
export async function writeBankLedger(trx: Transaction, { bankId, ...step }: BankStep): Promise<void> {
  await insertStep(trx, { ...step, ...(bankId !== null && { bankId }) });
}

interface Step extends Pick<LedgerStep, 'step' | 'bankId' | 'at' | 'entries'> {
  bookingId?: BookingId;
  paymentId?: PaymentId;
  currency: Currency;
}

async function insertStep(trx: Transaction, { step, currency, at, entries, ...whose }: Step): Promise<void> {
  // In this order: what is to explain a step looks whether it is there.
  await together([
    trx('ledger_transactions').insert({
      step,
      booking_id: whose.bookingId ?? null,
      payment_id: whose.paymentId ?? null,
      bank_id: whose.bankId ?? null,
      occurred_at: at,
    }),
    trx('ledger_entries').insert(
      entries.map((entry) => ({
        step,
        account: entry.account,
        amount_minor: entry.amountMinor,
        currency: entry.currency ?? currency,
      })),
    ),
  ]);
}

interface EntryRow {
  account: Account;
  amount_minor: number;
}

/** What a step did to each account. */
export async function readLedgerStep(trx: Transaction, step: string): Promise<Entry[]> {
  const rows = await trx('ledger_entries').where({ step }).select<EntryRow[]>('account', 'amount_minor');
  return rows.map(({ account, amount_minor: amountMinor }) => ({ account, amountMinor }));
}

/** What an account has from a booking: debits less credits, in minor units. */
export async function accountOfBooking(
  db: Db | Transaction,
  bookingId: BookingId,
  account: Account,
): Promise<number> {
  const { rows } = await db.raw<{ rows: [{ minor: number }] }>(
    `select coalesce(sum(e.amount_minor), 0)::bigint as minor
     from ledger_transactions t join ledger_entries e using (step) where t.booking_id = ? and e.account = ?`,
    [bookingId, account],
  );
  return rows[0].minor;
}

/** What came in for a booking, by whose it is since it was last altered. Refunds, payouts and disputes left aside. */
export async function sharesPosted(trx: Transaction, bookingId: BookingId): Promise<Shares> {
  const { rows } = await trx.raw<{ rows: [Shares] }>(
    `select cast(coalesce(-sum(e.amount_minor) filter (where e.account in ('host_payable', 'host_debt')), 0) as bigint) as "hostMinor",
            cast(coalesce(-sum(e.amount_minor) filter (where e.account = 'platform_revenue'), 0) as bigint) as "platformMinor",
            cast(coalesce(-sum(e.amount_minor) filter (where e.account = 'taxes_payable'), 0) as bigint) as "taxesMinor"
     from ledger_transactions t join ledger_entries e using (step)
     where t.booking_id = ? and split_part(t.step, ':', 1) in ('post', 'alteration')`,
    [bookingId],
  );
  return rows[0];
}
