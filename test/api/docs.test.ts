import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createApp, listen } from '#api/app.ts';
import type { Listening } from '#api/app.ts';
import type { ApiDeps } from '#api/deps.ts';
import { docs } from '#api/docs/docs.ts';
import { GUIDE_NAMES, guideFile, referencesOf } from '#api/docs/guides.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import { documentOf } from '#api/openapi.ts';
import { createRateLimits } from '#gateways/rate-limits.ts';
import { capturedLog } from '../support/captured-log.ts';

const PAGES = ['/docs', ...GUIDE_NAMES.map((name) => `/docs/guides/${name}`)];

describe('the documentation', () => {
  const { log, lines } = capturedLog();
  let api: Listening;

  before(async () => {
    const settings = { corsOrigins: [], trustProxy: false };
    const deps = { log, settings, rateLimits: createRateLimits({ perMinute: {} }) } as unknown as ApiDeps;
    api = await listen(createApp(ENDPOINTS, deps, [docs(ENDPOINTS)]), { port: 0 });
  });
  after(() => api[Symbol.asyncDispose]());

  async function ask(path: string, init: RequestInit = {}) {
    const response = await fetch(api.url + path, init);
    const { status, headers } = response;
    return { status, text: await response.text(), header: (name: string) => headers.get(name) };
  }

  /** Everything of ours that a page names: by `href` and `src`. */
  async function namedBy(path: string): Promise<string[]> {
    const { text } = await ask(path);
    return [...text.matchAll(/ (?:href|src)="(\/[^"#]*)/g)].map(([, address = '']) => address);
  }

  it('is pages that are asked about each time, and not sent again to whoever has them', async () => {
    for (const path of [...PAGES, '/docs/', '/docs?from=mail']) {
      const first = await ask(path);
      assert.equal(first.status, 200, path);
      assert.equal(first.header('content-type'), 'text/html; charset=utf-8');
      assert.equal(first.header('cache-control'), 'no-cache');
      const again = await ask(path, { headers: { 'if-none-match': first.header('etag') ?? '' } });
      assert.deepEqual([again.status, again.text], [304, '']);
    }
  });

  it('opens what it needs of the content policy, for itself alone', async () => {
    const policyOf = async (path: string) => (await ask(path)).header('content-security-policy');
    const closed = `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
    assert.equal(
      await policyOf('/docs'),
      `${closed}; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'`,
    );
    for (const path of PAGES.slice(1))
      assert.equal(await policyOf(path), `${closed}; style-src 'self'; img-src 'self'`);
    const everywhere = `default-src 'none'; frame-ancestors 'none'`;
    for (const path of ['/healthz', '/docs/nothing', '/openapi.json'])
      assert.equal(await policyOf(path), everywhere);
    const { header } = await ask('/docs');
    assert.equal(header('x-content-type-options'), 'nosniff');
    assert.equal(header('referrer-policy'), 'no-referrer');
    assert.match(header('strict-transport-security') ?? '', /^max-age=/);
  });

  it('has scripts, styles and pictures that may be kept for ever, each under its version', async () => {
    const assets = (await namedBy('/docs')).filter((address) => address.startsWith('/docs/assets/'));
    const types: Record<string, string> = {};
    for (const address of assets) {
      const { status, header, text } = await ask(address);
      assert.equal(status, 200, address);
      assert.equal(header('cache-control'), 'public, max-age=31536000, immutable');
      assert.equal(header('content-length'), `${Buffer.byteLength(text)}`);
      types[address.replace(/^.*\//, '')] = header('content-type') ?? '';
      const ofAnotherVersion = address.replace(/[0-9a-f]{12}/, '000000000000');
      assert.equal((await ask(ofAnotherVersion)).status, 404);
    }
    assert.deepEqual(types, {
      'icon.svg': 'image/svg+xml; charset=utf-8',
      'swagger-ui.css': 'text/css; charset=utf-8',
      'docs.css': 'text/css; charset=utf-8',
      'swagger-ui.js': 'text/javascript; charset=utf-8',
      'reference.js': 'text/javascript; charset=utf-8',
    });
  });

  it('names nothing that is not there', async () => {
    for (const page of PAGES) {
      const addresses = await namedBy(page);
      for (const other of PAGES) assert.ok(addresses.includes(other), `${page} does not lead to ${other}`);
      for (const address of addresses) assert.equal((await ask(address)).status, 200, `${page}: ${address}`);
      assert.doesNotMatch((await ask(page)).text, / (?:href|src)="(?!\/|#)/, `${page} leads elsewhere`);
    }
  });

  it('tells of operations that there are, each with a link to the reference', async () => {
    const references = referencesOf(documentOf(ENDPOINTS));
    for (const name of GUIDE_NAMES) {
      const named = (await readFile(guideFile(name), 'utf8')).matchAll(/`([A-Z]+ \/[^`\s]*)`/g);
      const { text } = await ask(`/docs/guides/${name}`);
      for (const [, operation = ''] of named) {
        const address = references.get(operation);
        assert.ok(address !== undefined, `guides/${name}.md tells of ${operation}, which there is not`);
        assert.ok(text.includes(`<a href="${address}"><code>${operation}</code></a>`));
      }
    }
  });

  it('is for reading, and has nothing but what it names', async () => {
    const refused = await ask('/docs', { method: 'POST' });
    assert.deepEqual([refused.status, refused.header('allow')], [405, 'GET, HEAD']);
    const head = await ask('/docs', { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
    for (const path of [
      '/docs/guides',
      '/docs/guides/none',
      '/docs/guides/..%2f..%2fpackage.json',
      '/docs/guides/first-booking.md',
      '/docsx',
    ])
      assert.equal((await ask(path)).status, 404, path);
  });

  it('is in the log by page, and its files by none of their versions', async () => {
    const [asset = ''] = (await namedBy('/docs')).filter((address) => address.startsWith('/docs/assets/'));
    await ask(asset);
    await ask('/docs/guides/webhooks');
    const routes = lines().map(({ route }) => route);
    assert.deepEqual(routes.slice(-2), ['/docs/assets/{file}', '/docs/guides/webhooks']);
  });
});
