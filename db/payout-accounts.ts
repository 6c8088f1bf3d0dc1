import type { UserId } from '#domain/ids.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { inTransaction } from './transaction.ts';

/** Where the bank pays somebody: its own id for them; undefined for whoever has not asked to be paid yet. */
export async function findPayoutAccount(db: Db | Transaction, userId: UserId): Promise<string | undefined> {
  const row = await db('payout_accounts')
    .where({ user_id: userId })
    .first<{ account_id: string } | undefined>('account_id');
  return row?.account_id;
}

/** Keeps somebody's account, the first that is given unless it is to replace another; returns the one that is kept. */
export async function keepPayoutAccount(
  db: Db,
  userId: UserId,
  { accountId, replaces }: { accountId: string; replaces: string | undefined },
): Promise<string> {
  return inTransaction(db, async (trx) => {
    const kept = await trx('payout_accounts')
      .insert({ user_id: userId, account_id: accountId })
      .onConflict('user_id')
      .merge(['account_id'])
      .where('payout_accounts.account_id', replaces ?? '')
      .returning<{ account_id: string }[]>('account_id');
    if (kept.length === 0) return (await findPayoutAccount(trx, userId)) ?? accountId;
    await recordEvent(trx, { kind: 'payout_account.opened', subjectId: userId, actorId: userId });
    return accountId;
  });
}

/** Whose account it is at the bank; undefined where it is nobody's. */
export async function findPayee(db: Db, accountId: string): Promise<UserId | undefined> {
  const row = await db('payout_accounts')
    .where({ account_id: accountId })
    .first<{ user_id: UserId } | undefined>('user_id');
  return row?.user_id;
}

/** A payout can come back for so long after it was made; what is told of an account later is told when it is next asked. */
const HEARD_OF_DAYS = 30;

/** The bank's accounts of hosts whose payouts have changed lately, in order, from after `after` on. */
export async function findPaidAccounts(
  db: Db,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<string[]> {
  return db('payouts')
    .distinct('account_id')
    .where('account_id', '>', after ?? '')
    .whereRaw(`updated_at > clock_timestamp() - interval '${HEARD_OF_DAYS} days'`)
    .orderBy('account_id')
    .limit(limit)
    .pluck<string[]>('account_id');
}
