import type { Db } from '../connect.ts';
import type { Check, Finding } from './checks.ts';

/** What the bank has on record of one of our payments. Amounts in minor units. */
export interface BankRecord {
  intentId: string;
  bookingId: string;
  paymentId: string;
  /** Paid: money is in. Payable: the payer can still bring it in. Over: neither now nor later. */
  is: 'paid' | 'reserved' | 'processing' | 'payable' | 'over';
  receivedMinor: number;
  refunds: {
    id: string;
    refundId: string | undefined;
    is: 'settled' | 'pending' | 'failed';
    amountMinor: number;
  }[];
  /** What payers have disputed, and what the bank holds of it now, its fees included. */
  disputes: { id: string; takenMinor: number }[];
}

interface OurRow {
  id: string;
  booking_id: string;
  booking_status: string;
  /** Bank clearing in the ledger: paid less refunded and disputed. */
  ledger_minor: number;
}

/** How far the bank's clock may be behind ours. */
const CLOCK_SKEW_SECONDS = 300;

/** What our tables and the bank's records have to agree on. `records` is asked anew each time. */
export function checksAgainstBank(db: Db, records: (since: Date) => Promise<BankRecord[]>): Check[] {
  const against = (
    invariant: string,
    breaches: (theirs: BankRecord[], ours: OurRow[]) => Finding[] | Promise<Finding[]>,
  ): Check => ({
    invariant,
    breaches: async () => breaches(await records(await beginning(db)), await readOurs(db)),
  });
  return [
    against('The bank has what the ledger says: captured less refunded and disputed', (theirs, ours) =>
      ours.flatMap(({ id, ledger_minor: ledger }) => {
        const bank = sum(theirs.filter(({ paymentId }) => paymentId === id).map(netOf));
        return bank === ledger ? [] : [{ id, detail: `the bank has ${bank}, the ledger ${ledger}` }];
      }),
    ),
    against('The bank has no money that no payment of ours explains', (theirs, ours) => {
      const known = new Set(ours.map(({ id }) => id));
      return theirs
        .filter(({ is, paymentId }) => is === 'paid' && !known.has(paymentId))
        .map(({ intentId, paymentId }) => ({ id: intentId, detail: `paid for ${paymentId}` }));
    }),
    against('No payment is collected twice and kept', (theirs) =>
      repeated(
        theirs
          .filter((record) => record.is === 'paid' && netOf(record) > 0)
          .map(({ paymentId }) => paymentId),
      ),
    ),
    against('No refund is made twice, and none that is not on record', async (theirs) => {
      const made = theirs.flatMap(({ refunds }) => refunds).filter(({ is }) => is !== 'failed');
      const known = await readRefundsMade(db);
      const strangers = made.filter(({ id, refundId }) => refundId === undefined && !known.has(id));
      return [
        ...repeated(made.flatMap(({ refundId }) => refundId ?? [])),
        ...strangers.map(({ id }) => ({ id, detail: 'is no refund of ours' })),
      ];
    }),
    against('No dispute is at the bank that is not on record', async (theirs) => {
      const known = new Set(await db('disputes').pluck<string[]>('bank_dispute_id'));
      return theirs
        .flatMap(({ disputes, paymentId }) =>
          disputes.map(({ id }) => ({ id, detail: `disputes ${paymentId}` })),
        )
        .filter(({ id }) => !known.has(id));
    }),
    against('Nobody can still pay for a booking that has ended', (theirs, ours) => {
      const ended = new Map(
        ours
          .filter(({ booking_status: status }) => ENDED.includes(status))
          .map(({ booking_id: id, booking_status: status }) => [id, status]),
      );
      return theirs.flatMap(({ is, intentId, bookingId }) => {
        const status = ended.get(bookingId);
        return is === 'payable' && status !== undefined
          ? [{ id: intentId, detail: `${bookingId} is ${status}` }]
          : [];
      });
    }),
    against('Money is reserved only for a booking that waits for its host', (theirs, ours) => {
      const waiting = new Set(
        ours.flatMap(({ id, booking_status: status }) => (status === 'awaiting_host' ? id : [])),
      );
      return theirs
        .filter(({ is, paymentId }) => is === 'reserved' && !waiting.has(paymentId))
        .map(({ intentId, bookingId }) => ({ id: intentId, detail: `reserved for ${bookingId}` }));
    }),
  ];
}

const ENDED = ['rejected', 'declined', 'expired', 'cancelled', 'completed'];

/** Since when there can be anything of ours at the bank. */
async function beginning(db: Db): Promise<Date> {
  const { rows } = await db.raw<{ rows: [{ since: string }] }>(
    `select coalesce(min(created_at), clock_timestamp()) - ? * interval '1 second' as since from bookings`,
    [CLOCK_SKEW_SECONDS],
  );
  return new Date(rows[0].since);
}

async function readOurs(db: Db): Promise<OurRow[]> {
  const { rows } = await db.raw<{ rows: OurRow[] }>(
    `select p.id, p.booking_id, b.status as booking_status, coalesce(cast(sum(e.amount_minor) as bigint), 0) as ledger_minor
     from payments p join bookings b on b.id = p.booking_id
     left join ledger_transactions t on t.payment_id = p.id
     left join ledger_entries e on e.step = t.step and e.account = 'bank_clearing'
     group by p.id, b.id`,
  );
  return rows;
}

/** The bank's ids of the refunds that we know of. */
async function readRefundsMade(db: Db): Promise<Set<string>> {
  const rows = await db('refunds')
    .whereNotNull('bank_refund_id')
    .select<{ bank_refund_id: string }[]>('bank_refund_id');
  return new Set(rows.map(({ bank_refund_id: id }) => id));
}

function netOf({ receivedMinor, refunds, disputes }: BankRecord): number {
  const refunded = sum(refunds.map(({ is, amountMinor }) => (is === 'settled' ? amountMinor : 0)));
  return receivedMinor - refunded - sum(disputes.map(({ takenMinor }) => takenMinor));
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

function repeated(ids: string[]): Finding[] {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].filter(([, n]) => n > 1).map(([id, n]) => ({ id, detail: `${n} times at the bank` }));
}
