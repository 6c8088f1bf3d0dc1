import { findTransactions } from '#db/bank-transactions.ts';
import type { Db } from '#db/connect.ts';
import { askToResolve, lockDiscrepancy } from '#db/discrepancies.ts';
import type { DiscrepancyRow } from '#db/discrepancies.ts';
import { claim } from '#db/idempotency.ts';
import type { Once } from '#db/idempotency.ts';
import { inTransaction } from '#db/transaction.ts';
import { DomainError, invalidInput } from '#domain/errors.ts';
import type { DiscrepancyId, UserId } from '#domain/ids.ts';
import { actsFor } from '#domain/reconciliation.ts';
import type { ResolvingAct } from '#domain/reconciliation.ts';

export interface Asked {
  act: ResolvingAct;
  reason: string;
  askedBy: UserId;
  at: string;
}

/**
 * Writes down what an operator wants done about a discrepancy; the relay starts the workflow that does it.
 * @throws DomainError `discrepancy_state` when it is over or something is being done, `invalid_input` when the act is none of its own
 */
export async function askFor(
  db: Db,
  id: DiscrepancyId,
  { asked, once }: { asked: Asked; once: Once | undefined },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { fresh } = once === undefined ? { fresh: true } : await claim(trx, once, id);
    const discrepancy = await lockDiscrepancy(trx, id);
    if (!fresh) return;
    if (discrepancy.resolvedAt !== null || discrepancy.act !== null) throw notOpen(discrepancy);
    const moved = (
      await findTransactions(
        trx,
        [discrepancy.bankTransactionId].filter((of) => of !== null),
      )
    )
      .values()
      .next().value;
    const acts = actsFor({ cause: discrepancy.cause, type: moved?.type ?? null });
    if (!acts.includes(asked.act)) throw invalidInput('act', `For this one there are ${acts.join(', ')}.`);
    await askToResolve(trx, discrepancy, asked);
  });
}

/** `discrepancyStatus`: a problem's own `status` is HTTP's. */
export function notOpen({ resolvedAt }: DiscrepancyRow): DomainError {
  const discrepancyStatus = resolvedAt === null ? 'resolving' : 'resolved';
  const message =
    resolvedAt === null
      ? 'Something is being done about it already.'
      : 'There is nothing to be done about it any more.';
  return new DomainError('discrepancy_state', message, { discrepancyStatus });
}
