import type { BookingId } from '#domain/ids.ts';
import type { Db } from '../connect.ts';
import { PayoutRow } from '../payouts.ts';
import type { Check, Finding } from './checks.ts';

interface Unfinished {
  id: string;
  status: string;
}

interface Unpaid extends Unfinished {
  bookingId: BookingId;
  n: number;
  round: number;
}

/** Less what is promised back: that is the guest's by now. */
const OWED_WITHOUT_PAYOUT = `
  select b.id, b.status from bookings b
  cross join lateral (select coalesce(-sum(e.amount_minor), 0) as minor
                      from ledger_transactions t join ledger_entries e using (step)
                      where t.booking_id = b.id and e.account = 'host_payable') owed
  cross join lateral (select coalesce(sum((shares->>'hostMinor')::bigint), 0) as minor
                      from refunds where booking_id = b.id and status <> 'settled') promised
  where b.status in ('completed', 'cancelled') and owed.minor > promised.minor
    and not exists (select from payouts where booking_id = b.id)`;

async function idle<T extends Unfinished>(
  rows: T[],
  isRunning: (row: T) => Promise<boolean>,
): Promise<Finding[]> {
  const findings = await Promise.all(
    rows.map(async (row) =>
      (await isRunning(row)) ? [] : [{ id: row.id, detail: `${row.status}, and nobody works on it` }],
    ),
  );
  return findings.flat();
}

/** Whoever is not at an end is being conducted to one. `runs` tells whether somebody conducts this id. */
export function checksOfWorkflows(
  db: Db,
  runs: Record<
    'booking' | 'refund' | 'dispute' | 'reviewWindow' | 'bulkCancellation',
    (id: string) => Promise<boolean>
  > & { payout: (payout: Unpaid) => Promise<boolean> },
): Check[] {
  return [
    {
      invariant: 'Each booking has ended or has its workflow',
      breaches: async () =>
        idle(
          await db('bookings')
            .whereIn('status', ['requested', 'held', 'awaiting_host', 'confirmed', 'in_stay'])
            .select<Unfinished[]>('id', 'status'),
          ({ id }) => runs.booking(id),
        ),
    },
    {
      invariant: 'Each refund is settled, with an operator, or has its workflow',
      breaches: async () =>
        idle(
          await db('refunds').where({ status: 'pending' }).select<Unfinished[]>('id', 'status'),
          ({ id }) => runs.refund(id),
        ),
    },
    {
      invariant: 'Each review window has ended or has its workflow',
      breaches: async () =>
        idle(
          await db('review_windows')
            .where({ status: 'open' })
            .select<Unfinished[]>('booking_id as id', 'status'),
          ({ id }) => runs.reviewWindow(id),
        ),
    },
    {
      invariant: 'Each payout is paid or has its workflow',
      breaches: async () => {
        const unpaid: Unpaid[] = await PayoutRow.query(db).whereNot('status', 'paid');
        return idle(unpaid, runs.payout);
      },
    },
    {
      invariant:
        'Whoever is owed for a stay that is over has a payout, or a booking that still has its workflow',
      breaches: async () => {
        const { rows } = await db.raw<{ rows: Unfinished[] }>(OWED_WITHOUT_PAYOUT);
        return idle(rows, ({ id }) => runs.booking(id));
      },
    },
    {
      invariant: 'Each bulk cancellation has ended or has its workflow',
      breaches: async () =>
        idle(
          await db('bulk_cancellations').where({ status: 'running' }).select<Unfinished[]>('id', 'status'),
          ({ id }) => runs.bulkCancellation(id),
        ),
    },
    {
      invariant: 'Each dispute has its verdict or its workflow',
      breaches: async () =>
        idle(
          await db('disputes').whereNull('closed_at').select<Unfinished[]>('bank_dispute_id as id', 'status'),
          ({ id }) => runs.dispute(id),
        ),
    },
  ];
}
