import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { environmentWithoutSettings } from '#config';
import { run } from '#dev/stack/run.ts';
import { ROOT } from '../support/compose.ts';

/**
 * `docker` notes how it was called, and fails where the file `refuse` has a pattern that fits the call; `ssh` runs on this
 * very machine what it should on another. The scripts between them are the real ones.
 */
const STAND_INS = {
  docker: `
call="$*"
echo "$call" >> "$STAND_INS/calls"
if [ -f "$STAND_INS/refuse" ] && echo "$call" | grep -qE "$(cat "$STAND_INS/refuse")"; then exit 1; fi`,
  ssh: `
[ "$1" = "deployer@platform" ] || exit 255
shift
sh -c "$*"`,
};

describe('a deployment over ssh', () => {
  let standIns: string;
  let platform: string;

  beforeEach('make a machine to deploy to', async () => {
    standIns = await realpath(await mkdtemp(join(tmpdir(), 'stayward-')));
    platform = join(standIns, 'platform');
    await mkdir(platform);
    await writeFile(join(platform, 'settings.env'), 'QUOTE_SECRET=known to the machine alone\n');
    for (const [name, script] of Object.entries(STAND_INS)) {
      await writeFile(join(standIns, name), `#!/bin/sh${script}\n`);
      await chmod(join(standIns, name), 0o755);
    }
  });
  afterEach(() => rm(standIns, { recursive: true }));

  const runHere = (file: string, args: string[] = []) => {
    const { PATH = '', ...rest } = environmentWithoutSettings();
    const env = {
      ...rest,
      PATH: [standIns, PATH].join(delimiter),
      STAND_INS: standIns,
      DEPLOY_HOST: 'deployer@platform',
      DEPLOY_DIRECTORY: platform,
    };
    return run({ file, args, env, directory: ROOT }, { what: file });
  };
  const deploy = (version: string) => runHere('deploy/over-ssh.sh', ['ghcr.io/somebody/stayward', version]);
  const refuse = (pattern: string) => writeFile(join(standIns, 'refuse'), pattern);
  const release = (version: string) => join(platform, 'releases', version);
  const running = () => realpath(join(platform, 'current'));

  /** What docker was asked for since the last look: of which version, and what. */
  async function asked(): Promise<string[]> {
    const calls = join(standIns, 'calls');
    const lines = existsSync(calls) ? (await readFile(calls, 'utf8')).trimEnd().split('\n') : [];
    await rm(calls, { force: true });
    return lines.map((line) => {
      const of = /releases\/([^/]+)\/docker-compose\.yml --env-file (\S+) --env-file (\S+) (.*)$/.exec(line);
      const [, version = '', settings, own, rest = ''] = of ?? [];
      assert.equal(settings, join(platform, 'settings.env'));
      assert.equal(own, join(release(version), 'release.env'));
      return `${version}: ${rest.replace(/ --(?:detach|wait).*$/, '')}`;
    });
  }

  it('pulls, migrates while the version before serves, and only then replaces it', async () => {
    await deploy('v1.0.0');
    assert.deepEqual(await asked(), [
      'v1.0.0: pull --quiet',
      'v1.0.0: run --rm -T migrate',
      'v1.0.0: run --rm -T namespace',
      'v1.0.0: up',
    ]);
    assert.equal(await running(), release('v1.0.0'));
    assert.equal(
      await readFile(join(release('v1.0.0'), 'release.env'), 'utf8'),
      'STAYWARD_IMAGE=ghcr.io/somebody/stayward\nSTAYWARD_VERSION=v1.0.0\n',
    );
    assert.ok(existsSync(join(release('v1.0.0'), 'deploy/postgres/roles.sql')));
  });

  it('replaces nothing when the migration fails', async () => {
    await deploy('v1.0.0');
    await asked();
    await refuse('run .* migrate');
    await assert.rejects(deploy('v1.1.0'));
    assert.deepEqual(await asked(), ['v1.1.0: pull --quiet', 'v1.1.0: run --rm -T migrate']);
    assert.equal(await running(), release('v1.0.0'));
  });

  it('goes back by itself when the new version does not come up healthy', async () => {
    await deploy('v1.0.0');
    await asked();
    await refuse('v1.1.0/.* up ');
    await assert.rejects(deploy('v1.1.0'), /up again: v1\.0\.0/);
    assert.deepEqual((await asked()).slice(-3), ['v1.1.0: up', 'v1.1.0: logs --tail 50', 'v1.0.0: up']);
    assert.equal(await running(), release('v1.0.0'));
  });

  it('goes back on request, on the machine or by deploying the earlier version again', async () => {
    await deploy('v1.0.0');
    await deploy('v1.1.0');
    assert.equal(await running(), release('v1.1.0'));
    await runHere(join(platform, 'previous/deploy/up.sh'));
    assert.equal(await running(), release('v1.0.0'));
    await deploy('v1.1.0');
    assert.equal(await running(), release('v1.1.0'));
    await deploy('v1.0.0');
    assert.equal(await running(), release('v1.0.0'));
  });

  it('refuses what is no version, and a machine that has no settings', async () => {
    await assert.rejects(deploy("v1'; echo"), /no version/);
    await rm(join(platform, 'settings.env'));
    await assert.rejects(deploy('v1.0.0'), /There is no .*settings\.env/);
    assert.deepEqual(await asked(), []);
  });
});
