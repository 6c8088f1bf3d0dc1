import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchBooking } from '#bench/booking.ts';
import { settleCity } from '#bench/city.ts';
import { openGround } from '#bench/ground.ts';
import type { Ground } from '#bench/ground.ts';
import { benchImport } from '#bench/import.ts';
import { findListings } from '#bench/listings.ts';
import { benchRead } from '#bench/read.ts';
import { isMet, markdown, printed } from '#bench/report.ts';
import type { Finding } from '#bench/report.ts';
import { benchSearch } from '#bench/search.ts';
import { ConfigError } from '#config';
import { StackFailure } from '#dev/stack/failure.ts';
import { createNarrator } from '#dev/stack/narrator.ts';

const USAGE = 'npm run bench [-- read search booking import] [--file LISTINGS.csv.gz] [--write]';
const REPORT = new URL('../docs/benchmarks.md', import.meta.url);

type Benchmark = (ground: Ground, file: string) => Promise<Finding[]>;
const BENCHMARKS = new Map<string, Benchmark>([
  ['read', benchRead],
  ['search', benchSearch],
  ['booking', benchBooking],
  ['import', benchImport],
]);

/** What the caller can mend. */
class UsageError extends Error {}

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { file: { type: 'string' }, write: { type: 'boolean', default: false } },
  });
  const unknown = positionals.filter((name) => !BENCHMARKS.has(name));
  if (unknown.length > 0) throw new UsageError(`There is no benchmark ${unknown.join(', ')}: ${USAGE}`);
  const chosen = [...BENCHMARKS].filter(([name]) => positionals.length === 0 || positionals.includes(name));
  return { ...values, chosen };
}

/** `npm run bench`: our work beside its floors, on a stack of its own, for some minutes. Exits 1 if a target is missed. */
async function main(asked: AbortSignal): Promise<void> {
  const { chosen, file, write } = readArguments();
  const narrator = createNarrator((line) => console.log(line));
  await using listings = await findListings(file);
  console.log(`Listings: ${listings.title}`);
  await using ground = await openGround({ narrator, signal: asked });
  if (chosen.some(([name]) => name !== 'import')) {
    await narrator.during('bringing the listings in', settleCity(ground, listings.file));
  }

  const findings: Finding[] = [];
  for (const [name, benchmark] of chosen) {
    const found = await narrator.during(`measuring ${name}`, benchmark(ground, listings.file));
    console.log(`\n${printed(found)}\n`);
    findings.push(...found);
    asked.throwIfAborted();
  }
  console.log(printed(findings));
  if (write) await writeFile(REPORT, markdown(findings, { listings: listings.title, at: new Date() }));
  if (!findings.every(isMet)) process.exitCode = 1;
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
