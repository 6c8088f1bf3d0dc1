import type { z } from 'zod';
import type { BankTransactionRow } from '#db/bank-transactions.ts';
import type { DiscrepancyRow } from '#db/discrepancies.ts';
import { actsFor } from '#domain/reconciliation.ts';
import type { Discrepancy } from './schemas.ts';

type Wire = z.output<typeof Discrepancy>;

/** With the bank's movement that it is about, if there is one, and how old it is now. */
export function presentDiscrepancy(
  row: DiscrepancyRow,
  { moved, now }: { moved: BankTransactionRow | undefined; now: Date },
): Wire {
  const untilMs = row.resolvedAt === null ? now.getTime() : Date.parse(row.resolvedAt);
  return {
    id: row.id,
    cause: row.cause,
    status: statusOf(row),
    ageSeconds: Math.max(0, Math.floor((untilMs - Date.parse(row.openedAt)) / 1000)),
    acts: statusOf(row) === 'open' ? actsFor({ cause: row.cause, type: moved?.type ?? null }) : [],
    ...present({
      bankTransactionId: row.bankTransactionId,
      bankType: moved?.type,
      bankObjectId: moved?.sourceId,
      ledgerStep: row.step ?? moved?.step,
      bookingId: row.bookingId,
      bankAmount: row.bankMinor,
      ledgerAmount: row.ledgerMinor,
    }),
    currency: row.currency,
    ...present({ act: row.act, reason: row.reason, failure: row.failure, resolvedAs: row.resolvedAs }),
    openedAt: row.openedAt,
    ...present({ resolvedAt: row.resolvedAt }),
  };
}

function statusOf({ act, resolvedAt }: DiscrepancyRow): Wire['status'] {
  if (resolvedAt !== null) return 'resolved';
  return act === null ? 'open' : 'resolving';
}

/** Without what is not there. */
function present<T extends object>(facts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(facts).filter(([, fact]) => fact !== null && fact !== undefined),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}
