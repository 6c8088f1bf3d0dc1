import { createHash } from 'node:crypto';
import { CLOSED_POLICY, escaped } from '../sheet.ts';
import type { Assets } from './assets.ts';
import type { Guide } from './guides.ts';

export interface Page {
  path: string;
  html: string;
  etag: string;
  policy: string;
}

const GUIDE_POLICY = `${CLOSED_POLICY}; style-src 'self'; img-src 'self'`;
/** The reference runs scripts of ours, asks our API, and has pictures within its style sheet. */
const REFERENCE_POLICY = `${CLOSED_POLICY}; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'`;

export const REFERENCE_PATH = '/docs';

interface Sheet {
  path: string;
  title: string;
  head?: string;
  body: string;
  policy: string;
}

/** A page around its content: the same head, and the same way to every other page. */
function pageOf(
  { path, title, head = '', body, policy }: Sheet,
  assets: Assets,
  guides: readonly Guide[],
): Page {
  const link = (to: string, text: string) =>
    `<a href="${to}"${to === path ? ' aria-current="page"' : ''}>${escaped(text)}</a>`;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Stayward</title>
<link rel="icon" href="${assets['icon.svg'].path}">
${head}<link rel="stylesheet" href="${assets['docs.css'].path}">
</head>
<body>
<header>
<a class="brand" href="${REFERENCE_PATH}"><img src="${assets['icon.svg'].path}" alt="" width="28" height="28"> Stayward</a>
<nav aria-label="Documentation">
${link(REFERENCE_PATH, 'API reference')}
${guides.map((guide) => link(guide.path, guide.title)).join('\n')}
</nav>
</header>
${body}
</body>
</html>
`;
  const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 16)}"`;
  return { path, html, etag, policy };
}

function referencePage(assets: Assets, guides: readonly Guide[]): Page {
  const sheet = {
    path: REFERENCE_PATH,
    title: 'API reference',
    head: `<link rel="stylesheet" href="${assets['swagger-ui.css'].path}">\n`,
    body: `<main id="reference"><noscript><p>The reference needs scripts. What it shows is in
<a href="/openapi.json">openapi.json</a>.</p></noscript></main>
<script src="${assets['swagger-ui.js'].path}"></script>
<script src="${assets['reference.js'].path}"></script>`,
    policy: REFERENCE_POLICY,
  };
  return pageOf(sheet, assets, guides);
}

function guidePage(guide: Guide, assets: Assets, guides: readonly Guide[]): Page {
  const next = guides[guides.indexOf(guide) + 1];
  const onward =
    next === undefined
      ? `<a href="${REFERENCE_PATH}">API reference</a>`
      : `<a href="${next.path}">${escaped(next.title)}</a>`;
  const body = `<main class="guide"><article>${guide.content}</article><p class="next">Next: ${onward}</p></main>`;
  return pageOf({ path: guide.path, title: guide.title, body, policy: GUIDE_POLICY }, assets, guides);
}

/** Every page of the documentation: the reference, and each guide. */
export function pagesOf(assets: Assets, guides: readonly Guide[]): Page[] {
  return [referencePage(assets, guides), ...guides.map((guide) => guidePage(guide, assets, guides))];
}
