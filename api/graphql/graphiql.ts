import { createHash } from 'node:crypto';
import type { Context } from 'koa';

/** What an explorer opens with. */
const FIRST_QUERY = `# Sign in with POST /sessions, and put its token below, under Headers:
#   { "Authorization": "Bearer …" }

query Search {
  properties(q: "flat", guests: 2, limit: 5) {
    data {
      id
      title
      rating { average count }
      pricing { nightly }
      currency
      host { name }
    }
    nextCursor
  }
}
`;

interface Page {
  bytes: Buffer;
  etag: string;
  policy: string;
}

let page: Promise<Page> | undefined;

/** The page runs its own script and no other, has its styles and workers within itself, and speaks to us alone. */
function policyFor(html: string): string {
  const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)];
  const hashes = scripts.map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    `default-src 'none'`,
    `script-src ${hashes.join(' ')} blob:`,
    `worker-src blob:`,
    `style-src 'unsafe-inline'`,
    `img-src data:`,
    `font-src data:`,
    `connect-src 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

/** Nine megabytes with everything in them, for a page that works without a network; so only made when asked for. */
async function render(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Stayward GraphiQL',
    endpoint: '/graphql',
    defaultQuery: FIRST_QUERY,
  });
  const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 16)}"`;
  return { bytes: Buffer.from(html), etag, policy: policyFor(html) };
}

/** Whether a browser opens the address, and no program asks a question. */
export function wantsPage({ method, req }: Pick<Context, 'method' | 'req'>): boolean {
  return method === 'GET' && /\btext\/html\b/.test(req.headers.accept ?? '');
}

export async function sendGraphiql(koa: Context): Promise<void> {
  page ??= render();
  const { bytes, etag, policy } = await page;
  koa.set({ 'ETag': etag, 'Cache-Control': 'no-cache', 'Content-Security-Policy': policy });
  koa.status = 200;
  koa.type = 'text/html';
  koa.body = bytes;
  if (koa.req.headers['if-none-match'] === etag) koa.status = 304;
}
