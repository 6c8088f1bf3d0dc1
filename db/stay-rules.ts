import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import { WEEKDAYS } from '#domain/availability/seasons.ts';
import type { Season, WeekdayName } from '#domain/availability/seasons.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import type { HostsProperty } from './properties.ts';
import { lockHostsProperty } from './property-lock.ts';

/** A row of `stay_rules`. A property without one follows the defaults. Days of the week are numbers, Monday = 1. */
interface RulesColumns {
  minimum_nights: number;
  minimum_nights_by_arrival: (number | null)[];
  maximum_nights: number;
  longer_by_request: boolean;
  no_arrival_days: number[];
  no_departure_days: number[];
  advance_notice_days: number;
  same_day_latest_time: string | null;
  booking_window_months: number;
  preparation_nights_before: number;
  preparation_nights_after: number;
  maximum_pets: number;
}

/** With its seasons, by their beginning: as `RULES_AS_JSON` reads it. */
export interface StayRulesRow extends RulesColumns {
  seasons: Season[];
}

/** Of a row `r` of `stay_rules`; null where there is none. */
export const RULES_AS_JSON = `(to_jsonb(r) || jsonb_build_object('seasons', (
  select coalesce(jsonb_agg(jsonb_build_object(
    'name', name, 'from', lower(dates), 'to', upper(dates), 'minimumNights', minimum_nights) order by dates), '[]')
  from seasons where property_id = r.property_id)))`;

export function rulesOfRow(row: StayRulesRow | null | undefined): StayRules {
  if (!row) return { ...DEFAULT_STAY_RULES };
  return {
    minimumNights: row.minimum_nights,
    minimumNightsByArrival: byArrival(row.minimum_nights_by_arrival),
    seasons: row.seasons,
    maximumNights: row.maximum_nights,
    longerByRequest: row.longer_by_request,
    noArrivalDays: namesOf(row.no_arrival_days),
    noDepartureDays: namesOf(row.no_departure_days),
    advanceNoticeDays: row.advance_notice_days,
    sameDayLatestTime: row.same_day_latest_time,
    bookingWindowMonths: row.booking_window_months,
    preparationNightsBefore: row.preparation_nights_before,
    preparationNightsAfter: row.preparation_nights_after,
    maximumPets: row.maximum_pets,
  };
}

function rowOfRules(rules: StayRules): RulesColumns {
  return {
    minimum_nights: rules.minimumNights,
    minimum_nights_by_arrival: WEEKDAYS.map((day) => rules.minimumNightsByArrival[day] ?? null),
    maximum_nights: rules.maximumNights,
    longer_by_request: rules.longerByRequest,
    no_arrival_days: numbersOf(rules.noArrivalDays),
    no_departure_days: numbersOf(rules.noDepartureDays),
    advance_notice_days: rules.advanceNoticeDays,
    same_day_latest_time: rules.sameDayLatestTime,
    booking_window_months: rules.bookingWindowMonths,
    preparation_nights_before: rules.preparationNightsBefore,
    preparation_nights_after: rules.preparationNightsAfter,
    maximum_pets: rules.maximumPets,
  };
}

function byArrival(minima: readonly (number | null)[]): StayRules['minimumNightsByArrival'] {
  const known: StayRules['minimumNightsByArrival'] = {};
  for (const [index, day] of WEEKDAYS.entries()) {
    const nights = minima[index] ?? null;
    if (nights !== null) known[day] = nights;
  }
  return known;
}

function namesOf(numbers: readonly number[]): WeekdayName[] {
  return WEEKDAYS.filter((_, index) => numbers.includes(index + 1));
}

/** Each once, in their order. */
function numbersOf(names: readonly WeekdayName[]): number[] {
  return WEEKDAYS.flatMap((name, index) => (names.includes(name) ? [index + 1] : []));
}

/** The rules of many properties, by id: the defaults for one that has set none. */
export async function findStayRules(
  db: Db,
  propertyIds: readonly PropertyId[],
): Promise<Map<PropertyId, StayRules>> {
  const { rows } = await db.raw<{ rows: { id: PropertyId; rules: StayRulesRow }[] }>(
    `select property_id as id, ${RULES_AS_JSON} as rules from stay_rules r where property_id = any (?)`,
    [[...propertyIds]],
  );
  const byProperty = new Map(rows.map(({ id, rules }) => [id, rules]));
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
  wanted: StayRules,
): Promise<StayRules> {
  await lockHostsProperty(trx, property);
  const before = await readStayRules(trx, property.id);
  const columns = rowOfRules(wanted);
  const seasons = [...wanted.seasons].sort((a, b) => (a.from < b.from ? -1 : 1));
  const after = rulesOfRow({ ...columns, seasons });
  if (isDeepStrictEqual(before, after)) return after;
  const { id: subjectId, hostId: actorId } = property;
  await trx('stay_rules')
    .insert({ property_id: subjectId, ...columns })
    .onConflict('property_id')
    .merge();
  await replaceSeasons(trx, subjectId, seasons);
  await recordEvent(trx, { kind: 'property.rules_set', subjectId, actorId, data: { before, after } });
  return after;
}

async function replaceSeasons(
  trx: Transaction,
  propertyId: PropertyId,
  seasons: readonly Season[],
): Promise<void> {
  await trx('seasons').where({ property_id: propertyId }).delete();
  if (seasons.length === 0) return;
  await trx('seasons').insert(
    seasons.map(({ name, from, to, minimumNights }) => ({
      property_id: propertyId,
      name,
      dates: `[${from},${to})`,
      minimum_nights: minimumNights,
    })),
  );
}
