import { timingSafeEqual } from 'node:crypto';
import type { PropertyId } from '#domain/ids.ts';
import type { Instant, CalendarDate } from '#domain/nights.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import type { HostsProperty } from './properties.ts';
import { familyOf, lockHostsProperty } from './property-lock.ts';

/**
 * Gives a property's nights a new address, by the hash of its key: whatever key there was before opens nothing any more.
 * @throws DomainError `not_found`
 */
export async function renewAddress(
  trx: Transaction,
  property: HostsProperty,
  { keyHash, at }: { keyHash: Buffer; at: Instant },
): Promise<void> {
  await lockHostsProperty(trx, property);
  await trx('calendar_addresses')
    .insert({ property_id: property.id, key_hash: keyHash, renewed_at: at })
    .onConflict('property_id')
    .merge();
  await tell(trx, property, { kind: 'property.calendar_address_renewed', at });
}

/** From now on nobody reads the property's nights by a key. Nothing to withdraw is fine. @throws DomainError `not_found` */
export async function withdrawAddress(trx: Transaction, property: HostsProperty, at: Instant): Promise<void> {
  await lockHostsProperty(trx, property);
  const withdrawn = await trx('calendar_addresses').where({ property_id: property.id }).delete();
  if (withdrawn > 0) await tell(trx, property, { kind: 'property.calendar_address_withdrawn', at });
}

async function tell(
  trx: Transaction,
  { id, hostId }: HostsProperty,
  { kind, at }: { kind: string; at: Instant },
): Promise<void> {
  await recordEvent(trx, { kind, subjectId: id, actorId: hostId, occurredAt: at });
}

/** Whether a key, by its hash, is that of a property which is there. It takes as long for a wrong one. */
export async function isKeyOf(db: Db, propertyId: PropertyId, keyHash: Buffer): Promise<boolean> {
  const address: { key_hash: Buffer } | undefined = await db('calendar_addresses as a')
    .join('properties as p', 'p.id', 'a.property_id')
    .where({ 'a.property_id': propertyId, 'p.deleted_at': null })
    .first('a.key_hash');
  return timingSafeEqual(address?.key_hash ?? Buffer.alloc(keyHash.length), keyHash);
}

/** Nights that a property has taken itself, as others are told of them. */
export interface TakenHere {
  /** The same for as long as they are taken, whatever nights they become. */
  key: string;
  checkIn: CalendarDate;
  checkOut: CalendarDate;
  isReserved: boolean;
  takenAt: Instant;
}

/**
 * All that a property has taken and that is not over, in their order: bookings and what lies around them, blocks, those of what
 * is linked to it too. Not what it imports: two platforms that told each other's nights back would hold them for ever.
 */
export async function listTakenHere(db: Db, propertyId: PropertyId, at: Instant): Promise<TakenHere[]> {
  const { rows } = await db.raw<{ rows: TakenHere[] }>(
    `select substr(encode(sha256(convert_to(concat_ws(':', s.property_id, s.id), 'UTF8')), 'hex'), 1, 20) as key,
       lower(s.nights) as "checkIn", upper(s.nights) as "checkOut", s.kind = 'booking' as "isReserved",
       s.created_at as "takenAt"
     from properties p join stays s on s.property_id = any ${familyOf('p.id')}
     where p.id = :propertyId and s.live and s.kind <> 'import' and (s.property_id = p.id or s.kind = 'block')
       and upper(s.nights) > cast(cast(:at as timestamptz) at time zone p.time_zone as date)
     order by s.nights, s.id`,
    { propertyId, at },
  );
  return rows;
}
