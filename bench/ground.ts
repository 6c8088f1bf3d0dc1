import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { environmentWithoutSettings, readLauncherConfig } from '#config';
import type { Environment } from '#config';
import { connect } from '#db/connect.ts';
import type { Db } from '#db/connect.ts';
import type { Narrator } from '#dev/stack/narrator.ts';
import { choosePort } from '#dev/stack/ports.ts';
import { startStack } from '#dev/stack/stack.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { NOTIFY } from '#workflows/notifications.contract.ts';
import type { Load, Loaded } from './load.ts';
import { Program } from './processes.ts';
import { CAN_BE_PROFILED } from './inspector.ts';

const ROOT = resolve(import.meta.dirname, '..');
const QUIET_WITHIN_MS = 120_000;
/** All of the load comes from one address, so the limit that production has would end it within a second. */
const OUT_OF_REACH = 100_000_000;

/** What a benchmark stands on: a whole stack of its own, and a process that makes load. */
export interface Ground {
  stack: Stack;
  api: string;
  db: Db;
  temporal: Client;
  load(load: Load): Promise<Loaded>;
  /** Runs one of our commands to its end, against this stack unless `environment` says otherwise. Milliseconds. */
  command(script: string, args?: readonly string[], environment?: Environment): Promise<number>;
  /** Returns when nothing of what was asked before is still being worked on. */
  quiet(): Promise<void>;
}

/** As in production: calls are counted against their limits, metrics are kept, and each request is logged. */
async function productionSettings(): Promise<Environment> {
  return {
    ...CAN_BE_PROFILED,
    LOG_LEVEL: 'info',
    METRICS_PORT: String(await choosePort(undefined, new Set())),
    RATE_LIMIT_READS_PER_MINUTE: String(OUT_OF_REACH),
  };
}

export interface GroundOptions {
  narrator: Narrator;
  /** Over those of production. */
  settings?: Environment;
  signal?: AbortSignal | undefined;
}

/**
 * A stack in a directory of its own that goes with it. Unlike that of the tests its database waits for the disk, as
 * one that somebody relies on does: a commit that costs nothing would flatter us.
 */
export async function openGround(options: GroundOptions): Promise<Ground & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const home = opened.adopt(await mkdtemp(join(tmpdir(), 'stayward-bench-')), (directory) =>
    rm(directory, { recursive: true, force: true }),
  );
  const config = readLauncherConfig({
    ...environmentWithoutSettings(),
    ...(await productionSettings()),
    ...options.settings,
    PORT: '0',
    STAYWARD_HOME: home,
  });
  const stack = opened.use(await startStack({ config, narrator: options.narrator, signal: options.signal }));
  const { api, databaseUrl, temporalAddress } = stack.addresses;
  const db = opened.adopt(connect({ databaseUrl, poolSize: 2, statementTimeoutMs: 120_000 }), (pool) =>
    pool.destroy(),
  );
  const loader = opened.use(await Program.start<Load, Loaded>('load'));
  const connection = opened.adopt(await Connection.connect({ address: temporalAddress }), (it) => it.close());
  const temporal = new Client({ connection });
  const held = opened.move();
  return {
    stack,
    api,
    db,
    temporal,
    load: (load) => loader.ask(load),
    quiet: () => untilQuiet(db, temporal),
    command: (script, args = [], environment = stack.environment) => command(script, args, environment),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function command(script: string, args: readonly string[], environment: Environment): Promise<number> {
  const begun = performance.now();
  await promisify(execFile)(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT, env: environment });
  return performance.now() - begun;
}

/** The relay has told of everything, and every mail is sent. */
async function untilQuiet(db: Db, temporal: Client): Promise<void> {
  const deadline = performance.now() + QUIET_WITHIN_MS;
  for (;;) {
    const { rows } = await db.raw<{ rows: [{ behind: boolean }] }>(
      `select exists (select from events where seq is null)
           or exists (select from bank_events where delivered_at is null)
           or coalesce((select min(seq) from event_followers), 0) < coalesce((select max(seq) from events), 0) as behind`,
    );
    const mails = await temporal.workflow.count(`WorkflowType = '${NOTIFY}' and ExecutionStatus = 'Running'`);
    if (!rows[0].behind && mails.count === 0) return;
    if (performance.now() > deadline) throw new Error('The stack has not come to rest in time.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
