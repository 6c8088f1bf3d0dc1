import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { choosePort } from '#dev/stack/ports.ts';
import { newPerson, newProperty } from '#test/support/people.ts';
import type { Ground } from './ground.ts';
import type { Outcome } from './report.ts';
import { median } from './rounds.ts';

const CHANGES = 20;
const STARTED_WITHIN_MS = 60_000;
const TOLD_WITHIN_MS = 10_000;
const ROOT = resolve(import.meta.dirname, '..');

/** How long the answers of one API process go on saying what a host has changed at another. */
export async function benchStaleness(ground: Ground): Promise<Outcome> {
  await using other = await anotherApi(ground);
  const host = await newPerson(ground.api);
  const { id } = await newProperty(host);
  const latenessMs: number[] = [];
  let unseen = 0;
  for (let change = 1; change <= CHANGES; change += 1) {
    const title = `Changed for the ${change}. time`;
    await titleAt(other.api, id); // So that there is something to be stale.
    await host.must(200, host.patch(`/properties/${id}`, { title }));
    const changed = performance.now();
    if ((await titleAt(ground.api, id)) !== title) unseen += 1;
    while ((await titleAt(other.api, id)) !== title) {
      if (performance.now() > changed + TOLD_WITHIN_MS) throw new Error('A change is never heard of.');
      await delay(2);
    }
    latenessMs.push(performance.now() - changed);
  }
  const work = 'a property that was changed';
  return {
    findings: [
      {
        work: `${work}, by the same process: not seen at once`,
        unit: 'times',
        ours: unseen,
        target: { oursAtMost: 0 },
      },
      {
        work: `${work}, by another process: the latest of ${CHANGES}`,
        unit: 'ms',
        ours: Math.max(...latenessMs),
        target: { oursAtMost: 2_000 },
      },
      { work: `${work}, by another process: p50`, unit: 'ms', ours: median(latenessMs) },
    ],
  };
}

/** As everybody reads it. */
async function titleAt(api: string, id: string): Promise<string> {
  const response = await fetch(`${api}/properties/${id}`);
  const { title } = await response.json();
  return title;
}

async function anotherApi({ stack }: Ground): Promise<{ api: string } & AsyncDisposable> {
  const taken = new Set<number>();
  const [port, metricsPort] = [await choosePort(undefined, taken), await choosePort(undefined, taken)];
  const env = { ...stack.environment, PORT: String(port), METRICS_PORT: String(metricsPort) };
  const child = spawn(process.execPath, [join(ROOT, 'bin/api.ts')], { cwd: ROOT, env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const api = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + STARTED_WITHIN_MS;
  while (
    !(await fetch(`${api}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (performance.now() > deadline) throw new Error('A second API process did not start.');
    await delay(50);
  }
  return {
    api,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
