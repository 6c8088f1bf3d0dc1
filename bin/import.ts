import { parseArgs } from 'node:util';
import { environmentBesideStack } from '#config';
import { connect } from '#db/connect.ts';
import type { ConnectOptions } from '#db/connect.ts';
import { importListings } from '#db/import/import-listings.ts';
import type { ImportOptions, ImportReport } from '#db/import/import-listings.ts';
import { ListingsFileError, openListingsFile } from '#db/import/listings-file.ts';
import type { FileProgress } from '#db/import/listings-file.ts';
import { migrate } from '#db/migrate.ts';
import { isCurrency } from '#domain/money.ts';
import { isTimeZone } from '#domain/nights.ts';

const USAGE = 'npm run import -- FILE [--currency GBP] [--time-zone Europe/London] [--blocks]';
const PROGRESS_EVERY_MS = 500;
const STATEMENT_TIMEOUT_MS = 30 * 60_000;

/** What the caller can mend; anything else is a defect and keeps its stack. */
class UsageError extends Error {}

function readArguments(): { file: string; options: ImportOptions } {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      'currency': { type: 'string', default: 'GBP' },
      'time-zone': { type: 'string', default: 'Europe/London' },
      'blocks': { type: 'boolean', default: false },
    },
  });
  const { currency, 'time-zone': timeZone, blocks } = values;
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError(`One file is needed: ${USAGE}`);
  if (!isCurrency(currency)) throw new UsageError('--currency must be an ISO 4217 code such as GBP.');
  if (!isTimeZone(timeZone)) throw new UsageError('--time-zone must be an IANA zone such as Europe/London.');
  return { file, options: { currency, timeZone, blocks } };
}

function connection(): ConnectOptions {
  const databaseUrl = environmentBesideStack().DATABASE_URL;
  if (databaseUrl === undefined) {
    throw new UsageError('No database: run `npm start` beside this, or set DATABASE_URL.');
  }
  return {
    databaseUrl,
    poolSize: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    applicationName: 'stayward-import',
  };
}

/** One line that is written over on a terminal, and a line now and then in a log. */
function showProgress(progress: () => FileProgress): Disposable {
  const { isTTY } = process.stderr;
  const timer = setInterval(
    () => {
      const { bytesRead, bytesTotal } = progress();
      const line = `reading ${Math.floor((bytesRead / bytesTotal) * 100)} %`;
      process.stderr.write(bytesRead < bytesTotal ? line : 'writing  ');
      process.stderr.write(isTTY ? '\r' : '\n');
    },
    isTTY ? PROGRESS_EVERY_MS / 5 : PROGRESS_EVERY_MS * 4,
  );
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function print(report: ImportReport, seconds: number): void {
  const { created, updated, unchanged, skipped, rows } = report;
  console.log(`${rows} listings in ${seconds.toFixed(1)} s (${Math.round(rows / seconds)} a second)`);
  console.log(
    `${created} created, ${updated} updated, ${unchanged} unchanged, ${report.hostsCreated} new hosts`,
  );
  for (const [reason, count] of Object.entries(skipped)) console.log(`${count} skipped: ${reason}`);
  const { set, inTheWayOfBookings } = report.blocks;
  if (set > 0) console.log(`${set} blocks set`);
  if (inTheWayOfBookings > 0)
    console.log(`${inTheWayOfBookings} blocks left out: their nights are booked here`);
}

async function run(): Promise<void> {
  const { file, options } = readArguments();
  const listings = await openListingsFile(file);
  const db = connect({ ...connection(), copies: true });
  try {
    await migrate(db);
    using _progress = showProgress(() => listings.progress());
    const report = await importListings(db, listings.records, options);
    print(report, performance.now() / 1_000); // Since the start of the process: what the caller has waited.
  } finally {
    await db.destroy();
  }
}

try {
  await run();
} catch (error) {
  const isCallers =
    error instanceof UsageError ||
    error instanceof ListingsFileError ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  if (!isCallers) throw error;
  console.error(`${error.message}\nNothing was imported.`);
  process.exitCode = 1;
}
