import { readFile } from 'node:fs/promises';
import type { OpenApiDocument } from '../openapi.ts';
import { createMarkdown } from './markdown.ts';

/** In the order of reading. Each is a file of `docs/guides/`. */
export const GUIDE_NAMES = [
  'first-booking',
  'three-d-secure',
  'idempotency',
  'long-stays',
  'setting-prices',
  'being-paid',
  'calendars',
  'webhooks',
] as const;

const DIRECTORY = new URL('../../docs/guides/', import.meta.url);

export interface Guide {
  path: string;
  title: string;
  /** HTML. */
  content: string;
}

export function guideFile(name: string): URL {
  return new URL(`${name}.md`, DIRECTORY);
}

const pathOf = (name: string): string => `/docs/guides/${name}`;

/** `GET /bookings/{id}` → the place of the reference that tells of it. */
export function referencesOf({ paths = {} }: OpenApiDocument): ReadonlyMap<string, string> {
  const references = new Map<string, string>();
  for (const [path, item] of Object.entries(paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const { operationId, tags = [] } = item[method] ?? {};
      if (operationId === undefined) continue;
      references.set(`${method.toUpperCase()} ${path}`, `/docs#/${tags[0] ?? 'default'}/${operationId}`);
    }
  }
  return references;
}

/** All guides, rendered. What they say of an operation leads to the reference. */
export async function loadGuides(document: OpenApiDocument): Promise<Guide[]> {
  const references = referencesOf(document);
  const render = createMarkdown({
    pageOf: (file) => pathOf(file.replace(/\.md$/, '')),
    referenceOf: (code) => references.get(code),
  });
  return Promise.all(
    GUIDE_NAMES.map(async (name) => {
      const text = await readFile(guideFile(name), 'utf8');
      const title = /^# (.+)$/m.exec(text)?.[1] ?? name;
      return { path: pathOf(name), title, content: render(text) };
    }),
  );
}
