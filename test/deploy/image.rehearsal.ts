import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { environmentWithoutSettings } from '#config';
import { run } from '#dev/stack/run.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { startThrowAwayStack } from '#dev/stack/throw-away.ts';
import { Composed, workerServices } from '../support/composed.ts';
import { composeAsWritten, ROOT } from '../support/compose.ts';
import { isInContext, layOutImage } from '../support/image.ts';
import { newPerson, newProperty, stayRequest } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

/** It installs packages: not for every run of the suite. `npm run rehearse`, and each release. */
const LAY_OUT_MS = 600_000;
const MEGABYTES = 1_000_000;
/** What the image adds to Node's own. */
const SIZE_LIMIT = 300 * MEGABYTES;
/** `node` in Node's own images. */
const NODE_USER = { uid: 1000, gid: 1000 };

describe('the image, laid out without containers', function () {
  this.timeout(LAY_OUT_MS);
  const user = process.getuid?.() === 0 ? NODE_USER : undefined;
  const opened = new AsyncDisposableStack();
  let directory: string;
  let app: string;
  let composed: Composed;
  let stack: Stack;

  before('carry out the Dockerfile, and start what docker-compose.yml starts from it', async () => {
    directory = await mkdtemp(join(tmpdir(), 'stayward-image-'));
    opened.defer(() => rm(directory, { recursive: true }));
    app = await layOutImage(directory, { stage: 'runtime', environment: environmentWithoutSettings() });
    composed = new Composed({ copies: 1, directory: app, user, withoutInbox: true });
    stack = opened.use(await startThrowAwayStack({ recipes: composed.recipes }));
  });
  after('stop it, and throw it away', () => opened[Symbol.asyncDispose]());

  it('has nothing that only development needs', async () => {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
    const onlyDev = Object.keys(devDependencies).filter((name) => lock[`node_modules/${name}`].dev === true);
    assert.ok(onlyDev.includes('mocha'));
    assert.deepEqual(
      onlyDev.filter((name) => existsSync(join(app, 'node_modules', name))),
      [],
    );
    assert.deepEqual((await readdir(app)).sort(), [
      'activities',
      'api',
      'bin',
      'config.ts',
      'db',
      'domain',
      'gateways',
      'node_modules',
      'package.json',
      'workflows',
      'workflows.bundle.js',
    ]);
    assert.ok(!isInContext('.env') && !isInContext('deploy/settings.env') && !isInContext('bin/start.ts'));
  });

  it('is small', async () => {
    const size = Number(
      (await run({ file: 'du', args: ['--summarize', '--bytes', app] }, { what: 'du' })).split('\t')[0],
    );
    console.log(`      ${Math.round(size / MEGABYTES)} MB`);
    assert.ok(size < SIZE_LIMIT, `${size} bytes`);
  });

  it('books a stay', async () => {
    const { api } = stack.addresses;
    const property = await newProperty(await newPerson(api, 'Helen Host'));
    const guest = await newPerson(api);
    const booking = await guest.books(stayRequest({ propertyId: property.id }));
    assert.equal(booking.status, 'confirmed');
  });

  it('finds itself healthy, as API and as each worker', async () => {
    const { services } = composeAsWritten();
    for (const name of ['api', ...workerServices()]) {
      const [, , ...args] = services[name]?.healthcheck?.test ?? [];
      const check = { ...stack.part(`${name}-1`).plan.launch, args };
      await until(`${name} is healthy`, () =>
        run(check, { what: name }).then(
          () => true,
          () => false,
        ),
      );
    }
  });

  it('finds an API that is not there unhealthy', async () => {
    await stack.part('api-1').hold();
    const check = { ...stack.part('api-1').plan.launch, args: ['bin/healthy.ts'] };
    await assert.rejects(run(check, { what: 'asking' }), /fetch failed/);
    await stack.part('api-1').release();
  });

  it('cannot change itself', async function () {
    if (user === undefined) this.skip(); // Only root can make somebody else of a process.
    const write = `require('node:fs').writeFileSync('config.ts', '')`;
    const launch = { file: process.execPath, args: ['-e', write], directory: app, ...user };
    await assert.rejects(run(launch, { what: 'writing' }), /EACCES/);
  });
});
