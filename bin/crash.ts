import { parseArgs } from 'node:util';
import { startThrowAwayStack } from '#dev/stack/throw-away.ts';
import { Rehearsal, tableOf } from '#test/support/crash.ts';
import type { Outcome } from '#test/support/crash.ts';
import { CASES } from '#test/support/crash-cases.ts';
import type { Case } from '#test/support/crash-cases.ts';
import { World } from '#test/support/journeys.ts';
import { keepCrashes } from '#test/support/reliability.ts';

/**
 * `npm run crash`: kills the worker at every step of a booking and a refund, and the API during a booking, one after the
 * other on one stack, and prints how each ended. `--only TEXT` takes the cases whose name has it, `--times N` repeats
 * them, `--write` keeps the table in docs/reliability.md. Exits 1 when one ended wrongly.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    times: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});

const nameOf = ({ part, at }: Case) => `${part}, ${at}`;
const chosen = CASES.filter((one) => nameOf(one).includes(values.only));
const rows: { at: Case; outcome: Outcome | undefined }[] = [];

await using opened = new AsyncDisposableStack();
const stack = opened.use(await startThrowAwayStack());
const world = new World(stack);
opened.defer(() => world.close());
const rehearsal = opened.use(new Rehearsal(world));
for (let time = 1; time <= Number(values.times); time += 1) {
  for (const one of chosen) {
    const started = performance.now();
    const outcome = await rehearsal.kill(one).catch(async (error: unknown) => {
      console.log(error instanceof Error ? error.message : error);
      await world.bank.heal();
      return undefined;
    });
    rows.push({ at: one, outcome });
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`  ${outcome === undefined ? 'WRONG' : 'right'}  ${nameOf(one)} (${seconds} s)`);
  }
}

const table = tableOf(rows);
console.log(`\n${table}\n`);
if (values.write) await keepCrashes(page(table));
if (rows.some(({ outcome }) => outcome === undefined)) process.exitCode = 1;

function page(rehearsed: string): string {
  return [
    '# Reliability',
    '',
    'Written by `npm run crash -- --write`. Each row is a booking during which a process was killed by SIGKILL, at the point',
    'that the row names: of an activity *before* it began, *during* its transaction when all was written and nothing',
    'committed, or *after* its effect was there (in the database, at the bank, at the workflow server) and before anybody',
    'had heard of it. The rows of the API are points of `POST /bookings`.',
    '',
    'A row ends right when, with the process back: the booking is what its story makes it, the bank has that one payment and',
    'that one refund, the ledger that one set of entries, the nights are the booking’s own or free, the client who comes',
    'again with its key is told of its one booking, and `npm run doctor` finds every invariant whole.',
    '',
    rehearsed,
  ].join('\n');
}
