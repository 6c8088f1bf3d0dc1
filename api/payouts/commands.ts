import type { Db } from '#db/connect.ts';
import { setPayoutHold } from '#db/payout-holds.ts';
import { findOpenPayouts } from '#db/payouts.ts';
import { inTransaction } from '#db/transaction.ts';
import type { UserId } from '#domain/ids.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { payHostId, payoutSpoke } from '#workflows/payouts.contract.ts';

/** What operators may do about payouts. */
export interface Payouts {
  /** Decides how long the first payout of a host is held; those that wait look again at once. */
  hold(hostId: UserId, hold: { days: number; reason: string; operatorId: UserId }): Promise<void>;
}

interface Deps {
  db: Db;
  workflows: Workflows;
  now: () => Date;
}

export function createPayouts({ db, workflows, now }: Deps): Payouts {
  return {
    async hold(hostId, { days, reason, operatorId: setBy }) {
      const setAt = now().toISOString();
      await inTransaction(db, (trx) => setPayoutHold(trx, { hostId, days, reason, setBy, setAt }));
      for (const payout of await findOpenPayouts(db, hostId))
        await workflows.mention(payHostId(payout), payoutSpoke);
    },
  };
}
