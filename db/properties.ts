import { isDeepStrictEqual } from 'node:util';
import { DatabaseError } from 'pg';
import { DomainError, invalidInput, notFound } from '#domain/errors.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import type { CancellationPolicy } from '#domain/cancellation/policies.ts';
import type { CalendarDate, LocalTime, TimeZone } from '#domain/nights.ts';
import type { Currency } from '#domain/money.ts';
import type { ServiceFeeMode } from '#domain/pricing/fees.ts';
import type { Tax } from '#domain/pricing/taxes.ts';
import type { BookingMode, PropertyStatus, RoomType } from '#domain/properties.ts';
import type { Db, Transaction } from './connect.ts';
import { derivedColumns, newLocationSalt } from './derived-columns.ts';
import type { DerivedColumns } from './derived-columns.ts';
import { recordEvent } from './events.ts';
import { newId } from './ids.ts';
import { unlinkAll } from './links.ts';
import { lockFamily } from './property-lock.ts';
import { Row } from './model.ts';
import { grantRole } from './users.ts';

export class PropertyRow extends Row {
  static override tableName = 'properties';
  static override jsonAttributes = ['taxes'];
  declare id: PropertyId;
  declare hostId: UserId;
  declare title: string;
  declare description: string;
  declare roomType: RoomType;
  declare latitude: number;
  declare longitude: number;
  declare address: string | null;
  declare locationSalt: string;
  declare blurredLatitude: number;
  declare blurredLongitude: number;
  declare timeZone: TimeZone;
  declare currency: Currency;
  declare capacity: number;
  declare bedrooms: number;
  declare beds: number;
  declare bathrooms: number;
  declare amenities: string[];
  declare amenityKeys: string[];
  declare photos: string[];
  declare checkInTime: LocalTime;
  declare checkOutTime: LocalTime;
  declare bookingMode: BookingMode;
  declare cancellationPolicy: CancellationPolicy;
  declare nightlyMinor: number;
  declare weekendMinor: number | null;
  declare cleaningFeeMinor: number;
  declare extraGuestFeeMinor: number;
  declare guestsIncluded: number;
  declare petFeeMinor: number;
  declare weeklyDiscountPercent: number;
  declare monthlyDiscountPercent: number;
  declare lowestNightlyMinor: number | null;
  declare earlyBirdPercent: number;
  declare earlyBirdDays: number;
  declare lastMinutePercent: number;
  declare lastMinuteDays: number;
  declare serviceFees: ServiceFeeMode;
  declare taxes: Tax[] | null;
  /** The last night that has a price of its own (db/night-prices.ts). */
  declare nightPricesUntil: CalendarDate | null;
  declare lowestNightPriceMinor: number | null;
  /** Generated: what a night costs at the very least, whatever is taken off. */
  declare leastNightMinor: number;
  declare status: PropertyStatus;
  /** Generated from what its source and its guests here have given. */
  declare ratingAverage: number | null;
  declare ratingCount: number;
  declare source: string | null;
  declare sourceId: string | null;
  /** Counts every change of the row, whoever makes it. */
  declare version: number;
  declare createdAt: string;
  declare updatedAt: string;
  declare deletedAt: string | null;
}

/** What only the database sets, or what follows from something else. */
type Derived =
  | keyof DerivedColumns
  | 'locationSalt'
  | 'nightPricesUntil'
  | 'lowestNightPriceMinor'
  | 'leastNightMinor'
  | 'ratingAverage'
  | 'ratingCount'
  | 'source'
  | 'sourceId'
  | 'version'
  | 'createdAt'
  | 'updatedAt'
  | 'deletedAt';
type Columns = Omit<PropertyRow, keyof Row | Derived | 'id' | 'hostId' | 'status'>;
type Required =
  'title' | 'roomType' | 'latitude' | 'longitude' | 'timeZone' | 'currency' | 'capacity' | 'nightlyMinor';

/** A host's description of a property: what has a default may be left out. */
export type PropertyChanges = { [C in keyof Columns]?: Columns[C] | undefined };
export type NewProperty = PropertyChanges & Pick<Columns, Required> & { id?: PropertyId; hostId: UserId };

/** Adds a draft, tells of it, and makes its host a host. @throws DomainError `invalid_input` for an unknown zone. */
export async function insertProperty(trx: Transaction, property: NewProperty): Promise<PropertyRow> {
  const { id = newId('property'), hostId, ...columns } = property;
  const locationSalt = newLocationSalt();
  const derived = derivedColumns(columns, { ...columns, locationSalt });
  const values = { id, hostId, ...given(columns), locationSalt, ...derived } as Partial<PropertyRow>;
  const row = await knownZone(PropertyRow.query(trx).insert(values).returning('*'));
  await grantRole(trx, { userId: hostId, role: 'host', actorId: hostId });
  await tell(trx, row, { kind: 'property.created', actorId: hostId });
  return row;
}

/** A property that was not deleted, whatever its status. Who may see it is the caller's question. */
export async function findProperty(db: Db, id: PropertyId): Promise<PropertyRow | undefined> {
  return PropertyRow.query(db).findById(id).whereNull('deletedAt');
}

