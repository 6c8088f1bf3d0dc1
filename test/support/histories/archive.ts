import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Recording } from './recordings.ts';
import type { WireHistory } from './scrubbing.ts';

/**
 * The histories that are checked in: `<workflow>/<course>.json.gz`, each the JSON that the Temporal UI and CLI speak, an
 * event a line. `<course>.before-<patch>.json.gz` is how a course went before the workflow's code was `patched`.
 */
export const ARCHIVE = join(import.meta.dirname, '../../histories');

/** A file of the archive, by the part of its path that tells. */
export interface Kept {
  file: string;
  workflow: string;
  course: string;
  /** The patch that these workflows do not know. */
  before?: string;
}

export function listKept(): Kept[] {
  return globSync('*/*', { cwd: ARCHIVE })
    .sort()
    .map((file) => {
      const [workflow = '', name = ''] = file.split('/');
      const [course = '', before] = name.replace(/\.json\.gz$/, '').split('.before-');
      return { file, workflow, course, ...(before !== undefined && { before }) };
    });
}

export function readHistory({ file }: Pick<Kept, 'file'>): WireHistory {
  return JSON.parse(gunzipSync(readFileSync(join(ARCHIVE, file))).toString('utf8')) as WireHistory;
}

export function fileOf({ workflow, name }: Pick<Recording, 'workflow' | 'name'>, before?: string): string {
  return `${workflow}/${name}${before === undefined ? '' : `.before-${before}`}.json.gz`;
}

export function isKept(recording: Recording): boolean {
  return existsSync(join(ARCHIVE, fileOf(recording)));
}

export function keep(recording: Recording, { events }: WireHistory): void {
  const path = join(ARCHIVE, fileOf(recording));
  mkdirSync(dirname(path), { recursive: true });
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  writeFileSync(path, gzipSync(`{"events":[\n${lines}\n]}\n`, { level: 9 }));
}

/** Has a course kept as it went before a patch, so that it can be recorded as it goes since. */
export function putAside(recording: Recording, patch: string): void {
  renameSync(join(ARCHIVE, fileOf(recording)), join(ARCHIVE, fileOf(recording, patch)));
}
