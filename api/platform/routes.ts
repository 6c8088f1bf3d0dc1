import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { documentOf } from '../openapi.ts';
import { ok, raw, reply } from '../replies.ts';
import { Health, Readiness } from './schemas.ts';

/** A part that does not answer within this is down. */
const PROBE_MS = 1_000;

/** Whether a part answers in time. */
async function isUp(probe: () => Promise<boolean>): Promise<boolean> {
  const timeout = AbortSignal.timeout(PROBE_MS);
  const late = new Promise<false>((resolve) => timeout.addEventListener('abort', () => resolve(false)));
  return Promise.race([probe().catch(() => false), late]);
}

export const readHealth = endpoint({
  method: 'get',
  path: '/healthz',
  auth: 'none',
  limit: 'exempt',
  tags: ['platform'],
  summary: 'Tell whether the process lives',
  output: { 200: Health },
  handle: () => ok({ status: 'ok' as const }),
});

export const readReadiness = endpoint({
  method: 'get',
  path: '/readyz',
  auth: 'none',
  limit: 'exempt',
  tags: ['platform'],
  summary: 'Tell whether requests can be served',
  output: { 200: Readiness, 503: Readiness },
  async handle({ db, probes, leaving }) {
    // The database comes first: the rest may be down.
    const all = { database: () => db.raw('select 1').then(() => true), ...probes };
    const names = Object.keys(all);
    const states = await Promise.all(Object.values(all).map(isUp));
    const parts = Object.fromEntries(
      names.map((name, index) => [name, states[index] ? 'up' : 'down'] as const),
    );
    if (states[0] === true && !leaving.aborted) return ok({ status: 'ready', parts });
    return reply(503, { status: 'unready', parts });
  },
});

export const platformEndpoints = [readHealth, readReadiness];

/** The document of the endpoints given, made once. */
export function describing(endpoints: readonly Endpoint[]): Endpoint {
  let bytes: Buffer | undefined;
  return endpoint({
    method: 'get',
    path: '/openapi.json',
    auth: 'none',
    limit: 'exempt',
    tags: ['platform'],
    summary: 'Read this document',
    output: { 200: z.looseObject({ openapi: z.string() }) },
    handle() {
      bytes ??= Buffer.from(JSON.stringify(documentOf(endpoints)));
      return raw(bytes, { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=300' });
    },
  });
}