/** A host's own properties of any status, oldest first. `after` is the last id of the page before. */
export async function listPropertiesOf(
  db: Db,
  hostId: UserId,
  page: { after: PropertyId | undefined; limit: number },
): Promise<PropertyRow[]> {
  const query = PropertyRow.query(db)
    .where({ hostId })
    .whereNull('deletedAt')
    .orderBy('id')
    .limit(page.limit);
  return page.after === undefined ? query : query.where('id', '>', page.after);
}

/** Who changes which property: only its host may, for everyone else there is none. */
export interface HostsProperty {
  id: PropertyId;
  hostId: UserId;
}

/**
 * Changes what is given, in the caller's transaction, and tells which columns changed. Nothing changed, nothing told.
 * @throws DomainError `not_found`, `invalid_input` for an unknown zone.
 */
export async function updateProperty(
  trx: Transaction,
  property: HostsProperty,
  changes: PropertyChanges,
): Promise<PropertyRow> {
  const before = await lockProperty(trx, property);
  const changed = Object.entries(given(changes)).filter(
    ([column, value]) => !isDeepStrictEqual(value, before[column as keyof Columns]),
  );
  if (changed.length === 0) return before;
  const columns = Object.fromEntries(changed) as Partial<PropertyRow>;
  const after = await knownZone(write(trx, before, { ...columns, ...derivedColumns(columns, before) }));
  // Names of columns, no values: the audit log may say that a property moved, but not where it is.
  const data = { changed: Object.keys(columns) };
  await tell(trx, after, { kind: 'property.updated', actorId: property.hostId, data });
  return after;
}

/**
 * Publishes or closes. Closing ends no booking: it only stops new ones. Done already is done.
 * @throws DomainError `not_found`; `forbidden` while an operator has it suspended.
 */
export async function setPublication(
  trx: Transaction,
  property: HostsProperty,
  status: 'published' | 'closed',
): Promise<PropertyRow> {
  const before = await lockProperty(trx, property);
  if (before.status === status) return before;
  if (before.status === 'suspended') {
    throw new DomainError('forbidden', 'The property is suspended. Please write to support.');
  }
  const after = await write(trx, before, { status });
  const data = { before: before.status, after: status };
  await tell(trx, after, { kind: `property.${status}`, actorId: property.hostId, data });
  return after;
}

/**
 * Deletes a property that nobody is going to stay at. The row is kept, unseen, for the bookings of the past. Takers of
 * nights wait for the same lock and then find it closed.
 * @throws DomainError `not_found`; `property_in_use` while nights from `today` on are booked or held.
 */
export async function deleteProperty(
  trx: Transaction,
  property: HostsProperty,
  at: { now: string; today: (zone: TimeZone) => CalendarDate },
): Promise<void> {
  await lockFamily(trx, property.id); // What it is linked to is no more: theirs is to be written, too.
  const before = await lockProperty(trx, property);
  const inUse: unknown = await trx('stays')
    .where({ property_id: property.id, live: true, kind: 'booking' })
    .whereRaw('upper(nights) >= ?::date', [at.today(before.timeZone)])
    .first('id');
  if (inUse !== undefined) {
    throw new DomainError(
      'property_in_use',
      'The property has bookings that have not ended. Close it instead.',
    );
  }
  await unlinkAll(trx, property.id, at.now);
  const after = await write(trx, before, { status: 'closed', deletedAt: at.now });
  const data = { before: before.status, after: 'deleted' };
  await tell(trx, after, { kind: 'property.deleted', actorId: property.hostId, data });
}

async function lockProperty(trx: Transaction, { id, hostId }: HostsProperty): Promise<PropertyRow> {
  const row = await PropertyRow.query(trx).findOne({ id, hostId }).whereNull('deletedAt').forNoKeyUpdate();
  if (row === undefined) throw notFound('property');
  return row;
}

/** Writes to a row that the caller has locked, and gives it as it is then. */
async function write(
  trx: Transaction,
  { id }: PropertyRow,
  columns: Partial<PropertyRow>,
): Promise<PropertyRow> {
  return PropertyRow.query(trx).where({ id }).patch(columns).returning('*').first().throwIfNotFound();
}

/** Only what was given: `undefined` would mean NULL to the database. */
function given<T extends object>(columns: T): Partial<T> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as Partial<T>;
}

interface Told {
  kind: `property.${string}`;
  actorId: string;
  data?: Readonly<Record<string, unknown>>;
}

async function tell(trx: Transaction, { id, version }: PropertyRow, { data, ...told }: Told): Promise<void> {
  await recordEvent(trx, { ...told, subjectId: id, data: { version, ...data } });
}

/** PostgreSQL has its own list of zones; a name that is not on it is the caller's mistake, not ours. */
async function knownZone<T>(write: PromiseLike<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const cause: unknown = error instanceof Error && 'nativeError' in error ? error.nativeError : error;
    if (!(cause instanceof DatabaseError) || cause.code !== '22023') throw error;
    throw invalidInput('timeZone', 'Must be a zone of the IANA time zone database.');
  }
}
