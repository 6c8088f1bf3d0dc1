import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** What the pages of the documentation are made of: files of a package, and our own from `browser/`. */
const FILES = {
  'swagger-ui.js': {
    source: import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
    type: 'text/javascript',
  },
  'swagger-ui.css': { source: import.meta.resolve('swagger-ui-dist/swagger-ui.css'), type: 'text/css' },
  'reference.js': { source: import.meta.resolve('./browser/reference.js'), type: 'text/javascript' },
  'docs.css': { source: import.meta.resolve('./browser/docs.css'), type: 'text/css' },
  'icon.svg': { source: import.meta.resolve('./browser/icon.svg'), type: 'image/svg+xml' },
} as const;
export type AssetName = keyof typeof FILES;

export interface Asset {
  /** With the version in it: what it leads to never changes. */
  path: string;
  type: string;
  bytes: Buffer;
}

export type Assets = Readonly<Record<AssetName, Asset>>;

export const ASSETS_PATH = '/docs/assets/';

async function load(name: string, { source, type }: { source: string; type: string }): Promise<Asset> {
  const bytes = await readFile(new URL(source));
  const version = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return { path: `${ASSETS_PATH}${version}/${name}`, type: `${type}; charset=utf-8`, bytes };
}

/** Two megabytes, so only read when somebody wants a page. */
export async function loadAssets(): Promise<Assets> {
  const entries = Object.entries(FILES).map(async ([name, file]) => [name, await load(name, file)] as const);
  return Object.fromEntries(await Promise.all(entries)) as Assets;
}
