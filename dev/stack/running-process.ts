import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Launch } from './run.ts';

/**
 * A server in a process of its own, which writes to a log file and not to us: so it can write, and be read,
 * whatever becomes of the launcher.
 */
export class RunningProcess {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #logStart: number;
  /** Resolves with how it ended, "SIGKILL" or "exit code 1"; never rejects. */
  readonly ended: Promise<string>;
  #hasEnded = false;

  constructor(launch: Launch, logFile: string) {
    const log = openSync(logFile, 'a', 0o600);
    this.#logFile = logFile;
    this.#logStart = fstatSync(log).size;
    this.#child = spawn(launch.file, launch.args, {
      stdio: [launch.input === undefined ? 'ignore' : 'pipe', log, log],
      detached: true, // Ctrl-C reaches the launcher alone, which stops the parts in their order.
      ...(launch.env === undefined ? {} : { env: launch.env }),
      ...(launch.directory === undefined ? {} : { cwd: launch.directory }),
      ...(launch.uid === undefined ? {} : { uid: launch.uid }),
      ...(launch.gid === undefined ? {} : { gid: launch.gid }),
    });
    closeSync(log);
    this.#child.stdin?.on('error', () => undefined).end(launch.input);
    this.ended = new Promise<string>((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
    }).finally(() => (this.#hasEnded = true));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks it to end with `signal`, and makes it end when it has not done so in time. */
  async end(signal: NodeJS.Signals, withinSeconds: number): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill('SIGCONT'); // It may be paused, and would never hear of its end.
    this.#child.kill(signal);
    const patience = new AbortController();
    const outOfPatience = delay(withinSeconds * 1000, undefined, { signal: patience.signal }).then(
      () => this.#child.kill('SIGKILL'),
      () => undefined,
    );
    await this.ended;
    patience.abort();
    await outOfPatience;
  }

  /** What it has written since it started; at most the last `bytes`, and nothing if the log was removed. */
  log(bytes = 16_384): string {
    if (!existsSync(this.#logFile)) return '';
    const file = openSync(this.#logFile, 'r');
    try {
      const { size } = fstatSync(file);
      const from = Math.max(this.#logStart, size - bytes);
      const buffer = Buffer.alloc(Math.max(size - from, 0));
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from));
    } finally {
      closeSync(file);
    }
  }
}
