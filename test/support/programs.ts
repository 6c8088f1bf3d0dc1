import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Environment } from '#config';

const BIN = join(import.meta.dirname, '../../bin');

export interface RunningProgram {
  child: ChildProcess;
  /** Its status, or what has killed it. */
  ended: Promise<[number | null, NodeJS.Signals | null]>;
}

/** Starts one of `bin/` in a process of its own, and waits until it says that it is ready, or has ended. */
export async function startProgram(
  program: string,
  args: readonly string[],
  env: Environment,
): Promise<RunningProgram> {
  const child = spawn(process.execPath, [join(BIN, program), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit') as RunningProgram['ended'];
  const isReady = new Promise<void>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line === 'ready') resolve();
    });
  });
  await Promise.race([isReady, ended]);
  return { child, ended };
}
