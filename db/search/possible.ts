import { areKeptNextDoor } from '../linked-nights.ts';
import { NOW, TODAY } from './asked.ts';
import type { AskedStay } from './asked.ts';

/** As `minimumNightsFrom` has it: `greatest` passes over what is null. */
const minimumNights = (checkIn: string): string => `coalesce(
            greatest((select season.minimum_nights from seasons season
                      where season.property_id = r.property_id and season.dates @> ${checkIn}),
                     r.minimum_nights_by_arrival[cast(extract(isodow from ${checkIn}) as integer)]),
            r.minimum_nights, 1)`;
/** As `bookingModeOf` has it: the stay is longer than is booked at once. */
const isLonger = (nights: string): string =>
  `(coalesce(r.longer_by_request, false) and ${nights} > r.maximum_nights)`;

/**
 * `at` is before a time on the property's wall, as `instantOf` in domain/nights.ts has it. Of a time that occurs twice PostgreSQL
 * takes the later one: the earlier is reckoned from before the clocks went back. One that they skip comes when they skip it,
 * and from then on they show more.
 */
function isBefore(at: string, wall: string): string {
  const earlier = `((${wall} - interval '3 hours') at time zone p.time_zone + interval '3 hours')`;
  return `(${at} at time zone p.time_zone < ${wall} and ${at} < case
              when ${earlier} at time zone p.time_zone = ${wall} then ${earlier}
              else ${wall} at time zone p.time_zone end)`;
}

/**
 * The property's rules allow the stay, as `refusalOf` in domain/availability.ts judges (a test holds one against the
 * other); nothing lies on its nights, there or at what is linked to it, nor a stay on those to be kept empty around them.
 * All of it is one scalar subquery: so it is asked of one candidate after the other, by index, and never becomes a join for which the planner
 * would read every stay there is to find those of a few.
 */
export function stayIsPossible({ checkIn, checkOut, nights }: AskedStay): string {
  return `(
        select ${nights} >= ${minimumNights(checkIn)}
          and ${nights} <= case when r.longer_by_request then 365 else coalesce(r.maximum_nights, 365) end
          and (r.no_arrival_days is null or extract(isodow from ${checkIn}) <> all (r.no_arrival_days))
          and (r.no_departure_days is null or extract(isodow from ${checkOut}) <> all (r.no_departure_days))
          and ${checkIn} >= ${TODAY} + coalesce(r.advance_notice_days, 0)
          and ${checkIn} <= ${TODAY} + make_interval(months => coalesce(r.booking_window_months, 12))
          and (r.same_day_latest_time is null or r.advance_notice_days > 0 or ${checkIn} > ${TODAY}
            or ${isBefore(`(${NOW} - interval '1 microsecond')`, `(${TODAY} + cast(r.same_day_latest_time as time))`)})
          and ((p.booking_mode = 'instant' and not ${isLonger(nights)})
            or ${isBefore(NOW, `(${checkIn} + cast(p.check_in_time as time))`)})
          and not exists (
            select from stays s
            where s.property_id = p.id and s.live
              and s.nights && daterange(${checkIn} - coalesce(r.preparation_nights_before, 0),
                                        ${checkOut} + coalesce(r.preparation_nights_after, 0))
              and (s.kind in ('booking', 'linked') or s.nights && daterange(${checkIn}, ${checkOut})))
          and not (p.is_linked and ${areKeptNextDoor('p.id', `daterange(${checkIn}, ${checkOut})`)})
        from (values (1)) as one left join stay_rules r on r.property_id = p.id)`;
}

/** How a stay of so many nights is booked. */
export function bookingModeOfStay({ nights }: AskedStay): string {
  return `case when exists (select from stay_rules r where r.property_id = p.id and ${isLonger(nights)})
           then 'request' else p.booking_mode end`;
}
