import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(ROOT, 'node_modules/.cache/stayward');
/** All that a bundle is made of: our workflow code, the rules it uses, the packages of the lockfile, and how it is made. */
const SOURCES = ['workflows', 'domain', 'package-lock.json', 'bin/workflow-bundle.ts'];

/**
 * The workflows as one script: the one made beforehand, or made when their sources have changed and found in the cache
 * otherwise, so that a worker that is started again is back in a moment instead of seconds. Where the cache cannot be
 * written, it is made anew each time.
 */
export async function workflowBundle(madeBefore?: string): Promise<{ code: string } | { codePath: string }> {
  if (madeBefore !== undefined) return { codePath: madeBefore };
  const codePath = join(CACHE, `workflows-${await fingerprint()}.js`);
  const isCached = await stat(codePath).then(
    () => true,
    () => false,
  );
  if (isCached) return { codePath };
  const code = await makeBundle();
  try {
    await mkdir(dirname(codePath), { recursive: true });
    const draft = `${codePath}.${process.pid}`;
    await writeFile(draft, code);
    await rename(draft, codePath);
  } catch {
    return { code };
  }
  return { codePath };
}

/**
 * Seconds of work: the bundler reads the workflows and every package that they use. Ours, unless of a copy elsewhere.
 *
 * Every module of it is evaluated once a worker, not once a workflow: none keeps anything of a workflow at its top level,
 * and once evaluated they are frozen. With the calendar library, that is most of what beginning a workflow costs.
 */
export async function makeBundle(root = ROOT): Promise<string> {
  const workflowsPath = join(root, 'workflows/all.ts');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    preloadModules: [workflowsPath],
    logger: new DefaultLogger('ERROR'),
  });
  return code;
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of await filesOf(join(ROOT, source))) hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 32);
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
