import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBundle } from '#bin/workflow-bundle.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SOURCES = ['workflows', 'domain', 'package.json'];

/** One place of the workflows' code, and what would stand there after a change. */
export interface Alteration {
  file: string;
  from: string;
  to: string;
}

/** The workflows as they would be bundled after changes that nobody has made. */
export async function alteredBundle(...alterations: Alteration[]): Promise<{ code: string }> {
  const copy = await mkdtemp(join(tmpdir(), 'stayward-'));
  try {
    for (const source of SOURCES) await cp(join(ROOT, source), join(copy, source), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    for (const { file, from, to } of alterations) {
      const path = join(copy, 'workflows', file);
      const code = await readFile(path, 'utf8');
      assert.equal(code.split(from).length, 2, `${file} has not once: ${from}`);
      await writeFile(
        path,
        code.replace(from, () => to),
      );
    }
    return { code: await makeBundle(copy) };
  } finally {
    await rm(copy, { recursive: true });
  }
}
