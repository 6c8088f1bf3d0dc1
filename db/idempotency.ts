import { createHash, randomUUID } from 'node:crypto';
import { DomainError } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import type { Db, Transaction } from './connect.ts';

/** Longer than any call may run (a booking is answered within 33 s), so that only a dead caller's row is taken over. */
export const LEASE_SECONDS = 45;
export const KEEP_DAYS = 7;

/** One call made under an Idempotency-Key. */
export interface Once {
  userId: UserId;
  key: string;
  /** What is asked for, with the ids it is asked of: `POST /payments/pay_…/refunds`. */
  route: string;
  bodyHash: Buffer;
  /** Tells this attempt from another one under the same key. */
  holder: string;
}

export interface Finished {
  resourceId: string;
  status: number;
}

interface Row {
  route: string;
  body_hash: Buffer;
  resource_id: string;
  status: number | null;
  lease_left_seconds: number;
}

/** JSON with its keys in order, so that the same body spelt otherwise is the same body. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, canonical(inner)]));
}

export function onceOf(call: { userId: UserId; key: string; route: string; body: unknown }): Once {
  const { body, ...rest } = call;
  const bodyHash = createHash('sha256')
    .update(JSON.stringify(canonical(body ?? null)))
    .digest();
  return { ...rest, bodyHash, holder: randomUUID() };
}

function inProgress(retryAfterSeconds: number): DomainError {
  return new DomainError('idempotency_in_progress', 'A call with this Idempotency-Key is still running.', {
    retryAfterSeconds,
  });
}

function requireSameCall(row: Row, once: Once): void {
  if (row.route === once.route && row.body_hash.equals(once.bodyHash)) return;
  throw new DomainError('idempotency_key_reused', 'This Idempotency-Key came before with another call.');
}

function rowOf(db: Db | Transaction, once: Once): Promise<Row | undefined> {
  return db('idempotency_keys')
    .where({ user_id: once.userId, key: once.key })
    .first<Row | undefined>(
      'route',
      'body_hash',
      'resource_id',
      'status',
      db.raw('ceil(extract(epoch from lease_until - clock_timestamp()))::int as lease_left_seconds'),
    );
}

/**
 * What an earlier call under this key came to; undefined when this call is to be carried out, be it the first one or
 * the heir of a call that died. Throws `idempotency_key_reused` and `idempotency_in_progress`.
 */
export async function findFinished(db: Db, once: Once): Promise<Finished | undefined> {
  const row = await rowOf(db, once);
  if (row === undefined) return undefined;
  requireSameCall(row, once);
  if (row.status !== null) return { resourceId: row.resource_id, status: row.status };
  if (row.lease_left_seconds > 0) throw inProgress(Math.min(row.lease_left_seconds, 5));
  return undefined;
}

/**
 * Claims the key for the resource about to be written, in the transaction that writes it, so that both stand or
 * neither does. `fresh: false` is the row of a call that died: go on with the resource recorded there, and write no
 * other. Without a key every call is fresh.
 */
export async function claim(
  trx: Transaction,
  once: Once | undefined,
  resourceId: string,
): Promise<{ fresh: boolean; resourceId: string }> {
  if (once === undefined) return { fresh: true, resourceId };
  const { rows } = await trx.raw<{ rows: { resource_id: string }[] }>(
    `insert into idempotency_keys as running (user_id, key, route, body_hash, resource_id, holder, lease_until)
     values (:userId, :key, :route, :bodyHash, :resourceId, :holder, clock_timestamp() + :lease * interval '1 second')
     on conflict (user_id, key) do update set holder = excluded.holder, lease_until = excluded.lease_until
       where running.status is null and running.lease_until < clock_timestamp()
         and running.route = excluded.route and running.body_hash = excluded.body_hash
     returning resource_id`,
    { ...once, resourceId, lease: LEASE_SECONDS },
  );
  const claimed = rows[0]?.resource_id;
  if (claimed !== undefined) return { fresh: claimed === resourceId, resourceId: claimed };
  const row = await rowOf(trx, once);
  if (row !== undefined) requireSameCall(row, once);
  throw inProgress(1);
}

/** What a call under this key had claimed before it died: nobody holds it any more, nobody finished it. */
export async function abandonedResource(db: Db, once: Once): Promise<string | undefined> {
  const row = await rowOf(db, once);
  return row?.status === null && row.lease_left_seconds <= 0 ? row.resource_id : undefined;
}

/** Puts another resource in the place of the one that an earlier call under this key had claimed, which came to nothing. */
export async function reclaim(trx: Transaction, once: Once, resourceId: string): Promise<void> {
  await trx('idempotency_keys')
    .where({ user_id: once.userId, key: once.key, holder: once.holder, status: null })
    .update({ resource_id: resourceId });
}

/** Names this call among all, as short as a bank or a workflow wants it: the same key is the same attempt. */
export function attemptOf({ userId, key }: Once): string {
  return createHash('sha256').update(`${userId}:${key}`).digest('hex').slice(0, 32);
}

/** The call is answered: from now on the key replays. Nothing to do where no row was claimed. */
export async function finish(db: Db, once: Once, status: number): Promise<void> {
  await db('idempotency_keys')
    .where({ user_id: once.userId, key: once.key, holder: once.holder })
    .update({ status });
}

/** The call broke without an answer worth keeping: the next one under this key need not wait for the lease. */
export async function release(db: Db, once: Once): Promise<void> {
  await db('idempotency_keys')
    .where({ user_id: once.userId, key: once.key, holder: once.holder, status: null })
    .update({ lease_until: db.raw('clock_timestamp()') });
}

/** A replay found that a 202 has come to its end: later ones give that status. */
export async function settle(db: Db, once: Once, status: number): Promise<void> {
  await db('idempotency_keys').where({ user_id: once.userId, key: once.key, status: 202 }).update({ status });
}

/** Forgets keys that are too old to be retried, for the sweep. Returns how many. */
export async function dropOldKeys(db: Db): Promise<number> {
  return db('idempotency_keys')
    .where('created_at', '<', db.raw(`clock_timestamp() - ? * interval '1 day'`, [KEEP_DAYS]))
    .delete();
}
