import { setTimeout as delay } from 'node:timers/promises';
import { newPerson } from '#test/support/people.ts';
import type { Person } from '#test/support/people.ts';
import type { Ground } from './ground.ts';
import { bookingShot, freeStays } from './guests.ts';
import type { FreeStay } from './guests.ts';
import type { Outcome } from './report.ts';
import { median } from './rounds.ts';

const RACERS = 50;
const RACES = 5;
/** By then nothing of the losers is left. */
const GONE_WITHIN_MS = 5_000;

/** Many guests ask for the same nights at the same moment: one has them, the others are told so. */
export async function benchRace(ground: Ground): Promise<Outcome> {
  const guests: Person[] = [];
  while (guests.length < RACERS) guests.push(await newPerson(ground.api));
  const races: Race[] = [];
  for (const stay of await freeStays(ground, RACES)) races.push(await race(ground, guests, stay));
  const work = `a race of ${RACERS} for the same nights, ${RACES} times`;
  const sum = (of: (race: Race) => number) => races.reduce((total, each) => total + of(each), 0);
  return {
    findings: [
      {
        work: `${work}: wrong answers`,
        unit: 'answers',
        ours: sum(({ wrong }) => wrong),
        target: { oursAtMost: 0 },
      },
      {
        work: `${work}: left of the losers after ${GONE_WITHIN_MS / 1000} s`,
        unit: 'rows',
        ours: sum(({ left }) => left),
        target: { oursAtMost: 0 },
      },
      { work: `${work}: p50 of the answers`, unit: 'ms', ours: median(races.map(({ p50Ms }) => p50Ms)) },
    ],
  };
}

interface Race {
  wrong: number;
  left: number;
  p50Ms: number;
}

async function race(ground: Ground, guests: readonly Person[], stay: FreeStay): Promise<Race> {
  const shots = guests.map((guest) => bookingShot(stay, guest));
  const { statuses, p50Ms } = await ground.load({ origin: ground.api, connections: RACERS, shots });
  const { 201: won = 0, 409: lost = 0, ...others } = statuses;
  const odd = Object.values(others).reduce((sum, count) => sum + count, 0);
  const wrong = Math.abs(won - 1) + Math.max(0, RACERS - 1 - lost) + odd;
  const deadline = performance.now() + GONE_WITHIN_MS;
  let left = await leftOfLosers(ground, stay);
  while (left > 0 && performance.now() < deadline) {
    await delay(50);
    left = await leftOfLosers(ground, stay);
  }
  await ground.quiet();
  return { wrong, left, p50Ms };
}

/** Bookings that have not come to an end, and nights that are not the winner's. */
async function leftOfLosers({ db }: Ground, { propertyId, checkIn, checkOut }: FreeStay): Promise<number> {
  const { rows } = await db.raw<{ rows: [{ left: number }] }>(
    `select (select count(*) from bookings where property_id = :propertyId and check_in = :checkIn
               and status not in ('confirmed', 'rejected'))
          + (select count(*) from stays s join bookings b on b.id = s.booking_id
               where s.property_id = :propertyId and s.live and b.status <> 'confirmed'
                 and s.nights && daterange(:checkIn, :checkOut)) as left`,
    { propertyId, checkIn, checkOut },
  );
  return rows[0].left;
}
