import { openDoctor } from '#bin/examination.ts';
import { readConfig } from '#config';
import type { BookingStatus } from '#domain/bookings.ts';
import type { Forecast } from '#dev/stripe/controls/faults.ts';
import type { Traveller, World } from '../journeys.ts';
import { newProperty } from '../people.ts';
import { comeAgain } from './client.ts';
import { drawPlans } from './drawing.ts';
import { Life } from './life.ts';
import type { Parties } from './life.ts';
import { comesToAnEnd, isSettled } from './rest.ts';

/** About a quarter of all that we ask the bank goes wrong, and a third of what it tells us. */
const CLOUDS = [
  { kind: 'latency', probability: 0.05, delayMs: 400 },
  { kind: '429', probability: 0.04 },
  { kind: '500_before', probability: 0.04 },
  { kind: '500_after', probability: 0.04 },
  { kind: 'answer_late', probability: 0.03, delayMs: 1_500 },
  { kind: 'answer_lost', probability: 0.04 },
  { kind: 'close', probability: 0.04 },
  { kind: 'duplicate', probability: 0.12 },
  { kind: 'delay', probability: 0.08, delayMs: 700 },
  { kind: 'reorder', probability: 0.08, delayMs: 500 },
  { kind: 'drop', probability: 0.08 },
] as const;

/** So many bookings are under way at once. */
const AT_ONCE = 12;
const BOOKINGS_PER_HOME = 5;
const BOOKINGS_PER_GUEST = 5;

/** What bad weather has left. */
export interface Aftermath {
  seed: number;
  bookings: number;
  struck: Forecast['struck'];
  /** How many bookings ended as what; those that were refused without being recorded are none. */
  endedAs: Record<string, number>;
  /** Whatever is not as it has to be, in words; nothing, when all is well. */
  wrong: string[];
}

export interface Storm {
  seed: number;
  bookings: number;
}

/** Hears of each booking that is through with what was drawn for it, and of what comes after. */
export type Progress = (word: string | undefined) => void;

/**
 * Has bookings made and lived while the bank is in bad weather, lets the weather end and all come to rest, and judges what
 * is left: every answer, every booking, and what the doctor says of the whole platform.
 */
export async function weather(
  world: World,
  { seed, bookings }: Storm,
  progress: Progress = () => undefined,
): Promise<Aftermath> {
  const lives = await cast(world, drawPlans(seed, bookings));
  const wrong: string[] = [];
  const tried = async (life: Life | undefined, doing: () => Promise<void>) => {
    await doing().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      wrong.push([`${life?.bookingId ?? 'a request'}: ${why}`, ...(life?.story ?? [])].join('\n    '));
    });
  };
  const rules = CLOUDS.map((cloud) => ({ ...cloud, times: 'always' }));
  await world.bank.control('POST', '/faults', { seed, rules });
  await inLanes(lives, async (life) => {
    await tried(life, () => life.live());
    progress(undefined);
  });
  const { struck }: Forecast = await world.bank.control('DELETE', '/faults');
  progress('The weather has ended; waiting until all has come to rest.');
  await tried(undefined, () => comesToAnEnd(world));
  progress('Everybody comes again with their keys; then the doctor looks.');
  await inLanes(lives, (life) =>
    tried(life, async () => {
      for (const asked of life.asked) await comeAgain(asked);
    }),
  );
  const ends = await endsOf(world, lives);
  wrong.push(...ends.wrong, ...(await broken(world)));
  return { seed, bookings, struck, endedAs: ends.endedAs, wrong };
}

/** People and homes for plans, before the weather turns. */
async function cast(world: World, plans: ReturnType<typeof drawPlans>): Promise<Life[]> {
  const homes: Pick<Parties, 'host' | 'propertyId'>[] = [];
  for (let n = 0; n < Math.ceil(plans.length / BOOKINGS_PER_HOME); n += 1) {
    const host = homes[n - (n % 4)]?.host ?? (await world.person('Hugh Host'));
    const property = await newProperty(host, { bookingMode: n % 2 === 0 ? 'instant' : 'request' });
    homes.push({ host, propertyId: property.id });
  }
  const guests: Traveller[] = [];
  for (let n = 0; n < Math.ceil(plans.length / BOOKINGS_PER_GUEST); n += 1) guests.push(await world.person());
  return plans.map((plan) => {
    const [home, guest] = [homes[plan.home % homes.length], guests[plan.guest % guests.length]];
    if (home === undefined || guest === undefined) throw new TypeError('Nobody was drawn.');
    return new Life(world, plan, { ...home, guest });
  });
}

async function inLanes(lives: readonly Life[], doing: (life: Life) => Promise<void>): Promise<void> {
  const left = [...lives];
  const lane = async () => {
    for (let life = left.shift(); life !== undefined; life = left.shift()) await doing(life);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** What became of the bookings; wrong are those that nobody was told of, and those without an end. */
async function endsOf(world: World, lives: readonly Life[]) {
  const known = new Map(lives.map((life) => [life.bookingId, life]));
  const properties = [...new Set(lives.map(({ propertyId }) => propertyId))];
  const rows: { id: string; status: BookingStatus }[] = await world
    .db('bookings')
    .whereIn('property_id', properties)
    .select('id', 'status');
  const endedAs: Record<string, number> = {};
  const wrong: string[] = [];
  for (const { id, status } of rows) {
    endedAs[status] = (endedAs[status] ?? 0) + 1;
    const story = known.get(id)?.story ?? [];
    if (!isSettled(status)) wrong.push([`${id} is ${status} for ever`, ...story].join('\n    '));
    // Whoever came too late for nights may be on record as refused.
    if (!known.has(id) && status !== 'rejected') wrong.push(`${id} is ${status}, and nobody was told of it`);
  }
  return { endedAs, wrong };
}

async function broken({ stack }: World): Promise<string[]> {
  await using doctor = openDoctor(readConfig(stack.environment));
  return (await doctor.examine()).flatMap(({ invariant, findings }) =>
    findings.map(({ id, detail }) => `${invariant}: ${id}: ${detail}`),
  );
}
