import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { environmentWithoutSettings, readLauncherConfig } from '#config';
import { ordinaryFailure, spaceFailure, StackFailure } from '#dev/stack/failure.ts';
import { identify, isRunning } from '#dev/stack/process-identity.ts';
import type { ProcessIdentity } from '#dev/stack/process-identity.ts';
import type { PartName } from '#dev/stack/recipes.ts';
import { startStack } from '#dev/stack/stack.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { findTemporal } from '#dev/stack/temporal.ts';
import { startThrowAwayStack } from '#dev/stack/throw-away.ts';

const START_MS = 240_000;

describe('a stack that cannot start', function () {
  this.timeout(START_MS);
  let home: string;
  beforeEach(async () => (home = await mkdtemp(join(tmpdir(), 'stayward-'))));
  afterEach(() => rm(home, { recursive: true, force: true }));

  const start = (parts: PartName[], port = 0, directory = home): Promise<Stack> => {
    const environment = { ...environmentWithoutSettings(), STAYWARD_HOME: directory, PORT: String(port) };
    return startStack({ config: readLauncherConfig(environment), parts });
  };
  /** One sentence for a person: no stack trace, no second line. */
  const sentence = (pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof StackFailure);
    assert.match(error.message, pattern);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };

  it('says that the port is in use, and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await assert.rejects(start([], port), sentence(new RegExp(`Port ${port} is in use .* PORT=${port + 1}`)));
    other.close();
    assert.deepEqual(await readdir(home), [], 'nothing was touched');
  });

  it('says that another stack holds the data directory', async () => {
    await using _first = await start([]);
    await assert.rejects(start([]), sentence(/A stack already runs on /));
  });

  it('says that the data directory is no directory', async () => {
    const file = join(home, 'file');
    await writeFile(file, '');
    await assert.rejects(start([], 0, file), sentence(/is not a directory: set STAYWARD_HOME/));
    await assert.rejects(start([], 0, join(file, 'below')), sentence(/is not a directory/));
  });

  it('says that its settings are damaged, rather than lose the keys of the data', async () => {
    await writeFile(join(home, 'settings.json'), '{ "quoteSecret": ');
    await assert.rejects(start([]), sentence(/settings\.json is damaged/));
    assert.equal(await readFile(join(home, 'settings.json'), 'utf8'), '{ "quoteSecret": ');
  });

  it('says that the data was written by another PostgreSQL, and leaves nothing running', async () => {
    await mkdir(join(home, 'postgres'));
    await writeFile(join(home, 'postgres', 'PG_VERSION'), '17\n');
    await assert.rejects(start(['postgres', 'redis']), sentence(/written by PostgreSQL 17/));
    assert.ok(!existsSync(join(home, 'stack.json')));
    await using _again = await start([]);
  });

  it('says how to get a Temporal server where there is none', async () => {
    const cache = join(home, 'cache');
    await writeFile(cache, 'not a directory');
    await assert.rejects(findTemporal({ cache, environment: {} }), sentence(/install the temporal command/));
  });

  it('says that a disk is full or not ours, by what the system or a server reports', () => {
    const error = (code: string) => Object.assign(new Error(code), { code });
    assert.match(
      ordinaryFailure(error('ENOSPC'), '/data')?.message ?? '',
      /The disk is full: make room where \/data is/,
    );
    assert.match(
      ordinaryFailure(error('EACCES'), '/data')?.message ?? '',
      /\/data cannot be read and written by you/,
    );
    assert.match(ordinaryFailure(error('EROFS'), '/data')?.message ?? '', /read-only/);
    assert.equal(ordinaryFailure(error('ECONNREFUSED'), '/data'), undefined);
    const log = 'PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device';
    assert.match(spaceFailure(log, '/data')?.message ?? '', /The disk is full/);
  });

  it('stops halfway when it is asked to', async () => {
    const asked = new AbortController();
    const config = readLauncherConfig({ ...environmentWithoutSettings(), STAYWARD_HOME: home, PORT: '0' });
    const starting = startStack({ config, signal: asked.signal });
    asked.abort();
    await assert.rejects(starting);
    assert.ok(!existsSync(join(home, 'stack.json')));
  });
});

describe('a stack that loses PostgreSQL', function () {
  this.timeout(START_MS);

  it('says so once, so that the rest can be stopped, and leaves neither process nor file', async () => {
    const stack = await startThrowAwayStack({ parts: ['postgres', 'redis'] });
    const others = identified(stack.part('redis').pid);
    await stack.part('postgres').kill('SIGKILL');
    const reason = await stack.lost;
    assert.match(reason.message, /PostgreSQL ended \(SIGKILL\)/);
    await stack[Symbol.asyncDispose]();
    assert.ok(!isRunning(others));
    assert.ok(!existsSync(stack.home));
  });
});

describe('a stack whose launcher is killed', function () {
  this.timeout(START_MS);
  let home: string;
  beforeEach(async () => (home = await mkdtemp(join(tmpdir(), 'stayward-'))));
  afterEach(() => rm(home, { recursive: true, force: true }));

  async function launch(...args: string[]): Promise<{ launcher: ChildProcess; redis: ProcessIdentity }> {
    const script = join(import.meta.dirname, 'stack-launcher.ts');
    const launcher = spawn(process.execPath, [script, home, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
    return { launcher, redis: identified(Number(line.toString())) };
  }

  async function killed(launcher: ChildProcess): Promise<void> {
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
  }

  it('leaves no process behind', async () => {
    const { launcher, redis } = await launch();
    await killed(launcher);
    await until(() => !isRunning(redis));
  });

  it('leaves no file behind when it was to be thrown away', async () => {
    const { launcher } = await launch('throw-away');
    await killed(launcher);
    await until(() => !existsSync(home));
  });

  it('starts again at once', async () => {
    const first = await launch();
    await killed(first.launcher);
    const second = await launch();
    assert.ok(!isRunning(first.redis), 'the first one is gone before the second begins');
    assert.ok(isRunning(second.redis));
    await killed(second.launcher);
    await until(() => !isRunning(second.redis));
  });
});

function identified(pid: number | undefined): ProcessIdentity {
  const identity = pid === undefined ? undefined : identify(pid);
  assert.ok(identity !== undefined, 'the process runs');
  return identity;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, 'it took too long');
    await delay(25);
  }
}
