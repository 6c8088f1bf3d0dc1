import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import type { HostsProperty } from './properties.ts';
import { lockHostsProperty } from './property-lock.ts';

/** A row of `stay_rules`. A property without one follows the defaults. */
export interface StayRulesRow {
  minimum_nights: number;
  maximum_nights: number;
  advance_notice_days: number;
  same_day_latest_time: string | null;
  booking_window_months: number;
  preparation_nights_before: number;
  preparation_nights_after: number;
  maximum_pets: number;
}

export function rulesOfRow(row: StayRulesRow | null | undefined): StayRules {
  if (!row) return { ...DEFAULT_STAY_RULES };
  return {
    minimumNights: row.minimum_nights,
    maximumNights: row.maximum_nights,
    advanceNoticeDays: row.advance_notice_days,
    sameDayLatestTime: row.same_day_latest_time,
    bookingWindowMonths: row.booking_window_months,
    preparationNightsBefore: row.preparation_nights_before,
    preparationNightsAfter: row.preparation_nights_after,
    maximumPets: row.maximum_pets,
  };
}

function rowOfRules(rules: StayRules): StayRulesRow {
  return {
    minimum_nights: rules.minimumNights,
    maximum_nights: rules.maximumNights,
    advance_notice_days: rules.advanceNoticeDays,
    same_day_latest_time: rules.sameDayLatestTime,
    booking_window_months: rules.bookingWindowMonths,
    preparation_nights_before: rules.preparationNightsBefore,
    preparation_nights_after: rules.preparationNightsAfter,
    maximum_pets: rules.maximumPets,
  };
}

/** The rules of many properties, by id: the defaults for one that has set none. */
export async function findStayRules(
  db: Db,
  propertyIds: readonly PropertyId[],
): Promise<Map<PropertyId, StayRules>> {
  const rows = await db('stay_rules')
    .whereIn('property_id', propertyIds)
    .select<(StayRulesRow & { property_id: PropertyId })[]>('*');
  const byProperty = new Map(rows.map((row) => [row.property_id, row]));
  return new Map(propertyIds.map((id) => [id, rulesOfRow(byProperty.get(id))]));
}

export async function readStayRules(db: Db, propertyId: PropertyId): Promise<StayRules> {
  const rules = await findStayRules(db, [propertyId]);
  return rules.get(propertyId) ?? { ...DEFAULT_STAY_RULES };
}

/** Sets all rules of a property and tells what they were. Bookings made before keep to theirs. @throws `not_found`. */
export async function setStayRules(
  trx: Transaction,
  property: HostsProperty,
  after: StayRules,
): Promise<void> {
  await lockHostsProperty(trx, property);
  const before = await readStayRules(trx, property.id);
  if (isDeepStrictEqual(before, after)) return;
  await trx('stay_rules')
    .insert({ property_id: property.id, ...rowOfRules(after) })
    .onConflict('property_id')
    .merge();
  const { id: subjectId, hostId: actorId } = property;
  await recordEvent(trx, { kind: 'property.rules_set', subjectId, actorId, data: { before, after } });
}
