import { cpus } from 'node:os';
import type { Profiled } from './inspector.ts';
import type { Profile } from './profile.ts';

/** What a benchmark has to say. */
export interface Outcome {
  findings: Finding[];
  /** Why there are none. */
  leftOut?: string;
  /** Processor time, in ms, that each part of the stack takes for one of what was done. */
  costs?: { of: string; cpuMs: Record<string, number> };
  /** Where the time of one of them went: what came one after the other, in ms. */
  way?: { of: string; ms: Record<string, number> };
  /** Whose memory to look into, where somebody wonders what it is for. */
  holder?: Profiled;
  /** What it is for, in MB. */
  memory?: Record<string, number>;
  /** What to look into, and while what goes on, where somebody wonders why. */
  why?: { parts: readonly Profiled[]; work: () => Promise<unknown> };
  profiles?: Profile[];
}

/** One line of the report. */
export interface Finding {
  work: string;
  unit: string;
  ours: number;
  /** Undefined: the target is a number of its own. */
  floorIs?: string;
  floor?: number;
  ratio?: number;
  /** Left out: told for its own sake. */
  target?: Target;
}

type Target =
  { ratioAtLeast: number } | { ratioAtMost: number } | { oursAtLeast: number } | { oursAtMost: number };

export function isMet({ ours, ratio = Number.NaN, target }: Finding): boolean {
  if (target === undefined) return true;
  if ('oursAtLeast' in target) return ours >= target.oursAtLeast;
  if ('oursAtMost' in target) return ours <= target.oursAtMost;
  return 'ratioAtLeast' in target ? ratio >= target.ratioAtLeast : ratio <= target.ratioAtMost;
}

const HEAD = ['work', 'ours', 'floor', 'ratio', 'target', 'met'];

function cellsOf(finding: Finding): string[] {
  const { work, unit, ours, floorIs, floor, ratio, target } = finding;
  return [
    work,
    `${short(ours)} ${unit}`,
    floor === undefined ? '' : `${short(floor)} (${floorIs})`,
    ratio === undefined ? '' : ratio.toFixed(2),
    target === undefined ? '' : targetCell(target, unit),
    target === undefined ? '' : isMet(finding) ? 'yes' : 'no',
  ];
}

function targetCell(target: Target, unit: string): string {
  if ('ratioAtLeast' in target) return `≥ ${target.ratioAtLeast}`;
  if ('ratioAtMost' in target) return `≤ ${target.ratioAtMost}`;
  return 'oursAtLeast' in target
    ? `≥ ${short(target.oursAtLeast)} ${unit}`
    : `≤ ${short(target.oursAtMost)} ${unit}`;
}

/** Three digits that count, and no more than the measurement bears. */
function short(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** For a terminal. */
export function printed(all: readonly Outcome[]): string {
  const rows = [HEAD, ...all.flatMap(({ findings }) => findings.map(cellsOf))];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...whyLines(all)].join('\n');
}

export function markdown(all: readonly Outcome[], facts: { listings: string; at: Date }): string {
  const rows = [HEAD, HEAD.map(() => '---'), ...all.flatMap(({ findings }) => findings.map(cellsOf))];
  return PREAMBLE.replace('{table}', rows.map((row) => `| ${row.join(' | ')} |`).join('\n'))
    .replace('{why}', whyLines(all).join('\n'))
    .replace('{date}', facts.at.toISOString().slice(0, 10))
    .replace('{machine}', machine())
    .replace('{listings}', facts.listings);
}

/** Where the time goes, of what was looked into. */
function whyLines(all: readonly Outcome[]): string[] {
  const lines: string[] = [];
  for (const { findings, leftOut, profiles = [], costs, way, holder, memory } of all) {
    const work = findings[0]?.work ?? '';
    if (leftOut !== undefined) lines.push(`- Left out: ${leftOut}.`);
    for (const { of, busy, shares } of profiles) {
      const told = shares.map(([group, share]) => `${group} ${percent(share)}`).join(', ');
      lines.push(`- ${work}: the main thread of the ${of}, at work ${percent(busy)} of the time: ${told}.`);
    }
    if (costs !== undefined) lines.push(`- ${costs.of}, in ms of processor time: ${each(costs.cpuMs)}.`);
    if (way !== undefined) lines.push(`- ${way.of}, one stretch after the other in ms: ${each(way.ms)}.`);
    if (memory !== undefined)
      lines.push(`- memory of the ${holder} process when it was over, in MB: ${each(memory)}.`);
  }
  return lines;
}

function each(ms: Record<string, number>): string {
  return Object.entries(ms)
    .map(([name, value]) => `${name} ${short(value)}`)
    .join(', ');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function machine(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown processor'}, ${process.platform}, Node ${process.versions.node}`;
}

const PREAMBLE = `# Benchmarks

Written by \`npm run bench -- --write\` on {date}: {machine}.
A generated market of 100,000 properties and 1,000,000 stays; listings to import: {listings}.

{table}

Each line was measured beside its floor in the same run on the same machine, in rounds that take turns. What is shown is the
median of the rounds; the ratio is the median of the rounds' own ratios, which says more than any absolute number here. A line
without a target is told for its own sake.

## Where the time goes

{why}

Shares are of the samples of a profile that was taken in a round of its own, after those that count.

## How it was measured

- The whole stack runs on this one machine, the load with it, each in a process of its own: PostgreSQL (waiting for the disk at
  each commit), Redis, Temporal's development server, the bank's simulator (answering at once), one worker, one API process.
- The API is set as in production: calls are counted against their limits, metrics are kept, each request is logged.
- **The market** is made out of nothing but its numbers and the same at every run (\`bench/market/\`): places lie in the quarters of
  cities of different sizes, prices are log-normal by city and size, amenities have a long tail, stays come in season and at
  weekends. A fifth of the stays are bookings with their rows and events, the others nights that hosts have blocked.
- **As they arrive**: requests come at moments that were fixed before, independent of the answers, at half of what ours did when
  each waited for the one before; how long one took is counted from the moment it was due. The floor gets the same arrivals.
- **Read**: everyone's view of published properties, no two alike in a row, against a node:http server that sends the same bytes from
  memory.
- **Search**: 200 different ones, each around a property that somebody offers, so most are in the large cities; sorted by distance,
  20 to a page; against the driver alone with the very same statements and as many connections, and against the 20 nearest
  properties without any other condition. The floors have neither HTTP nor JSON to write. Buffers are pages of 8 kB that the
  database looks at, counted for the same searches in a market of a tenth the size too.
- **Booking**: the request is recorded, the nights are taken, the card is charged, the ledger written, and mails to guest and
  host are sent meanwhile. The floor is a workflow that does nothing in one local and one regular activity, asked by
  update-with-start from the client library.
- **Race**: 50 guests ask at once for the same nights of a property. Wrong is every answer but one 201 and forty-nine 409, and whatever
  of the losers is still there five seconds later.
- **Memory**: the API's is the most that it held while it was read, searched and booked from; the worker's is what it had more
  after the bookings than before, spread over those that it keeps in memory.
- **Staleness**: a host changes a property at one API process, and somebody reads it over and over at another.
- **Outage of Redis**: calls arrive as above, 200 a second, while its process is stopped (SIGSTOP) for ten seconds and then goes on.
  The floor is the five seconds before. A wrong answer is any but 2xx, and a connection that broke. Latency is back at the first moment
  after which, for a whole second, the p95 of each kind of call is at most twice what it was before.
- **Import**: \`npm run import\` into a fresh database, from the start of its process to its end, reading the compressed file; the
  floor is one COPY a table of the finished rows, in one transaction, into the same tables with the same indexes.
`;
