import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import { Connection } from '@temporalio/client';
import { fetchWheel, findInCache, findOnPath, TEMPORAL_WHEEL } from './binaries.ts';
import type { Search } from './binaries.ts';
import { StackFailure } from './failure.ts';
import type { PartPlan } from './part.ts';
import { run } from './run.ts';

/** What a booking's workflow can be searched by. The numbers are the protocol's for keyword and datetime. */
const SEARCH_ATTRIBUTES = {
  BookingStatus: 'Keyword',
  PropertyId: 'Keyword',
  GuestId: 'Keyword',
  HostId: 'Keyword',
  CheckIn: 'Datetime',
  CheckOut: 'Datetime',
} as const;
const PROTOCOL_TYPES = { Keyword: 2, Datetime: 6 } as const;

/**
 * The development server's default polls its single shard 20 times a second, which delays every task by up to
 * 50 ms. Virtual time is what the tests and the sandbox clock stand on.
 */
const DYNAMIC_CONFIG = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  'history.visibilityProcessorMaxPollRPS': 2000,
  'frontend.WorkflowTimeSkippingEnabled': true,
};

const OLDEST_CLI = [1, 9];

/** A `temporal` command that carries server 1.32 or newer: from the path, the cache or the registries, in this order. */
export async function findTemporal(search: Search): Promise<string> {
  const onPath = findOnPath(['temporal'], search.environment.PATH);
  if (onPath !== undefined && (await isNewEnough(onPath))) return onPath;
  const attempts = [
    () => findInCache(TEMPORAL_WHEEL, search.cache),
    () => fetchWheel(TEMPORAL_WHEEL, search),
    () => fetchFromVendor(search.cache),
  ];
  for (const attempt of attempts) {
    try {
      const found = await attempt();
      if (found !== undefined) return found;
    } catch {
      search.signal?.throwIfAborted();
    }
  }
  throw new StackFailure(
    'There is no Temporal server: install the temporal command 1.9 or newer (https://docs.temporal.io/cli), or python3 with pip so that it can be fetched, or set TEMPORAL_ADDRESS.',
  );
}

export interface TemporalSettings {
  readonly home: string;
  readonly port: number;
  readonly uiPort: number;
}

export function planTemporal(cli: string, { home, port, uiPort }: TemporalSettings): PartPlan {
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)];
  args.push('--ui-ip', '127.0.0.1', '--ui-port', String(uiPort), '--log-level', 'warn');
  args.push('--db-filename', join(home, 'temporal.db'));
  args.push('--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal');
  for (const [key, value] of Object.entries(DYNAMIC_CONFIG))
    args.push('--dynamic-config-value', `${key}=${value}`);
  for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES))
    args.push('--search-attribute', `${name}=${type}`);
  return {
    name: 'temporal',
    title: 'Temporal',
    launch: { file: cli, args, directory: home },
    isReady: () => isServing(`127.0.0.1:${port}`),
    readyWithinSeconds: 120,
    stopSignal: 'SIGTERM',
    stopWithinSeconds: 15,
    essential: false,
  };
}

/** Registers what the namespace does not know yet: the server's own flag works only on a new database. */
export async function ensureSearchAttributes(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in customAttributes));
    if (missing.length === 0) return;
    const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, PROTOCOL_TYPES[type]]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } finally {
    await connection.close();
  }
}

/** Throws the sentence to show when no server answers there. */
export async function requireTemporal(address: string): Promise<void> {
  if (await isServing(address)) return;
  throw new StackFailure(`No Temporal server answers at ${address}: start it, or unset TEMPORAL_ADDRESS.`);
}

async function isServing(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '2s' });
    try {
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

async function isNewEnough(cli: string): Promise<boolean> {
  try {
    const answer = await run({ file: cli, args: ['--version'] }, { what: 'temporal --version' });
    const [major = 0, minor = 0] = (/version (\d+)\.(\d+)/.exec(answer) ?? []).slice(1).map(Number);
    const [oldestMajor = 0, oldestMinor = 0] = OLDEST_CLI;
    return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  } catch {
    return false;
  }
}

/** The SDK's test package knows where its maker keeps the command; it can fetch it only by starting it once. */
async function fetchFromVendor(cache: string): Promise<string | undefined> {
  const downloadDir = join(cache, `temporal-cli-${TEMPORAL_WHEEL.version}`);
  const executable = { type: 'cached-download', version: `v${TEMPORAL_WHEEL.version}`, downloadDir } as const;
  // Imported only here: it brings the whole worker with it.
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
  const file = (await readdir(downloadDir)).find((name) => !name.endsWith('.downloading'));
  return file === undefined ? undefined : join(downloadDir, file);
}
