import { parseArgs } from 'node:util';
import { startThrowAwayStack } from '#dev/stack/throw-away.ts';
import { isKept, keep, putAside } from '#test/support/histories/archive.ts';
import { record } from '#test/support/histories/recording.ts';
import { RECORDINGS } from '#test/support/histories/recordings.ts';
import { World } from '#test/support/journeys.ts';

/**
 * `npm run histories`: lives every course of every workflow that `test/histories/` has no history of, on a stack of its
 * own, and keeps its history there, for the suite to replay. `--only TEXT` takes the courses whose name has it.
 *
 * What is there stays, unless `--anew` is said: it stands for workflows that are under way somewhere. `--patch NAME`, for
 * a change behind `patched('NAME')`, keeps it beside as what it was before, and records how the course goes now.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    anew: { type: 'boolean', default: false },
    patch: { type: 'string' },
  },
});
const { only, anew, patch } = values;

const isAgain = anew || patch !== undefined;
const chosen = RECORDINGS.filter(({ workflow, name }) => `${workflow}/${name}`.includes(only));
const missing = chosen.filter((recording) => isAgain || !isKept(recording));
if (missing.length === 0) console.log('Every course has its history.');
else await recordAll();

async function recordAll(): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const stack = opened.use(await startThrowAwayStack());
  const world = new World(stack);
  opened.defer(() => world.close());
  for (const recording of missing) {
    const started = performance.now();
    const history = await record(world, recording);
    if (patch !== undefined && isKept(recording)) putAside(recording, patch);
    keep(recording, history);
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`  ${recording.workflow}/${recording.name}: ${history.events.length} events (${seconds} s)`);
  }
}
