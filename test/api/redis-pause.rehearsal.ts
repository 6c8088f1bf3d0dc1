import assert from 'node:assert/strict';
import { setTimeout as passing } from 'node:timers/promises';
import { propertyEndpoints } from '#api/properties/routes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { useLocalApi } from '../support/api.ts';
import { newPerson, newProperty } from '../support/people.ts';
import type { Person, Wire } from '../support/people.ts';
import { useStack } from '../support/stack.ts';

const PROPERTIES = 200;
const READERS = 16;
/** In which a session, too, is looked up through Redis by each of so many. */
const SIGNED_IN = 8;
/** Until the process has compiled what it runs, and Redis has the copies. */
const WARM_UP_MS = 8_000;
const BEFORE_MS = 5_000;
const PAUSED_MS = 10_000;
/** Latency is to be back so long after Redis is. */
const BACK_WITHIN_MS = 1_000;
const AFTER_MS = 5_000;
/** How much slower a read may be then than it was before: what a busy machine does to two spans of the same work. */
const SLOWER_AT_MOST = 1.5;

interface Read {
  at: number;
  tookMs: number;
  status: number;
}

/** Not part of `npm test`, since it looks at the clock: `npm test -- test/api/redis-pause.rehearsal.ts`. */
describe('reads while Redis is stopped for ten seconds, and after', function () {
  this.timeout(120_000);
  const stack = useStack('postgres', 'redis');
  const api = useLocalApi([...propertyEndpoints, ...userEndpoints, ...sessionEndpoints]);
  let people: Person[];
  let properties: Wire[];

  before('offer some', async () => {
    const host = await newPerson(api().url);
    properties = [];
    for (let count = 0; count < PROPERTIES; count++) properties.push(await newProperty(host));
    people = await Promise.all(Array.from({ length: SIGNED_IN }, () => newPerson(api().url)));
  });

  it('fail never, and take as long as before within a second of its return (L17)', async () => {
    const reads: Read[] = [];
    let isOver = false;
    const reader = async (_: unknown, n: number) => {
      while (!isOver) {
        const at = performance.now();
        const path = `/properties/${properties[Math.floor(Math.random() * PROPERTIES)]?.id}`;
        const person = people[n];
        const { status } = await (person === undefined ? fetch(api().url + path) : person.get('/users/me'));
        reads.push({ at, status, tookMs: performance.now() - at });
      }
    };
    const readers = Array.from({ length: READERS }, reader);
    await passing(WARM_UP_MS);
    const warmed = performance.now();
    await passing(BEFORE_MS);
    const redis = stack().part('redis');
    const paused = performance.now();
    redis.pause();
    await passing(PAUSED_MS);
    redis.resume();
    const back = performance.now();
    await passing(BACK_WITHIN_MS + AFTER_MS);
    isOver = true;
    await Promise.all(readers);

    const [before, stopped, after] = [
      latencies(reads, warmed, paused),
      latencies(reads, paused, back),
      latencies(reads, back + BACK_WITHIN_MS, Infinity),
    ];
    console.log(`      before ${said(before)}; stopped ${said(stopped)}; a second after ${said(after)}`);
    assert.deepEqual([...new Set(reads.map(({ status }) => status))], [200]);
    for (const share of [0.5, 0.99])
      assert.ok(quantile(after, share) <= SLOWER_AT_MOST * quantile(before, share), `at ${share}`);
  });
});

/** Milliseconds, of the reads that began in a span, the quickest first. */
function latencies(reads: readonly Read[], from: number, until: number): number[] {
  const within = reads.filter(({ at }) => at >= from && at < until);
  return within.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? assert.fail('nothing was read');
}

function said(sorted: readonly number[]): string {
  const [median, tail] = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
  return `${sorted.length} reads, p50 ${median.toFixed(1)} ms, p99 ${tail.toFixed(1)} ms, at most ${sorted.at(-1)?.toFixed(0)} ms`;
}
