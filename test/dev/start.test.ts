import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { environmentWithoutSettings } from '#config';
import { choosePort } from '#dev/stack/ports.ts';
import { isRunning } from '#dev/stack/process-identity.ts';
import type { ProcessIdentity } from '#dev/stack/process-identity.ts';

const START_MS = 600_000;

describe('npm start', function () {
  this.timeout(START_MS);
  let home: string;
  let port: number;
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'stayward-'));
    port = await choosePort(undefined, new Set());
  });
  after(() => rm(home, { recursive: true, force: true }));

  /** The command itself, from its first line to `ready`. */
  async function start() {
    const child = spawn(process.execPath, ['bin/bootstrap.mjs', 'start'], {
      env: { ...environmentWithoutSettings(), STAYWARD_HOME: home, PORT: String(port), LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit') as Promise<[number | null]>;
    const said: string[] = [];
    createInterface(child.stderr).on('line', (line) => said.push(line));
    const lines = createInterface(child.stdout);
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        said.push(line);
        if (line.startsWith('ready ')) resolve();
      });
      exited.then(() => reject(new Error(`It ended before it was ready:\n${said.join('\n')}`)), reject);
    });
    const file = JSON.parse(await readFile(join(home, 'stack.json'), 'utf8')) as {
      parts: Record<string, ProcessIdentity>;
    };
    return { child, exited, said, parts: file.parts };
  }

  const properties = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/properties?limit=5`);
    return { status: response.status, body: await response.text() };
  };

  it('brings up everything with demo data, keeps its state over a restart, and stops on request', async () => {
    const first = await start();
    assert.deepEqual(Object.keys(first.parts).sort(), [
      'api',
      'postgres',
      'redis',
      'stripe',
      'temporal',
      'worker',
    ]);
    assert.deepEqual(
      first.said.filter((line) => line.startsWith('ready')),
      [`ready http://127.0.0.1:${port}`],
    );
    assert.ok(
      first.said.some((line) => line.includes('guest@stayward.example')),
      'it prints the demo accounts',
    );
    assert.ok(
      first.said.some((line) => line.endsWith(` http://127.0.0.1:${port}/docs`)),
      'it says where the documentation is',
    );
    const before = await properties();
    assert.equal(before.status, 200);

    first.child.kill('SIGTERM');
    first.child.kill('SIGTERM'); // A terminal and npm may both pass it on.
    assert.deepEqual((await first.exited)[0], 0);
    assert.ok(!Object.values(first.parts).some(isRunning), 'nothing runs on');
    assert.ok(!existsSync(join(home, 'stack.json')));

    const second = await start();
    assert.ok(
      second.said.some((line) => line.includes('guest@stayward.example')),
      'and again',
    );
    assert.deepEqual(await properties(), before);
    second.child.kill('SIGINT');
    assert.deepEqual((await second.exited)[0], 0);
  });

  it('stops the rest and says why when the API dies', async () => {
    const { exited, said, parts } = await start();
    process.kill(parts.api?.pid ?? Number.NaN, 'SIGKILL');
    assert.deepEqual((await exited)[0], 1);
    assert.ok(said.some((line) => line.includes('API ended (SIGKILL)')));
    assert.ok(!Object.values(parts).some(isRunning), 'nothing runs on');
  });
});
