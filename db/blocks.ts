import { notFound } from '#domain/errors.ts';
import type { BlockId, PropertyId } from '#domain/ids.ts';
import type { CalendarDate, Instant } from '#domain/nights.ts';
import type { Db, Transaction } from './connect.ts';
import { datesUnavailable } from './constraints.ts';
import { recordEvent } from './events.ts';
import type { HostsProperty } from './properties.ts';
import { lockHostsProperty } from './property-lock.ts';

/** Nights that a host keeps for themselves, `to` excluded. */
export interface Block {
  id: BlockId;
  propertyId: PropertyId;
  from: CalendarDate;
  to: CalendarDate;
  note: string | null;
  createdAt: Instant;
}

export type NewBlock = Pick<Block, 'id' | 'from' | 'to' | 'note'>;

/**
 * Blocks nights, which other blocks may cover too, and tells of it.
 * @throws DomainError `not_found`; `dates_unavailable` where a night is booked or held.
 */
export async function insertBlock(
  trx: Transaction,
  property: HostsProperty,
  block: NewBlock,
): Promise<Block> {
  await lockHostsProperty(trx, property);
  const { rows } = await trx.raw<{ rows: Block[] }>(
    `insert into stays (property_id, nights, kind, block_id, note)
     values (:propertyId, daterange(:from, :to), 'block', :id, :note)
     on conflict do nothing
     returning ${COLUMNS}`,
    { propertyId: property.id, id: block.id, from: block.from, to: block.to, note: block.note },
  );
  const inserted = rows[0];
  if (inserted === undefined) throw datesUnavailable();
  await tell(trx, property, { kind: 'property.nights_blocked', block: inserted });
  return inserted;
}

/** Frees the nights of a block, but for those that another block covers. @throws DomainError `not_found`. */
export async function deleteBlock(
  trx: Transaction,
  property: HostsProperty,
  { id, at }: { id: BlockId; at: Instant },
): Promise<void> {
  await lockHostsProperty(trx, property);
  const { rows } = await trx.raw<{ rows: Block[] }>(
    `update stays set live = false, released_at = :at
     where property_id = :propertyId and block_id = :id and live
     returning ${COLUMNS}`,
    { propertyId: property.id, id, at },
  );
  const freed = rows[0];
  if (freed === undefined) throw notFound('block');
  await tell(trx, property, { kind: 'property.nights_unblocked', block: freed });
}

export async function findBlock(db: Db, propertyId: PropertyId, id: BlockId): Promise<Block | undefined> {
  const { rows } = await db.raw<{ rows: Block[] }>(
    `select ${COLUMNS} from stays where property_id = :propertyId and block_id = :id and live`,
    { propertyId, id },
  );
  return rows[0];
}

/** A property's blocks, the oldest first. `after` is the last id of the page before. */
export async function listBlocks(
  db: Db,
  propertyId: PropertyId,
  page: { after: BlockId | undefined; limit: number },
): Promise<Block[]> {
  const { rows } = await db.raw<{ rows: Block[] }>(
    `select ${COLUMNS} from stays
     where property_id = :propertyId and live and kind = 'block' and block_id > :after
     order by block_id limit :limit`,
    { propertyId, after: page.after ?? '', limit: page.limit },
  );
  return rows;
}

const COLUMNS = `block_id as id, property_id as "propertyId", lower(nights) as "from", upper(nights) as "to", note,
  created_at as "createdAt"`;

/** The note stays out of it: it is the host's own, and the audit log is for ever. */
async function tell(
  trx: Transaction,
  property: HostsProperty,
  { kind, block }: { kind: `property.${string}`; block: Block },
): Promise<void> {
  const { id: blockId, from, to } = block;
  await recordEvent(trx, {
    kind,
    subjectId: property.id,
    actorId: property.hostId,
    data: { blockId, from, to },
  });
}
