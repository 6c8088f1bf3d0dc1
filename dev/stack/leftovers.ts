import { setTimeout as delay } from 'node:timers/promises';
import type { StackFile } from './home.ts';
import { isRunning } from './process-identity.ts';

const PATIENCE_MS = 20_000;

/**
 * Stops what a killed launcher left running, known by number and time of birth, the last started first.
 * Returns the names of what it stopped.
 */
export async function stopLeftovers(leftover: StackFile | undefined): Promise<string[]> {
  const stopped: string[] = [];
  for (const [name, identity] of Object.entries(leftover?.parts ?? {}).reverse()) {
    if (!isRunning(identity)) continue;
    process.kill(identity.pid, 'SIGCONT');
    process.kill(identity.pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    const deadline = performance.now() + PATIENCE_MS;
    while (isRunning(identity)) {
      if (performance.now() > deadline) process.kill(identity.pid, 'SIGKILL');
      await delay(50);
    }
    stopped.push(name);
  }
  return stopped;
}
