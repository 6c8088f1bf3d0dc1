import { parseArgs } from 'node:util';
import { readConfig } from '#config';
import { startThrowAwayStack } from '#dev/stack/throw-away.ts';
import { World } from '#test/support/journeys.ts';
import { edgesGone, findCounterExample, inFull, randomSeed } from '#test/support/model/running.ts';
import type { Asked } from '#test/support/model/running.ts';
import { openDoctor } from './examination.ts';

/**
 * `npm run model`: random acts of guests, hosts, bank and clock on a stack of their own, a small model of a booking beside
 * them, and the doctor at the end. Prints the seed; `--runs N` and `--seed N` choose, `--path` and `--replay-path` take
 * up again what a counter-example has printed. Exits 1 when there is one, or when the doctor finds something broken.
 */
const PROGRESS_EVERY = 25;

function readArguments(): Asked {
  const { values } = parseArgs({
    options: {
      'runs': { type: 'string', default: '500' },
      'seed': { type: 'string', default: String(randomSeed()) },
      'path': { type: 'string' },
      'replay-path': { type: 'string' },
    },
  });
  const { path, 'replay-path': replayPath } = values;
  return { runs: wholeNumber('runs', values.runs), seed: wholeNumber('seed', values.seed), path, replayPath };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new TypeError(`--${name} is a whole number below a billion, not ${text}.`);
}

async function model(asked: Asked): Promise<boolean> {
  await using opened = new AsyncDisposableStack();
  const stack = opened.use(await startThrowAwayStack());
  const world = new World(stack);
  opened.defer(() => world.close());
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  let runs = 0;
  const found = await findCounterExample(world, asked, () => {
    runs += 1;
    if (runs % PROGRESS_EVERY === 0) console.log(`  ${runs} runs (${seconds()} s)`);
  });
  if (found !== undefined) {
    console.log(`A counter-example, beside ${runs} runs that were none:\n${inFull(found)}`);
    return false;
  }
  console.log(`${runs} runs without a counter-example (${seconds()} s).`);
  for (const edge of await edgesGone(world)) console.log(`  ${edge}`);
  await using doctor = openDoctor(readConfig(stack.environment));
  const broken = (await doctor.examine()).filter(({ findings }) => findings.length > 0);
  for (const { invariant, findings } of broken) console.log(`Broken: ${invariant}`, findings);
  if (broken.length === 0) console.log('The doctor finds every invariant whole.');
  return broken.length === 0;
}

/** What was asked for; undefined, with a word of what is wrong, where that cannot be. */
function understood(): Asked | undefined {
  try {
    return readArguments();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

const asked = understood();
if (asked !== undefined && asked.path === undefined)
  console.log(`Seed ${asked.seed}. Once more: npm run model -- --runs ${asked.runs} --seed ${asked.seed}`);
if (asked === undefined || !(await model(asked))) process.exitCode = 1;
