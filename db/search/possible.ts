const TODAY = 'cast(cast(:now as timestamptz) at time zone p.time_zone as date)';

/** As `minimumNightsFrom` has it: `greatest` passes over what is null. */
const MINIMUM_NIGHTS = `coalesce(
            greatest((select season.minimum_nights from seasons season
                      where season.property_id = r.property_id and season.dates @> cast(:checkIn as date)),
                     r.minimum_nights_by_arrival[cast(extract(isodow from cast(:checkIn as date)) as integer)]),
            r.minimum_nights, 1)`;
/** As `bookingModeOf` has it. */
const IS_LONGER = '(coalesce(r.longer_by_request, false) and :nights > r.maximum_nights)';

/**
 * The property's rules allow the stay, as `refusalOf` in domain/availability.ts judges (a test holds one against the
 * other); nothing lies on its nights, nor a stay, of a linked property neither, on those to be kept empty around them. All of it is one scalar
 * subquery: so it is asked of one candidate after the other, by index, and never becomes a join for which the planner
 * would read every stay there is to find those of a few.
 */
export const STAY_IS_POSSIBLE = `(
        select :nights >= ${MINIMUM_NIGHTS}
          and :nights <= case when r.longer_by_request then 365 else coalesce(r.maximum_nights, 365) end
          and (r.no_arrival_days is null or extract(isodow from cast(:checkIn as date)) <> all (r.no_arrival_days))
          and (r.no_departure_days is null or extract(isodow from cast(:checkOut as date)) <> all (r.no_departure_days))
          and cast(:checkIn as date) >= ${TODAY} + coalesce(r.advance_notice_days, 0)
          and cast(:checkIn as date) <= ${TODAY} + make_interval(months => coalesce(r.booking_window_months, 12))
          and (r.same_day_latest_time is null or r.advance_notice_days > 0 or cast(:checkIn as date) > ${TODAY}
            or cast(:now as timestamptz) <= (${TODAY} + cast(r.same_day_latest_time as time)) at time zone p.time_zone)
          and ((p.booking_mode = 'instant' and not ${IS_LONGER})
            or cast(:now as timestamptz) < (cast(:checkIn as date) + cast(p.check_in_time as time)) at time zone p.time_zone)
          and not exists (
            select from stays s
            where s.property_id = p.id and s.live
              and s.nights && daterange(cast(:checkIn as date) - coalesce(r.preparation_nights_before, 0),
                                        cast(:checkOut as date) + coalesce(r.preparation_nights_after, 0))
              and (s.kind in ('booking', 'linked') or s.nights && daterange(cast(:checkIn as date), cast(:checkOut as date))))
        from (values (1)) as one left join stay_rules r on r.property_id = p.id)`;
