import type { PropertyId, UserId } from '#domain/ids.ts';
import type { Transaction } from './connect.ts';
import { recordEvent } from './events.ts';

/*
 * How many stars a property has from its guests, and a guest from their hosts: counted anew whenever a review becomes
 * public or is taken away, in that transaction, so that no sum can drift. The row is locked by a statement of its own:
 * whoever had to wait for it counts what the one before has published.
 */

export async function rateProperty(trx: Transaction, id: PropertyId, at: string): Promise<void> {
  await trx('properties').where({ id }).forNoKeyUpdate().first('id');
  const { rows } = await trx.raw<{ rows: { version: number }[] }>(
    `update properties set (review_count, review_sum) = (
       select count(rating), coalesce(sum(rating), 0) from reviews
       where property_id = :id and subject = 'property' and published_at is not null and removed_at is null)
     where id = :id returning version`,
    { id },
  );
  await tell(trx, id, { kind: 'property.rated', at, data: { version: rows[0]?.version } });
}

export async function rateGuest(trx: Transaction, id: UserId, at: string): Promise<void> {
  await trx('users').where({ id }).forNoKeyUpdate().first('id');
  await trx.raw(
    `update users set (review_count, review_sum) = (
       select count(*), coalesce(sum(rating), 0) from reviews
       where reviewed_id = :id and subject = 'guest' and published_at is not null and removed_at is null)
     where id = :id`,
    { id },
  );
  await tell(trx, id, { kind: 'user.rated', at });
}

async function tell(
  trx: Transaction,
  subjectId: string,
  { kind, at, data }: { kind: string; at: string; data?: Readonly<Record<string, unknown>> },
): Promise<void> {
  const told = { kind, subjectId, actorId: 'system', occurredAt: at };
  await recordEvent(trx, data === undefined ? told : { ...told, data });
}
