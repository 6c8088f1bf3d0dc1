import { randomUUID } from 'node:crypto';
import type { Person } from '#test/support/people.ts';
import type { Ground } from './ground.ts';
import type { Shot } from './load.ts';

export interface FreeStay {
  propertyId: string;
  checkIn: string;
  checkOut: string;
}

const NIGHTS = 2;

/** The first free nights of properties that two guests can book at once for so few, each property once. */
export async function freeStays({ db }: Ground, count: number): Promise<FreeStay[]> {
  const { rows } = await db.raw<{ rows: FreeStay[] }>(
    `select p.id as "propertyId", cast(d.night as text) as "checkIn", cast(d.night + cast(:nights as integer) as text) as "checkOut"
     from properties p left join stay_rules r on r.property_id = p.id
     cross join lateral (
       select night from (select current_date + n as night from generate_series(20, 80) as n) as nights
       where not exists (select from stays s where s.property_id = p.id and s.live
                         and s.nights && daterange(night - 1, night + cast(:nights as integer) + 1))
       order by night limit 1
     ) as d
     where p.status = 'published' and p.booking_mode = 'instant' and p.capacity >= 2
       and p.nightly_minor between 2000 and 50000
       and cast(:nights as integer) between coalesce(r.minimum_nights, 1) and coalesce(r.maximum_nights, 365)
       and not exists (select from bookings b where b.property_id = p.id and b.created_at > current_date)
     order by md5(p.id) limit :count`,
    { nights: NIGHTS, count },
  );
  if (rows.length < count) throw new Error(`Only ${rows.length} properties have free nights to book.`);
  return rows;
}

/** An instant booking, paid in the same call. */
export function bookingShot(stay: FreeStay, guest: Person | undefined): Shot {
  return {
    method: 'POST',
    path: '/bookings',
    headers: { 'Authorization': `Bearer ${guest?.token}`, 'Idempotency-Key': randomUUID() },
    body: JSON.stringify({ ...stay, guests: { adults: 2 }, paymentMethodId: 'pm_card_visa' }),
  };
}
