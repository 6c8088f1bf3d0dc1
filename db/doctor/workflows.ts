import type { BookingId, DisputeId } from '#domain/ids.ts';
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
  disputeId: DisputeId | null;
}

/** Less what is promised back: that is the guest's by now. A long stay has a payout for each month that is paid for. */
const OWED_WITHOUT_PAYOUT = `
  select b.id, b.status from bookings b
  cross join lateral (select coalesce(-sum(e.amount_minor), 0) as minor
                      from ledger_transactions t join ledger_entries e using (step)
                      where t.booking_id = b.id and e.account = 'host_payable') owed
  cross join lateral (select coalesce(sum((shares->>'hostMinor')::bigint), 0) as minor
                      from refunds where booking_id = b.id and status <> 'settled' and not released) promised
  where b.status in ('completed', 'cancelled') and owed.minor > promised.minor
    and (not exists (select from payouts where booking_id = b.id)
      or exists (select from instalments i where i.booking_id = b.id and i.status = 'paid'
                 and not exists (select from payouts where booking_id = b.id and n = i.n)
                 -- Of a month that has gone back whole there is nothing to be paid.
                 and (select coalesce(-sum(e.amount_minor), 0)
                      from ledger_transactions t join ledger_entries e using (step)
                      where t.payment_id = i.payment_id and e.account = 'host_payable')
                   > (select coalesce(sum((shares->>'hostMinor')::bigint), 0)
                      from refunds where payment_id = i.payment_id and status <> 'settled' and not released)))`;

/** What would be wrong of these rows if nobody conducted them. */
interface Conducted<T extends Unfinished> {
  rows: () => PromiseLike<T[]>;
  isRunning: (row: T) => Promise<boolean>;
}

function conducted<T extends Unfinished>(invariant: string, { rows, isRunning }: Conducted<T>): Check {
  return {
    invariant,
    async breaches(): Promise<Finding[]> {
      const findings = await Promise.all(
        (await rows()).map(async (row) =>
          (await isRunning(row)) ? [] : [{ id: row.id, detail: `${row.status}, and nobody works on it` }],
        ),
      );
      return findings.flat();
    },
  };
}

type Runs = Record<
  'booking' | 'refund' | 'dispute' | 'reviewWindow' | 'bulkCancellation',
  (id: string) => Promise<boolean>
> & { payout: (payout: Unpaid) => Promise<boolean> };

const UNFINISHED_BOOKINGS = ['requested', 'held', 'awaiting_host', 'confirmed', 'in_stay'];

/** Whoever is not at an end is being conducted to one. `runs` tells whether somebody conducts this id. */
export function checksOfWorkflows(db: Db, runs: Runs): Check[] {
  const ofBooking = ({ id }: Unfinished) => runs.booking(id);
  return [
    conducted('Each booking has ended or has its workflow', {
      rows: () => db('bookings').whereIn('status', UNFINISHED_BOOKINGS).select<Unfinished[]>('id', 'status'),
      isRunning: ofBooking,
    }),
    conducted('Each refund is settled, with an operator, or has its workflow', {
      rows: () => db('refunds').where({ status: 'pending' }).select<Unfinished[]>('id', 'status'),
      isRunning: ({ id }) => runs.refund(id),
    }),
    conducted('Each review window has ended or has its workflow', {
      rows: () =>
        db('review_windows').where({ status: 'open' }).select<Unfinished[]>('booking_id as id', 'status'),
      isRunning: ({ id }) => runs.reviewWindow(id),
    }),
    conducted<Unpaid>('Each payout is paid or has its workflow', {
      rows: () => PayoutRow.query(db).whereNot('status', 'paid'),
      isRunning: (payout) => runs.payout(payout),
    }),
    conducted(
      'Whoever is owed for a stay that is over has a payout, or a booking that still has its workflow',
      {
        rows: async () => (await db.raw<{ rows: Unfinished[] }>(OWED_WITHOUT_PAYOUT)).rows,
        isRunning: ofBooking,
      },
    ),
    conducted('Each bulk cancellation has ended or has its workflow', {
      rows: () => db('bulk_cancellations').where({ status: 'running' }).select<Unfinished[]>('id', 'status'),
      isRunning: ({ id }) => runs.bulkCancellation(id),
    }),
    conducted('Each dispute has its verdict or its workflow', {
      rows: () =>
        db('disputes').whereNull('closed_at').select<Unfinished[]>('bank_dispute_id as id', 'status'),
      isRunning: ({ id }) => runs.dispute(id),
    }),
    // However early the guest has left, the window opens at the scheduled end.
    conducted('A stay that was lived has had its review window or has its workflow', {
      rows: () =>
        db('bookings')
          .leftJoin('review_windows', 'review_windows.booking_id', 'bookings.id')
          .where('bookings.status', 'completed')
          .whereNull('review_windows.booking_id')
          .select<Unfinished[]>('bookings.id', 'bookings.status'),
      isRunning: ofBooking,
    }),
  ];
}
