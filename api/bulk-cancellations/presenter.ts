import type { z } from 'zod';
import { readBulkProgress, readBulkRefunds } from '#db/bulk-cancellations.ts';
import type { BulkCancellationRow } from '#db/bulk-cancellations.ts';
import type { Db } from '#db/connect.ts';
import type { BulkCancellation } from './schemas.ts';

type Wire = z.output<typeof BulkCancellation>;

const NOT_ONE = { total: 0, waiting: 0, cancelled: 0, left: 0 };

/** With how far each has come by now. */
export async function presentBulkCancellations(
  db: Db,
  rows: readonly BulkCancellationRow[],
): Promise<Wire[]> {
  const ids = rows.map(({ id }) => id);
  const [progress, refunds] = await Promise.all([readBulkProgress(db, ids), readBulkRefunds(db, ids)]);
  return rows.map(({ id, operatorId, reason, status, createdAt, endedAt }) => ({
    id,
    operatorId,
    reason,
    status,
    ...(progress.get(id) ?? NOT_ONE),
    refunds: refunds.get(id) ?? [],
    createdAt,
    ...(endedAt !== null && { endedAt }),
  }));
}
