import { STAY_RULE_LIMITS } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import type { TakenNights } from '#domain/calendar.ts';
import type { PropertyId } from '#domain/ids.ts';
import type { Stay } from '#domain/nights.ts';
import type { Db } from './connect.ts';
import { familyOf } from './property-lock.ts';
import { RULES_AS_JSON, rulesOfRow } from './stay-rules.ts';
import type { StayRulesRow } from './stay-rules.ts';

/** How far a booking reaches beyond its own nights at most, by the preparation around it. */
const REACH_NIGHTS = Math.max(
  STAY_RULE_LIMITS.preparationNightsBefore.most,
  STAY_RULE_LIMITS.preparationNightsAfter.most,
);

/**
 * A property's rules, and what lies on these nights or near enough to matter to them; of what is linked to it too the
 * nights that are blocked or imported there, which cast no shadow.
 */
export async function readCalendar(
  db: Db,
  propertyId: PropertyId,
  span: Stay,
): Promise<{ rules: StayRules; taken: TakenNights[] }> {
  const { rows } = await db.raw<{ rows: [{ rules: StayRulesRow | null; taken: TakenNights[] }] }>(
    `select ${RULES_AS_JSON} as rules, coalesce(t.taken, '[]') as taken
     from (values (1)) as one
     left join stay_rules r on r.property_id = :propertyId
     cross join (
       select jsonb_agg(jsonb_build_object(
         'by', case s.kind when 'block' then 'blocked' when 'import' then 'imported'
                 when 'booking' then case b.status when 'held' then 'held' else 'booked' end
                 else s.kind end,
         'checkIn', lower(s.nights), 'checkOut', upper(s.nights))) as taken
       from stays s left join bookings b on b.id = s.booking_id and s.kind = 'booking'
       where s.property_id = any ${familyOf('cast(:propertyId as text)')} and s.live
         and (s.property_id = :propertyId or s.kind in ('block', 'import'))
         and s.nights && daterange(cast(:checkIn as date) - cast(:reach as integer), cast(:checkOut as date) + cast(:reach as integer))) t`,
    { propertyId, checkIn: span.checkIn, checkOut: span.checkOut, reach: REACH_NIGHTS },
  );
  return { rules: rulesOfRow(rows[0].rules), taken: rows[0].taken };
}
