import { parseArgs } from 'node:util';
import { startThrowAwayStack } from '#dev/stack/throw-away.ts';
import { weather } from '#test/support/faults/weather.ts';
import type { Aftermath } from '#test/support/faults/weather.ts';
import { World } from '#test/support/journeys.ts';
import { randomSeed } from '#test/support/model/running.ts';
import { counted, keepWeather } from '#test/support/reliability.ts';

/**
 * `npm run faults`: bookings with random acts, on a stack of its own, while the bank is in bad weather; then the weather
 * ends, all comes to rest, and every answer, every booking and the doctor are asked whether that is as it has to be.
 * `--bookings N` and `--seed N` choose, `--write` keeps the verdict in docs/reliability.md. Exits 1 when something is wrong.
 */
const PROGRESS_EVERY = 25;

const { values } = parseArgs({
  options: {
    bookings: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(randomSeed()) },
    write: { type: 'boolean', default: false },
  },
});

async function main(seed: number, bookings: number): Promise<Aftermath> {
  await using opened = new AsyncDisposableStack();
  const stack = opened.use(await startThrowAwayStack());
  const world = new World(stack);
  opened.defer(() => world.close());
  const started = performance.now();
  const say = (word: string) =>
    console.log(`  ${word} (${Math.round((performance.now() - started) / 1000)} s)`);
  let lived = 0;
  return await weather(world, { seed, bookings }, (word) => {
    if (word === undefined) lived += 1;
    if (word !== undefined) say(word);
    else if (lived % PROGRESS_EVERY === 0) say(`${lived} bookings`);
  });
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new TypeError(`--${name} is a whole number from 1 to below a billion, not ${text}.`);
}

const seed = wholeNumber('seed', values.seed);
const bookings = wholeNumber('bookings', values.bookings);
console.log(`Seed ${seed}. Once more: npm run faults -- --bookings ${bookings} --seed ${seed}`);
const aftermath = await main(seed, bookings);
console.log(`The weather: ${counted(aftermath.struck)}.\nThe bookings: ${counted(aftermath.endedAs)}.`);
for (const one of aftermath.wrong) console.log(`WRONG  ${one}`);
if (aftermath.wrong.length === 0)
  console.log(
    'Every request has its answer, every booking its end, and the doctor finds every invariant whole.',
  );
else process.exitCode = 1;
if (values.write) await keepWeather(aftermath);
