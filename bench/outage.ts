import { setTimeout as delay } from 'node:timers/promises';
import { newPerson } from '#test/support/people.ts';
import type { Person } from '#test/support/people.ts';
import { answersAsTheyArrive } from './arrivals.ts';
import type { Answered } from './arrivals.ts';
import type { Ground } from './ground.ts';
import type { Finding, Outcome } from './report.ts';
import { quantile } from './rounds.ts';
import { searchesOf } from './searches.ts';

/** Well under what one API process can do, with Redis or without. */
const PER_SECOND = 200;
const WARM_UP_SECONDS = 5;
const BEFORE_SECONDS = 5;
const PAUSED_SECONDS = 10;
const AFTER_SECONDS = 5;
const PROPERTIES = 1_000;
const SEARCHES = 200;
const PEOPLE = 20;

/** Latency is back when so long … */
const BACK_FOR_MS = 1_000;
/** … the p95 is at most so many times what it was before; looked at in steps of so much. */
const BACK_TO = 2;
const STEP_MS = 100;

/** What is asked: of five calls three are properties, one a search, and one comes with a session. */
const KINDS = ['read of a property', 'search', 'signed-in call'] as const;
type Kind = (typeof KINDS)[number];
const TURNS: readonly Kind[] = [KINDS[0], KINDS[2], KINDS[0], KINDS[1], KINDS[0]];

interface Call extends Answered {
  kind: Kind;
}

/** Calls go on arriving while Redis hangs for ten seconds and comes back: nobody gets an error, and it is over at once. */
export async function benchOutage(ground: Ground): Promise<Outcome> {
  const { stack } = ground;
  if (!stack.hasRedis) return { findings: [], leftOut: 'the outage of Redis, since there is none' };
  const callers = await callersOf(ground);
  await callsFor(WARM_UP_SECONDS, callers);

  const redis = stack.part('redis');
  const going = callsFor(BEFORE_SECONDS + PAUSED_SECONDS + AFTER_SECONDS, callers);
  await delay(BEFORE_SECONDS * 1_000);
  const pausedAt = performance.now();
  redis.pause();
  try {
    await delay(PAUSED_SECONDS * 1_000);
  } finally {
    redis.resume();
  }
  const resumedAt = performance.now();
  const { calls, wrong } = await going;

  const work = `Redis hangs for ${PAUSED_SECONDS} s, ${PER_SECOND} calls a second`;
  const slowness: Finding[] = [];
  const backAfterMs: number[] = [];
  for (const kind of KINDS) {
    const same = calls.filter((call) => call.kind === kind);
    const before = same.filter(({ dueAt }) => dueAt < pausedAt);
    const paused = same.filter(({ dueAt }) => dueAt >= pausedAt && dueAt < resumedAt);
    const [ours, floor] = [slowest(paused, 0.99), slowest(before, 0.99)];
    const floorIs = 'before';
    slowness.push({
      work: `${work}: p99 of a ${kind}`,
      unit: 'ms',
      floorIs,
      ours,
      floor,
      ratio: ours / floor,
    });
    backAfterMs.push(backAfter(same, resumedAt, slowest(before, 0.95) * BACK_TO));
  }
  return {
    findings: [
      { work: `${work}: wrong answers`, unit: 'answers', ours: wrong, target: { oursAtMost: 0 } },
      {
        work: `${work}: latency is back after`,
        unit: 'ms',
        ours: Math.max(...backAfterMs),
        target: { oursAtMost: 1_000 },
      },
      ...slowness,
    ],
  };
}

type Callers = Record<Kind, () => Promise<Response>>;

async function callersOf({ api, db }: Ground): Promise<Callers> {
  const ids = await db('properties')
    .where({ status: 'published' })
    .orderByRaw('md5(id)')
    .limit(PROPERTIES)
    .pluck<string[]>('id');
  const searches = await searchesOf(db, SEARCHES);
  const people: Person[] = [];
  while (people.length < PEOPLE) people.push(await newPerson(api));
  return {
    'read of a property': inTurn(ids, (id) => fetch(`${api}/properties/${id}`)),
    'search': inTurn(searches, (query) =>
      fetch(`${api}/properties?${new URLSearchParams(query).toString()}`),
    ),
    'signed-in call': inTurn(people, ({ token }) =>
      fetch(`${api}/users/me`, { headers: { authorization: `Bearer ${token}` } }),
    ),
  };
}

function inTurn<T, R>(all: readonly T[], call: (one: T) => R): () => R {
  let next = 0;
  return () => call(all[next++ % all.length] as T);
}

async function callsFor(seconds: number, callers: Callers): Promise<{ calls: Call[]; wrong: number }> {
  let wrong = 0;
  const kindOf = (index: number) => TURNS[index % TURNS.length] ?? KINDS[0];
  const answered = await answersAsTheyArrive({ perSecond: PER_SECOND, seconds }, async (index) => {
    try {
      const response = await callers[kindOf(index)]();
      await response.arrayBuffer();
      if (!response.ok) wrong += 1;
    } catch {
      wrong += 1; // No answer at all: its connection broke.
    }
  });
  return { calls: answered.map((call, index) => ({ ...call, kind: kindOf(index) })), wrong };
}

/** From `resumedAt` to the first moment after which, for a whole second, the p95 is at most `p95Ms`; infinite if none is. */
function backAfter(calls: readonly Call[], resumedAt: number, p95Ms: number): number {
  const last = resumedAt + AFTER_SECONDS * 1_000 - BACK_FOR_MS;
  for (let from = resumedAt; from <= last; from += STEP_MS) {
    const second = calls.filter(({ dueAt }) => dueAt >= from && dueAt < from + BACK_FOR_MS);
    if (slowest(second, 0.95) <= p95Ms) return from - resumedAt;
  }
  return Infinity;
}

/** What so large a share of the calls stays within. */
function slowest(calls: readonly Call[], share: number): number {
  const ascending = calls.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  return quantile(ascending, share);
}
