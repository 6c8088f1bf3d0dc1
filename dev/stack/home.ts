import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ordinaryFailure, StackFailure } from './failure.ts';
import { isRunning } from './process-identity.ts';

const Identity = z.object({ pid: z.number(), born: z.string() });

/** `stack.json`: where the parts of the running stack are. It is gone when no stack runs. */
const StackFile = z.object({
  launcher: Identity,
  ready: z.boolean(),
  api: z.string().optional(),
  databaseUrl: z.string().optional(),
  redisUrl: z.string().optional(),
  temporalAddress: z.string().optional(),
  temporalUi: z.string().optional(),
  stripeApiBase: z.string().optional(),
  mailInbox: z.string().optional(),
  logs: z.string(),
  parts: z.record(z.string(), Identity),
  /** What the API and the workers were started with, for commands typed beside them. */
  environment: z.record(z.string(), z.string()),
});
export type StackFile = z.infer<typeof StackFile>;

/** `settings.json`: what has to be the same at the next start. */
const Settings = z.object({
  databasePassword: z.string().default(secret),
  redisPassword: z.string().default(secret),
  quoteSecret: z.string().default(secret),
  stripeSecretKey: z.string().default(() => `sk_test_${secret()}`),
  stripeWebhookSecret: z.string().default(() => `whsec_${secret()}`),
  ports: z.record(z.string(), z.number()).default({}),
  /** What the seed printed (the demo accounts), by the database that it filled. */
  seeded: z.record(z.string(), z.string()).default({}),
});
export type Settings = z.infer<typeof Settings>;

/** The data directory of one stack, held by one launcher at a time. */
export interface Home extends Disposable {
  readonly directory: string;
  readonly logs: string;
  readonly settings: Settings;
  saveSettings(): void;
  /** What a launcher that was killed left behind. */
  readonly leftover: StackFile | undefined;
  writeStackFile(file: StackFile): void;
}

/** Makes the directory if need be, and takes it. Throws `StackFailure` when it is taken or cannot be used. */
export function openHome(directory: string): Home {
  const usable = <T>(act: () => T) => {
    try {
      return act();
    } catch (error) {
      throw ordinaryFailure(error, directory) ?? error;
    }
  };
  const [stackFile, settingsFile, logs] = ['stack.json', 'settings.json', 'logs'].map((name) =>
    join(directory, name),
  ) as [string, string, string];
  return usable(() => {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    // PostgreSQL refuses to be root, so its own user has to find the way to its files.
    if (process.getuid?.() === 0) chmodSync(directory, 0o755);
    const lock = takeLock(directory, stackFile);
    try {
      rmSync(logs, { recursive: true, force: true }); // Those of the last run.
      mkdirSync(logs);
      const settings = readSettings(settingsFile);
      return {
        directory,
        logs,
        settings,
        saveSettings: () => usable(() => writeSecretly(settingsFile, settings)),
        leftover: readStackFile(stackFile),
        writeStackFile: (file) => usable(() => writeSecretly(stackFile, file)),
        [Symbol.dispose]() {
          rmSync(stackFile, { force: true });
          lock.close();
        },
      };
    } catch (error) {
      lock.close();
      throw error;
    }
  });
}

/**
 * The lock is a transaction that is never ended: the operating system gives it up with the process, however
 * that ends, so there is no stale lock to judge.
 */
function takeLock(directory: string, stackFile: string): DatabaseSync {
  const lock = new DatabaseSync(join(directory, 'lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && error.message.includes('locked'))) throw error;
    const holder = readStackFile(stackFile)?.launcher;
    const who = holder !== undefined && isRunning(holder) ? ` (process ${holder.pid})` : '';
    throw new StackFailure(
      `A stack already runs on ${directory}${who}: stop it first, or set STAYWARD_HOME to another directory.`,
    );
  }
}

function readStackFile(path: string): StackFile | undefined {
  try {
    return StackFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined; // None, or half of one: its processes are then left to the guardian.
  }
}

function readSettings(path: string): Settings {
  let text = '{}';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  try {
    return Settings.parse(JSON.parse(text));
  } catch (error) {
    throw new StackFailure(
      `${path} is damaged: put it back from a copy, or start on an empty data directory.`,
      { cause: error },
    );
  }
}

/** Whole or not at all, and for the owner alone: both files hold keys. */
function writeSecretly(path: string, content: unknown): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

function secret(): string {
  return randomBytes(24).toString('hex');
}
