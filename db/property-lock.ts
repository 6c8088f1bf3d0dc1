import { notFound } from '#domain/errors.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Transaction } from './connect.ts';
import type { HostsProperty } from './properties.ts';

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
