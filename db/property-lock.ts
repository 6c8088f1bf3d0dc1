import { notFound } from '#domain/errors.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Transaction } from './connect.ts';
import type { HostsProperty } from './properties.ts';

/**
 * The ids of a property and of all that is linked to it, as an array; `id` is a binding or a column. Whoever takes
 * nights locks them in their order, so that nobody waits for somebody who waits for them.
 */
export function familyOf(id: string): string {
  return `(array[${id}] || array(select home_id from property_links where room_id = ${id}
                          union all select room_id from property_links where home_id = ${id}))`;
}

/** Waits for its turn at a property's nights, and at those of what is linked to it. @throws DomainError `not_found` */
export async function lockFamily(trx: Transaction, id: PropertyId): Promise<void> {
  const { rows } = await trx.raw<{ rows: { id: PropertyId }[] }>(
    `select id from properties where id = any ${familyOf('cast(:id as text)')} order by id for no key update`,
    { id },
  );
  if (!rows.some((row) => row.id === id)) throw notFound('property');
}

/** Waits for its turn at a property's nights, whoever asks. @throws DomainError `not_found` */
export async function lockProperty(trx: Transaction, id: PropertyId): Promise<void> {
  const row: unknown = await trx('properties').where({ id }).forNoKeyUpdate().first('id');
  if (row === undefined) throw notFound('property');
}

/** Waits for its turn at a property's nights and rules. For anyone but its host there is no such property. */
export async function lockHostsProperty(trx: Transaction, { id, hostId }: HostsProperty): Promise<void> {
  const row: unknown = await trx('properties')
    .where({ id, host_id: hostId, deleted_at: null })
    .forNoKeyUpdate()
    .first('id');
  if (row === undefined) throw notFound('property');
}
