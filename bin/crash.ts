import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '#config';
import { startThrowAwayStack } from '#dev/stack/throw-away.ts';
import { crashApi, crashWorker, POINTS, tableOf } from '#test/support/crash.ts';
import type { Outcome } from '#test/support/crash.ts';
import { API_STORY, STORIES } from '#test/support/crash-stories.ts';
import { World } from '#test/support/journeys.ts';
import { openDoctor } from './examination.ts';

/**
 * `npm run crash`: kills the worker before and after every step of a booking and a refund, and the API during a booking;
 * prints how each ended, and what the doctor says after all of it. `--write` keeps the table in docs/reliability.md.
 * Exits 1 when one ended wrongly.
 */
const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

await using opened = new AsyncDisposableStack();
const stack = opened.use(await startThrowAwayStack());
const world = new World(stack);
opened.defer(() => world.close());
const outcomes: Outcome[] = [];
const failures: string[] = [];

async function attempt(name: string, run: () => Promise<Outcome>): Promise<void> {
  try {
    outcomes.push(await run());
    console.log(`  right  ${name}`);
  } catch (error) {
    failures.push(name);
    console.log(`  WRONG  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    await world.bank.heal();
  }
}

for (const [activity, story] of Object.entries(STORIES)) {
  for (const point of POINTS) {
    await attempt(`${point} ${activity}`, () => crashWorker(world, story, `${point}:${activity}`));
  }
}

const statusIs = (status: string) => async (told: { booking(): Promise<{ status: string } | undefined> }) =>
  (await told.booking())?.status === status;
await attempt('API: the request is written, nobody works on it', async () => {
  await stack.part('worker').hold();
  const crashed = crashApi(world, API_STORY, { point: 'request written', isThere: statusIs('requested') });
  setTimeout(() => void stack.part('worker').release(), 5_000);
  return crashed;
});
await attempt('API: the bank is at work', async () => {
  await world.bank.misbehave({
    kind: 'latency',
    match: { path: '/v1/payment_intents' },
    delayMs: 4_000,
    times: 1,
  });
  return crashApi(world, API_STORY, { point: 'bank at work', isThere: statusIs('held') });
});

await using doctor = openDoctor(readConfig(stack.environment));
const broken = (await doctor.examine()).filter(({ findings }) => findings.length > 0);
const verdict =
  broken.length === 0
    ? 'After all of it the doctor finds every invariant whole.'
    : `Broken: ${broken.map(({ invariant }) => invariant).join('; ')}.`;
const report = `${tableOf(outcomes)}\n\n${verdict}`;
console.log(`\n${report}\n`);
if (values.write) await writeFile(new URL('../docs/reliability.md', import.meta.url), page(report));
if (failures.length > 0 || broken.length > 0) process.exitCode = 1;

function page(table: string): string {
  return [
    '# Reliability',
    '',
    '`npm run crash -- --write` wrote this table. Each row is a booking during which a process was killed by SIGKILL:',
    '*before* as the activity began, *after* once its effect was there (in the database or at the bank) and before',
    'anybody had heard of it. The rows `API` are the API killed during `POST /bookings`; the client came again with its key.',
    'A row is there only if the booking came to its right end, with no payable intent left and the ledger as shown.',
    '',
    table,
    '',
  ].join('\n');
}
