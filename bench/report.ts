import { cpus } from 'node:os';

/** One line of the report. */
export interface Finding {
  work: string;
  unit: string;
  ours: number;
  /** Undefined: the target is a number of its own. */
  floorIs?: string;
  floor?: number;
  ratio?: number;
  target: Target;
}

type Target = { ratioAtLeast: number } | { ratioAtMost: number } | { oursAtLeast: number };

export function isMet({ ours, ratio = Number.NaN, target }: Finding): boolean {
  if ('oursAtLeast' in target) return ours >= target.oursAtLeast;
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
    'oursAtLeast' in target
      ? `≥ ${short(target.oursAtLeast)} ${unit}`
      : 'ratioAtLeast' in target
        ? `≥ ${target.ratioAtLeast}`
        : `≤ ${target.ratioAtMost}`,
    isMet(finding) ? 'yes' : 'no',
  ];
}

/** Three digits that count, and no more than the measurement bears. */
function short(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** For a terminal. */
export function printed(findings: readonly Finding[]): string {
  const rows = [HEAD, ...findings.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdown(findings: readonly Finding[], facts: { listings: string; at: Date }): string {
  const rows = [HEAD, HEAD.map(() => '---'), ...findings.map(cellsOf)];
  return PREAMBLE.replace('{table}', rows.map((row) => `| ${row.join(' | ')} |`).join('\n'))
    .replace('{date}', facts.at.toISOString().slice(0, 10))
    .replace('{machine}', machine())
    .replace('{listings}', facts.listings);
}

function machine(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown processor'}, ${process.platform}, Node ${process.versions.node}`;
}

const PREAMBLE = `# Benchmarks

Written by \`npm run bench -- --write\` on {date}: {machine}.
Listings: {listings}.

{table}

Each line was measured beside its floor in the same run on the same machine, in rounds that take turns. What is shown is the
median of the rounds; the ratio is the median of the rounds' own ratios, which says more than any absolute number here.

- The whole stack runs on this one machine, the load with it, each in a process of its own: PostgreSQL (waiting for the disk at
  each commit), Redis, Temporal's development server, the bank's simulator (answering at once), one worker, one API process.
- The API is set as in production: calls are counted against their limits, metrics are kept, each request is logged.
- **Read**: everyone's view of published properties, no two alike in a row, against a node:http server that sends the same bytes from
  memory.
- **Search**: 200 different ones, sorted by distance, 20 to a page, over the city and ten taken stretches of nights for each of its
  properties; against the driver alone with the very same statements and as many connections, and against the 20 nearest
  properties without any other condition. The floors have neither HTTP nor JSON to write.
- **Booking**: the request is recorded, the nights are taken, the card is charged, the ledger written, and mails to guest and
  host are sent meanwhile. The floor is a workflow that does nothing in one local and one regular activity, asked by
  update-with-start from the client library.
- **Import**: \`npm run import\` into a fresh database, from the start of its process to its end, reading the compressed file; the
  floor is one COPY a table of the finished rows, in one transaction, into the same tables with the same indexes.
`;
