import { randomUUID } from 'node:crypto';
import { readConfig } from '#config';
import { newPerson } from '#test/support/people.ts';
import type { Person } from '#test/support/people.ts';
import type { Bookings } from './floors/bare-client.ts';
import type { Ground } from './ground.ts';
import type { Loaded, Shot } from './load.ts';
import { Program } from './processes.ts';
import type { Finding } from './report.ts';
import { compared, interleaved } from './rounds.ts';
import type { Sample } from './rounds.ts';

const ROUNDS = 3;
const ALONE = { count: 40, askers: 1 };
const TOGETHER = { count: 200, askers: 16 };
/** More than are on their way at once: nobody's own bookings wait for each other. */
const GUESTS = 48;
const NIGHTS = 2;

/** Instant bookings paid in one call, against the bones of such a workflow on the same server. */
export async function benchBooking(ground: Ground): Promise<Finding[]> {
  const { temporal } = readConfig(ground.stack.environment);
  await using _ = await Program.start<null, null>('floors/bare-worker', temporal);
  await using bare = await Program.start<Bookings, Sample>('floors/bare-client', temporal);
  const book = await booker(ground);
  const atEach = (bookings: Bookings) => ({ ours: () => book(bookings), floor: () => bare.ask(bookings) });
  await interleaved(1, atEach({ count: 60, askers: 8 }));
  const alone = await interleaved(ROUNDS, atEach(ALONE));
  const together = await interleaved(ROUNDS, atEach(TOGETHER));
  const floorIs = 'bare update-with-start';
  return [
    {
      work: 'booking, instant and paid, one at a time: p50',
      floorIs,
      unit: 'ms',
      ...compared(alone.ours, alone.floor, ({ p50Ms }) => p50Ms),
      target: { ratioAtMost: 2 },
    },
    {
      work: `booking, instant and paid, ${TOGETHER.askers} at once`,
      floorIs,
      unit: 'a second',
      ...compared(together.ours, together.floor, ({ perSecond }) => perSecond),
      target: { ratioAtLeast: 0.5 },
    },
  ];
}

/** Books stays that nobody has had yet, each for a guest who is not booking at the moment; all of them must succeed. */
async function booker(ground: Ground): Promise<(bookings: Bookings) => Promise<Sample>> {
  const guests: Person[] = [];
  while (guests.length < GUESTS) guests.push(await newPerson(ground.api));
  const stays = await freeStays(ground);
  return async ({ count, askers }) => {
    const shots = stays.splice(0, count).map((stay, index) => shotOf(stay, guests[index % GUESTS]));
    if (shots.length < count) throw new Error('There are not enough free nights to book.');
    const loaded = await ground.load({ origin: ground.api, connections: askers, shots });
    requireBooked(loaded);
    await ground.quiet(); // The mails of these bookings shall not slow down the next contestant.
    return loaded;
  };
}

interface FreeStay {
  propertyId: string;
  checkIn: string;
  checkOut: string;
}

/** The first free nights of every property that takes two guests for so few, each property once. */
async function freeStays({ db }: Ground): Promise<FreeStay[]> {
  const { rows } = await db.raw<{ rows: FreeStay[] }>(
    `select p.id as "propertyId", cast(d.night as text) as "checkIn", cast(d.night + cast(:nights as integer) as text) as "checkOut"
     from properties p left join stay_rules r on r.property_id = p.id
     cross join lateral (
       select night from (select current_date + n as night from generate_series(20, 80) as n) as nights
       where not exists (select from stays s where s.property_id = p.id and s.live
                         and s.nights && daterange(night, night + cast(:nights as integer)))
       order by night limit 1
     ) as d
     where p.status = 'published' and p.capacity >= 2 and p.nightly_minor between 2000 and 50000
       and cast(:nights as integer) between coalesce(r.minimum_nights, 1) and coalesce(r.maximum_nights, 365)
     order by md5(p.id)`,
    { nights: NIGHTS },
  );
  return rows;
}

function shotOf(stay: FreeStay, guest: Person | undefined): Shot {
  return {
    method: 'POST',
    path: '/bookings',
    headers: { 'Authorization': `Bearer ${guest?.token}`, 'Idempotency-Key': randomUUID() },
    body: JSON.stringify({ ...stay, guests: { adults: 2 }, paymentMethodId: 'pm_card_visa' }),
  };
}

function requireBooked({ statuses, oddity }: Loaded): void {
  const others = Object.keys(statuses).filter((status) => status !== '201');
  if (others.length > 0) throw new Error(`Some bookings were answered ${others.join(', ')}:\n${oddity}`);
}
