import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Stack } from '#dev/stack/stack.ts';
import type { Story, Told } from './crash-stories.ts';
import type { World } from './journeys.ts';
import { until } from './virtual-time.ts';

export const POINTS = ['before', 'after'] as const;
export type Point = (typeof POINTS)[number];

/** What became of a booking whose worker, or API, was killed. */
export interface Outcome {
  step: string;
  point: string;
  endedAs: string;
  paidAtBank: number;
  refundedAtBank: number;
  ledger: string;
}

const LONG_MS = 180_000;
const CRASH_WORKER = fileURLToPath(new URL('../../bin/crash-worker.ts', import.meta.url));

/**
 * Kills the worker at one point of one activity while a story is told, starts another, and checks that the story comes to
 * its right end all the same: one payment, one set of entries, nobody left waiting.
 */
export async function crashWorker(world: World, story: Story, at: `${Point}:${string}`): Promise<Outcome> {
  const told = await story.prepare(world);
  const worker = world.stack.part('worker');
  await worker.hold('SIGKILL'); // It may die as well as the other one.
  try {
    const dead = await startDying(world.stack, at);
    const acting = Promise.resolve(story.act(world, told)).catch(() => undefined);
    await dead();
    await worker.release();
    await acting;
  } finally {
    await worker.release();
  }
  return outcomeOf(world, { story, told, at });
}

/** Starts the worker that will die; what it returns waits for that. */
async function startDying(stack: Stack, at: string): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [CRASH_WORKER, '--at', at], {
    env: stack.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const died = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([once(createInterface(child.stdout), 'line'), died]);
  return async () => {
    const timer = setTimeout(() => child.kill('SIGTERM'), LONG_MS);
    const [, signal] = await died;
    clearTimeout(timer);
    assert.equal(signal, 'SIGKILL', `the worker never came to ${at}`);
  };
}

/** Kills the API once the request is where `isThere` says, and has the client come again with its key. */
export async function crashApi(
  world: World,
  story: Story,
  { point, isThere }: { point: string; isThere: (told: Told) => Promise<boolean> },
): Promise<Outcome> {
  const told = await story.prepare(world);
  const acting = Promise.resolve(story.act(world, told)).catch(() => undefined);
  await until(`the API is at “${point}”`, () => isThere(told));
  await world.stack.part('api').hold('SIGKILL');
  await acting;
  await world.stack.part('api').release();
  await world.bank.heal();
  await until(
    'the client who comes again with its key gets its booking',
    async () => (await told.again()).status === 201,
    LONG_MS,
  );
  return outcomeOf(world, { story, told, at: `API:${point}` });
}

async function outcomeOf(
  world: World,
  { story, told, at }: { story: Story; told: Told; at: string },
): Promise<Outcome> {
  await story.settle(world, told);
  await world.bank.heal();
  const booking = await told.booking();
  const intents = await world.bank.intentsOf(booking.id);
  const paid = intents.filter(({ status }) => status === 'succeeded');
  const payable = intents.filter(({ status }) => status.startsWith('requires_'));
  const refunds = (await world.bank.refundsOf(booking.id)).filter(({ status }) => status === 'succeeded');
  const steps = await world
    .db('ledger_transactions')
    .where({ booking_id: booking.id })
    .orderBy('step')
    .pluck('step');
  const ledger = steps.map((step: string) => step.split(':')[0]);
  assert.deepEqual(
    [booking.status, paid.length, payable.length, refunds.length, ledger],
    [story.end, story.paid, 0, story.refunded, ledgerOf(story)],
    `${at}: status, payments, payable intents, refunds and ledger`,
  );
  const [step, point] = [at.slice(at.indexOf(':') + 1), at.slice(0, at.indexOf(':'))];
  return {
    step,
    point,
    endedAs: booking.status,
    paidAtBank: paid.length,
    refundedAtBank: refunds.length,
    ledger: ledger.join(', ') || 'nothing',
  };
}

function ledgerOf({ paid, refunded }: Story): string[] {
  return [...Array.from({ length: paid }, () => 'post'), ...Array.from({ length: refunded }, () => 'refund')];
}

/** The outcomes as a Markdown table. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(
    ({ step, point, endedAs, paidAtBank, refundedAtBank, ledger }) =>
      `| ${step} | ${point} | ${endedAs} | ${paidAtBank} | ${refundedAtBank} | ${ledger} |`,
  );
  return [
    '| killed at | | ended as | payments at the bank | refunds at the bank | ledger |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
