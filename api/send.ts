import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ParameterizedContext } from 'koa';
import { SECURE_HEADERS } from './middleware/secure.ts';
import type { RawReply, Reply, StreamedReply } from './replies.ts';
import type { ApiState } from './request.ts';

const { 'Content-Security-Policy': POLICY, ...OTHERS } = SECURE_HEADERS;
const SECURE = Object.entries(OTHERS).flat();

/** Whether the caller has this very version already. */
export function isKnown(etag: string | undefined, ifNoneMatch: string | undefined): boolean {
  if (etag === undefined || ifNoneMatch === undefined) return false;
  return (
    ifNoneMatch === etag || ifNoneMatch.split(/\s*,\s*/).some((known) => known.replace(/^W\//, '') === etag)
  );
}

function bytesOf(reply: Reply | RawReply): Buffer | string | null {
  if ('bytes' in reply) return reply.bytes;
  return reply.body === null ? null : JSON.stringify(reply.body);
}

interface Answered {
  response: ServerResponse;
  bytes: Buffer | string;
}

let answered: Answered[] = [];

/**
 * Answers of one turn of the event loop leave together at its end. Each would else wake its reader by itself, which costs
 * more than to make the answer of a cached read: with many at once they are a quarter more, and each is quicker.
 */
function leave(response: ServerResponse, bytes: Buffer | string): void {
  if (answered.push({ response, bytes }) === 1) setImmediate(leaveTogether);
}

function leaveTogether(): void {
  const leaving = answered;
  answered = [];
  for (const { response, bytes } of leaving) response.end(bytes);
}

/**
 * Writes an endpoint's answer straight to the connection. Koa would do it, and set every header through a map and a
 * check of its own; for a cached read that costs as much as all the rest.
 */
export function send(ctx: ParameterizedContext<ApiState>, reply: Reply | RawReply): void {
  const { headers } = reply;
  const head = [...ctx.state.headers, ...SECURE];
  let cacheControl = 'no-store'; // Unless the endpoint says otherwise, an answer is for its caller alone.
  let contentType = 'application/json; charset=utf-8';
  let policy: string = POLICY;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (name === 'Cache-Control') cacheControl = value;
    else if (name === 'Content-Type') contentType = value;
    else if (name === 'Content-Security-Policy') policy = value;
    else head.push(name, value);
  }
  head.push('Cache-Control', cacheControl, 'Content-Security-Policy', policy);
  ctx.respond = false;
  if (isKnown(headers?.ETag, ctx.req.headers['if-none-match'])) {
    ctx.res.writeHead(304, head).end();
    return;
  }
  const bytes = bytesOf(reply);
  if (bytes === null) {
    ctx.res.writeHead(reply.status, head).end();
    return;
  }
  head.push('Content-Type', contentType, 'Content-Length', String(Buffer.byteLength(bytes)));
  leave(ctx.res.writeHead(reply.status, head), bytes);
}

/** A line is little to write: so many characters go out at once. */
const PIECE_CHARACTERS = 32_768;

async function* inPieces(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const chunk of chunks) {
    piece += chunk;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/**
 * Writes an answer as it is made, no faster than the caller takes it. What breaks on the way breaks the connection: a
 * part must not pass for the whole.
 */
export async function stream(ctx: ParameterizedContext<ApiState>, reply: StreamedReply): Promise<void> {
  const headers = { ...SECURE_HEADERS, 'Cache-Control': 'no-store', ...reply.headers };
  ctx.respond = false;
  ctx.res.writeHead(reply.status, [...ctx.state.headers, ...Object.entries(headers).flat()]);
  if (ctx.method === 'HEAD') {
    ctx.res.end();
    return;
  }
  try {
    await pipeline(Readable.from(inPieces(reply.chunks)), ctx.res);
  } catch {
    // Koa, which watches the connection, has told of it.
  }
}
