import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchBooking } from '#bench/booking.ts';
import { openGround } from '#bench/ground.ts';
import type { Ground } from '#bench/ground.ts';
import { benchImport } from '#bench/import.ts';
import { findListings } from '#bench/listings.ts';
import { WHOLE_MARKET } from '#bench/market/fill.ts';
import { settleMarket } from '#bench/market/settle.ts';
import { memoryOf } from '#bench/memory.ts';
import { benchOutage } from '#bench/outage.ts';
import { profiled } from '#bench/profile.ts';
import { benchRace } from '#bench/race.ts';
import { benchRead } from '#bench/read.ts';
import { isMet, markdown, printed } from '#bench/report.ts';
import type { Outcome } from '#bench/report.ts';
import { benchSearch } from '#bench/search.ts';
import { benchSlopes } from '#bench/slopes.ts';
import { benchStaleness } from '#bench/staleness.ts';
import { CAN_TELL, MostResident } from '#bench/usage.ts';
import { ConfigError } from '#config';
import { StackFailure } from '#dev/stack/failure.ts';
import { createNarrator } from '#dev/stack/narrator.ts';

const USAGE =
  'npm run bench [-- read search booking race staleness outage import slopes] [--file LISTINGS.csv.gz] [--properties 100000] [--profile] [--write]';
const REPORT = new URL('../docs/benchmarks.md', import.meta.url);

type Benchmark = (ground: Ground, file: string) => Promise<Outcome>;
/** Each needs what is around it as little as possible; what fills the database comes last. */
const BENCHMARKS = new Map<string, Benchmark>([
  ['read', benchRead],
  ['search', benchSearch],
  ['booking', benchBooking],
  ['race', benchRace],
  ['staleness', benchStaleness],
  ['outage', benchOutage],
  ['import', benchImport],
]);
/** Only when it is named: what docs/scaling.md reckons with. */
const SLOPES: [string, Benchmark] = ['slopes', benchSlopes];

/** What the caller can mend. */
class UsageError extends Error {}

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      file: { type: 'string' },
      properties: { type: 'string', default: String(WHOLE_MARKET.properties) },
      profile: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const all = [...BENCHMARKS, SLOPES];
  const unknown = positionals.filter((name) => all.every(([known]) => known !== name));
  if (unknown.length > 0) throw new UsageError(`There is no benchmark ${unknown.join(', ')}: ${USAGE}`);
  const chosen =
    positionals.length === 0 ? [...BENCHMARKS] : all.filter(([name]) => positionals.includes(name));
  const properties = Number(values.properties);
  if (!Number.isInteger(properties) || properties < 10) throw new UsageError(`How many properties? ${USAGE}`);
  if (values.write && properties !== WHOLE_MARKET.properties) {
    throw new UsageError('Only what was measured in the whole market is written down.');
  }
  return { ...values, properties, chosen };
}

/** `npm run bench`: our work beside its floors, on a stack of its own, for some minutes. Exits 1 if a target is missed. */
async function main(asked: AbortSignal): Promise<void> {
  const { chosen, file, properties, profile, write } = readArguments();
  const narrator = createNarrator((line) => console.log(line));
  await using listings = await findListings(file);
  await using ground = await openGround({ narrator, signal: asked });
  if (chosen.some(([name]) => name !== 'import')) {
    await narrator.during(`making a market of ${properties}`, settleMarket(ground, { properties }, asked));
  }

  const outcomes: Outcome[] = [];
  using memory = CAN_TELL ? new MostResident(ground.stack, 'api') : undefined;
  for (const [name, benchmark] of chosen) {
    const outcome = await narrator.during(`measuring ${name}`, benchmark(ground, listings.file));
    console.log(`\n${printed([outcome])}\n`);
    outcomes.push(outcome);
    asked.throwIfAborted();
  }
  if (memory !== undefined) outcomes.push(memoryOfApi(memory));
  await narrator.during('looking where the time goes', lookInto(ground, outcomes, profile)).catch(
    // What was measured stands all the same.
    (error: unknown) => console.error('It cannot be told where the time goes:', error),
  );
  console.log(printed(outcomes));
  if (write) await writeFile(REPORT, markdown(outcomes, { listings: listings.title, at: new Date() }));
  if (!outcomes.flatMap(({ findings }) => findings).every(isMet)) process.exitCode = 1;
}

function memoryOfApi({ mostMb }: MostResident): Outcome {
  const work = 'memory of the API process, the most while all of this went on';
  return { findings: [{ work, unit: 'MB', ours: mostMb, target: { oursAtMost: 200 } }], holder: 'api' };
}

/** After all that counts: into what has missed a target, or into everything. */
async function lookInto(ground: Ground, outcomes: readonly Outcome[], everything: boolean): Promise<void> {
  for (const outcome of outcomes) {
    const { why, holder, findings } = outcome;
    if (!everything && findings.every(isMet)) continue;
    if (holder !== undefined) outcome.memory = await memoryOf(ground.stack, holder);
    if (why === undefined) continue;
    outcome.profiles = [];
    for (const part of why.parts) outcome.profiles.push(await profiled(ground.stack, part, why.work));
  }
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
process.on('disconnect', () => stopping.abort()); // Whoever started us was killed.
process.channel?.unref();

try {
  await main(stopping.signal);
} catch (error) {
  const isCallers =
    error instanceof UsageError ||
    error instanceof StackFailure ||
    error instanceof ConfigError ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  console.error(stopping.signal.aborted ? 'Stopped.' : isCallers ? error.message : error);
  process.exitCode = 1;
}
