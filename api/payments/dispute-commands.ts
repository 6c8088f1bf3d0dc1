import type { Db } from '#db/connect.ts';
import { beginAnswer, lockDispute } from '#db/disputes.ts';
import { claim } from '#db/idempotency.ts';
import type { Once } from '#db/idempotency.ts';
import { inTransaction } from '#db/transaction.ts';
import { DomainError } from '#domain/errors.ts';
import type { DisputeId, UserId } from '#domain/ids.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { disputeSpoke, settleDisputeId } from '#workflows/disputes.contract.ts';

/** What operators may do about a dispute. */
export interface Disputes {
  /**
   * Adds an operator's words to the evidence, which the dispute's own workflow then hands in.
   * @throws DomainError `dispute_state` when the bank waits for no answer, or it is on its way already
   */
  answer(
    disputeId: DisputeId,
    statement: { text: string; actorId: UserId },
    once: Once | undefined,
  ): Promise<void>;
}

interface Deps {
  db: Db;
  workflows: Workflows;
  now: () => Date;
}

export function createDisputes({ db, workflows, now }: Deps): Disputes {
  return {
    async answer(disputeId, statement, once) {
      const dispute = await inTransaction(db, async (trx) => {
        const { fresh } = once === undefined ? { fresh: true } : await claim(trx, once, disputeId);
        const locked = await lockDispute(trx, disputeId);
        const at = now().toISOString();
        if (fresh && !(await beginAnswer(trx, locked, { at, statement }))) throw tooLate(locked);
        return locked;
      });
      await workflows.mention(settleDisputeId(dispute.bankDisputeId), disputeSpoke);
    },
  };
}

/** `dispute_state`: a problem's own `status` is HTTP's, so this has another name. */
function tooLate({ status }: { status: string }): DomainError {
  const message = `The dispute is ${status}, and no evidence is added to it any more.`;
  return new DomainError('dispute_state', message, { disputeStatus: status });
}
