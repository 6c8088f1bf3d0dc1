import assert from 'node:assert/strict';
import { DomainError, notFound } from '#domain/errors.ts';
import type { BlockId, BookingId, PropertyId, UserId } from '#domain/ids.ts';
import type { CalendarDate, Instant } from '#domain/nights.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { datesUnavailable } from './constraints.ts';
import { recordEvent } from './events.ts';
import type { HostsProperty } from './properties.ts';
import { lockHostsProperty, lockProperty } from './property-lock.ts';

/** Nights that a host keeps for themselves, `to` excluded. */
export interface Block {
  id: BlockId;
  propertyId: PropertyId;
  from: CalendarDate;
  to: CalendarDate;
  note: string | null;
  /** The booking whose nights these were until the host called it off: only an operator frees them. */
  cancelledBookingId: BookingId | null;
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
  await tell(trx, inserted, { kind: 'property.nights_blocked', actorId: property.hostId });
  return inserted;
}

/**
 * The nights of a booking that its host has called off stay blocked. Its own hold on them is gone by now; the caller has
 * locked the property before, as every taker of nights does: in the other order the two would wait for each other.
 */
export async function imposeBlock(
  trx: Transaction,
  { id: bookingId, propertyId, hostId, checkIn, checkOut }: BookingRow,
  { id, at }: { id: BlockId; at: Instant },
): Promise<void> {
  const { rows } = await trx.raw<{ rows: Block[] }>(
    `insert into stays (property_id, nights, kind, block_id, cancelled_booking_id)
     values (:propertyId, daterange(:checkIn, :checkOut), 'block', :id, :bookingId)
     returning ${COLUMNS}`,
    { propertyId, checkIn, checkOut, id, bookingId },
  );
  const [imposed] = rows;
  assert(imposed !== undefined);
  await tell(trx, imposed, { kind: 'property.nights_blocked', actorId: hostId, at });
}

/** Who frees the nights of a block: the property's host, or an operator who is not. */
export interface Freeing {
  id: BlockId;
  by: 'host' | 'operator';
  actorId: UserId;
  at: Instant;
}

/**
 * Frees the nights of a block, but for those that another block covers.
 * @throws DomainError `not_found`; `forbidden` to a host who has called off a booking of these nights
 */
export async function deleteBlock(
  trx: Transaction,
  propertyId: PropertyId,
  { id, by, actorId, at }: Freeing,
): Promise<void> {
  if (by === 'operator') await lockProperty(trx, propertyId);
  else await lockHostsProperty(trx, { id: propertyId, hostId: actorId });
  const { rows } = await trx.raw<{ rows: Block[] }>(
    `update stays set live = false, released_at = :at
     where property_id = :propertyId and block_id = :id and live
       and (cancelled_booking_id is null or :by = 'operator')
     returning ${COLUMNS}`,
    { propertyId, id, at, by },
  );
  const freed = rows[0];
  if (freed !== undefined) return tell(trx, freed, { kind: 'property.nights_unblocked', actorId });
  if ((await findBlock(trx, propertyId, id)) === undefined) throw notFound('block');
  throw new DomainError(
    'forbidden',
    'You have cancelled a booking of these nights: only an operator frees them.',
  );
}

export async function findBlock(
  db: Db | Transaction,
  propertyId: PropertyId,
  id: BlockId,
): Promise<Block | undefined> {
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
  cancelled_booking_id as "cancelledBookingId", created_at as "createdAt"`;

/** The note stays out of it: it is the host's own, and the audit log is for ever. */
async function tell(
  trx: Transaction,
  { id: blockId, propertyId, from, to, cancelledBookingId }: Block,
  { kind, actorId, at }: { kind: `property.${string}`; actorId: UserId; at?: Instant },
): Promise<void> {
  await recordEvent(trx, {
    kind,
    subjectId: propertyId,
    actorId,
    ...(at !== undefined && { occurredAt: at }),
    data: { blockId, from, to, ...(cancelledBookingId !== null && { cancelledBookingId }) },
  });
}
