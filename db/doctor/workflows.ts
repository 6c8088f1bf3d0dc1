import type { Db } from '../connect.ts';
import type { Check, Finding } from './checks.ts';

interface Unfinished {
  id: string;
  status: string;
}

/** Whoever is not at an end is being conducted to one. `runs` tells whether somebody conducts this id. */
export function checksOfWorkflows(
  db: Db,
  runs: Record<'booking' | 'refund' | 'reviewWindow', (id: string) => Promise<boolean>>,
): Check[] {
  const idle = async (
    rows: Unfinished[],
    isRunning: (id: string) => Promise<boolean>,
  ): Promise<Finding[]> => {
    const findings = await Promise.all(
      rows.map(async ({ id, status }) =>
        (await isRunning(id)) ? [] : [{ id, detail: `${status}, and nobody works on it` }],
      ),
    );
    return findings.flat();
  };
  return [
    {
      invariant: 'Each booking has ended or has its workflow',
      breaches: async () =>
        idle(
          await db('bookings')
            .whereIn('status', ['requested', 'held', 'awaiting_host', 'confirmed', 'in_stay'])
            .select<Unfinished[]>('id', 'status'),
          runs.booking,
        ),
    },
    {
      invariant: 'Each refund is settled, with an operator, or has its workflow',
      breaches: async () =>
        idle(
          await db('refunds').where({ status: 'pending' }).select<Unfinished[]>('id', 'status'),
          runs.refund,
        ),
    },
    {
      invariant: 'Each review window has ended or has its workflow',
      breaches: async () =>
        idle(
          await db('review_windows')
            .where({ status: 'open' })
            .select<Unfinished[]>('booking_id as id', 'status'),
          runs.reviewWindow,
        ),
    },
    {
      // However early the guest has left, the window opens at the scheduled end.
      invariant: 'A stay that was lived has had its review window or has its workflow',
      breaches: async () =>
        idle(
          await db('bookings')
            .leftJoin('review_windows', 'review_windows.booking_id', 'bookings.id')
            .where('bookings.status', 'completed')
            .whereNull('review_windows.booking_id')
            .select<Unfinished[]>('bookings.id', 'bookings.status'),
          runs.booking,
        ),
    },
  ];
}
