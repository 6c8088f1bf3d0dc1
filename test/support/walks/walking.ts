import assert from 'node:assert/strict';
import type { World } from '../journeys.ts';
import { eventsOf } from '../ledger.ts';
import { until } from '../virtual-time.ts';
import { edgesOf } from './edges.ts';
import type { Edge, Path } from './edges.ts';
import { Journey } from './journey.ts';
import { WAYS } from './ways.ts';
import type { Way } from './ways.ts';

/** A path, with the way along its last edge; the other edges are gone along by their first way. */
export interface Walk {
  path: Path;
  way?: string;
}

/** The ways along an edge, by name, the usual one first. */
export function waysAlong(edge: Edge): [string, Way][] {
  return Object.entries(WAYS[edge] ?? {});
}

function wayAlong(edge: Edge, name = waysAlong(edge)[0]?.[0]): Way {
  const way = WAYS[edge]?.[name ?? ''];
  if (way === undefined)
    throw new Error(`Nobody knows how a booking comes along ${edge} (test/support/walks).`);
  return way;
}

/** Has a booking of its own, over the real stack and at real durations, come along a path. */
export async function walk(world: World, { path, way: last }: Walk): Promise<Journey> {
  const edges = edgesOf(path);
  const ways = edges.map((edge, at) => wayAlong(edge, at === edges.length - 1 ? last : undefined));
  const bookingMode = path.includes('awaiting_host') ? 'request' : 'instant';
  const home = await world.home(Object.assign({ bookingMode }, ...ways.map(({ property }) => property)));
  const guest = await world.person();
  const request = Object.assign({}, ...ways.map(({ request: facts }) => facts));
  const journey = new Journey(world, { ...home, guest, request });
  for (const [at, way] of ways.entries()) {
    await ways[at + 1]?.beforehand?.(journey);
    await way.act?.(journey);
    const edge = edges[at];
    assert.ok(edge);
    await hasCome(journey, edge);
  }
  return journey;
}

async function hasCome(journey: Journey, edge: Edge): Promise<void> {
  const walked = async () => edgesWalked(journey.world, journey.booking.id);
  await until(`${journey.booking.id} has come along ${edge}`, async () => (await walked()).includes(edge));
  await journey.look();
}

/** The edges that a booking has come along, by its own events. */
export async function edgesWalked(world: World, bookingId: string): Promise<Edge[]> {
  const events = await eventsOf(world.db, bookingId);
  return events.flatMap(({ kind, data: { before, after } }) => {
    if (typeof before !== 'string' || kind !== `booking.${after as string}`) return [];
    return [`${before} → ${after as string}` as Edge];
  });
}

/** The words of a walk as a file's name. */
export function nameOf({ path, way }: Walk): string {
  const words = way === undefined ? path.slice(1).join(' then ') : `${path.slice(-2).join(' to ')} ${way}`;
  return words.replaceAll(/[^a-z]+/g, '-');
}
