/** A stay as the statement knows it: SQL expressions of the dates and of the number of its nights. */
export interface AskedStay {
  checkIn: string;
  checkOut: string;
  nights: string;
}

/** The one stay of a search for certain dates. */
export const THE_STAY: AskedStay = {
  checkIn: 'cast(:checkIn as date)',
  checkOut: 'cast(:checkOut as date)',
  nights: ':nights',
};

const TODAY = 'cast(cast(:now as timestamptz) at time zone p.time_zone as date)';

/**
 * The property's rules allow the stay, as `refusalOf` in domain/availability.ts judges (a test holds one against the
 * other); nothing lies on its nights, nor a booking on those to be kept empty around them. All of it is one scalar
 * subquery: so it is asked of one candidate after the other, by index, and never becomes a join for which the planner
 * would read every stay there is to find those of a few.
 */
export function stayIsPossible({ checkIn, checkOut, nights }: AskedStay): string {
  return `(
        select ${nights} between coalesce(r.minimum_nights, 1) and coalesce(r.maximum_nights, 365)
          and ${checkIn} >= ${TODAY} + coalesce(r.advance_notice_days, 0)
          and ${checkIn} <= ${TODAY} + make_interval(months => coalesce(r.booking_window_months, 12))
          and (r.same_day_latest_time is null or r.advance_notice_days > 0 or ${checkIn} > ${TODAY}
            or cast(:now as timestamptz) <= (${TODAY} + cast(r.same_day_latest_time as time)) at time zone p.time_zone)
          and not exists (
            select from stays s
            where s.property_id = p.id and s.live
              and s.nights && daterange(${checkIn} - coalesce(r.preparation_nights_before, 0),
                                        ${checkOut} + coalesce(r.preparation_nights_after, 0))
              and (s.kind = 'booking' or s.nights && daterange(${checkIn}, ${checkOut})))
        from (values (1)) as one left join stay_rules r on r.property_id = p.id)`;
}
