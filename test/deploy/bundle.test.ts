import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import type { Environment } from '#config';
import { ROOT } from '../support/compose.ts';
import { useStack } from '../support/stack.ts';

const PROBE = pathToFileURL(join(ROOT, 'test/support/loaded-modules.ts'));

describe('the bundle of the workflows, made beforehand', function () {
  this.timeout(120_000);
  const stack = useStack('postgres', 'redis', 'temporal', 'stripe');
  let directory: string;
  let bundle: string;
  let loadedByBundling: string[];

  before('make it', async () => {
    directory = await mkdtemp(join(tmpdir(), 'stayward-'));
    bundle = join(directory, 'workflows.js');
    loadedByBundling = await loadedBy(['bin/bundle.ts', bundle], stack().environment);
  });
  after(() => rm(directory, { recursive: true }));

  /** The packages' files that one of our programs loads until it ends; one that says `ready` is asked to. */
  async function loadedBy(args: string[], env: Environment): Promise<string[]> {
    const list = join(directory, 'loaded');
    const probe = `${PROBE.href}?to=${encodeURIComponent(list)}`;
    const child = spawn(process.execPath, ['--import', probe, ...args], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (/^ready/m.test(text)) child.kill('SIGTERM');
    });
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    return (await readFile(list, 'utf8')).split('\n');
  }

  const isBundler = (path: string) => /webpack\/lib\/(?:Compiler|Compilation)\.js$/.test(path);

  it('is what a worker works with, and no bundler is loaded', async () => {
    const env = { ...stack().environment, WORKFLOW_BUNDLE: bundle };
    const loaded = await loadedBy(['bin/worker.ts', '--queue', 'notifications'], env);
    assert.ok(
      loaded.some((path) => path.includes('@temporalio/worker/')),
      'the probe sees what is loaded',
    );
    assert.deepEqual(loaded.filter(isBundler), []);
    assert.ok(loadedByBundling.some(isBundler), 'the probe sees a bundler where there is one');
  });

  it('is missed where it is not', async () => {
    const env = { ...stack().environment, WORKFLOW_BUNDLE: join(directory, 'elsewhere.js') };
    const child = spawn(process.execPath, ['bin/worker.ts'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.notEqual(code, 0);
    assert.match(said, /elsewhere\.js/);
  });
});
