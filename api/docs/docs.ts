import type { Middleware, ParameterizedContext } from 'koa';
import { DomainError } from '#domain/errors.ts';
import type { Endpoint } from '../endpoint.ts';
import { documentOf } from '../openapi.ts';
import type { ApiState } from '../request.ts';
import { isKnown } from '../send.ts';
import { ASSETS_PATH, loadAssets } from './assets.ts';
import type { Asset } from './assets.ts';
import { loadGuides } from './guides.ts';
import { pagesOf } from './pages.ts';
import type { Page } from './pages.ts';

const PATH = /^\/docs(?:\/|$)/;

type Site = ReadonlyMap<string, Page | Asset>;

/** All that there is under `/docs`, by path. */
async function build(endpoints: readonly Endpoint[]): Promise<Site> {
  const [assets, guides] = await Promise.all([loadAssets(), loadGuides(documentOf(endpoints))]);
  const all = [...pagesOf(assets, guides), ...Object.values(assets)];
  return new Map(all.map((found) => [found.path, found]));
}

function sendAsset(ctx: ParameterizedContext<ApiState>, { bytes, type }: Asset): void {
  ctx.set({ 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' });
  ctx.body = bytes;
}

/** A page is asked about each time, since it names the assets that are of today. */
function sendPage(ctx: ParameterizedContext<ApiState>, { html, etag, policy }: Page): void {
  ctx.status = 200;
  ctx.set({ 'ETag': etag, 'Cache-Control': 'no-cache', 'Content-Security-Policy': policy });
  ctx.type = 'text/html';
  ctx.body = html;
  if (isKnown(etag, ctx.req.headers['if-none-match'])) ctx.status = 304;
}

/**
 * The documentation at `/docs`, to be mounted beside the endpoints: the reference, drawn from `/openapi.json` by the
 * browser, and the guides. It is for everyone, in production too, and comes from this server alone. It is put together
 * when it is first asked for, and kept.
 */
export function docs(endpoints: readonly Endpoint[]): Middleware<ApiState> {
  let site: Promise<Site> | undefined;
  return async (ctx, next) => {
    if (!PATH.test(ctx.path)) {
      await next();
      return;
    }
    site ??= build(endpoints);
    const found = (await site).get(ctx.path.replace(/(?<=.)\/$/, ''));
    if (found === undefined) {
      await next();
      return;
    }
    ctx.state.route = found.path.startsWith(ASSETS_PATH) ? `${ASSETS_PATH}{file}` : found.path;
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', 'GET, HEAD');
      throw new DomainError('method_not_allowed', 'Here only GET will do.');
    }
    if ('html' in found) sendPage(ctx, found);
    else sendAsset(ctx, found);
  };
}
