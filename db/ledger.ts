import type { BookingId, PaymentId } from '#domain/ids.ts';
import type { Entry } from '#domain/ledger.ts';
import type { BookingRow } from './bookings.ts';
import type { Transaction } from './connect.ts';

/** One movement of money, and the entries that explain it; they balance, or the database refuses them. */
export interface LedgerStep {
  step: string;
  booking: BookingRow;
  paymentId: PaymentId;
  bankId: string;
  at: string;
  entries: Entry[];
}

/** Writes a step down, once for ever: its name is the key. In the transaction that makes the change. */
export async function writeLedger(
  trx: Transaction,
  { step, booking, paymentId, bankId, at, entries }: LedgerStep,
): Promise<void> {
  await trx('ledger_transactions').insert({
    step,
    booking_id: booking.id,
    payment_id: paymentId,
    bank_id: bankId,
    occurred_at: at,
  });
  await trx('ledger_entries').insert(
    entries.map((entry) => ({
      step,
      account: entry.account,
      amount_minor: entry.amountMinor,
      currency: booking.currency,
    })),
  );
}

/** What the host of a booking has still coming, in minor units. */
export async function payableToHost(trx: Transaction, bookingId: BookingId): Promise<number> {
  const row = await trx('ledger_entries')
    .join('ledger_transactions', 'ledger_transactions.step', 'ledger_entries.step')
    .where({ 'ledger_transactions.booking_id': bookingId, 'ledger_entries.account': 'host_payable' })
    .first<{ minor: number }>(trx.raw('-coalesce(sum(amount_minor), 0)::bigint as minor'));
  return row.minor;
}
