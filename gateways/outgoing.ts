import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { addressFault } from '#domain/outgoing.ts';
import { AddressRefused, allowedAddresses, isPublicAddress, resolveName } from './addresses.ts';
import type { Resolve } from './addresses.ts';

export const OUTGOING_TIMEOUT_MS = 5_000;
export const OUTGOING_MAX_BYTES = 2_000_000;
export const OUTGOING_MAX_REDIRECTS = 3;

/** Why there is no answer. */
export type OutgoingFault =
  'address_refused' | 'unreachable' | 'timed_out' | 'too_large' | 'too_many_redirects';

export interface OutgoingAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  /** Unpacked. */
  body: Buffer;
}

/** The way to addresses that users have given us. */
export interface Outgoing {
  get(address: string, headers: Readonly<Record<string, string>>): Promise<OutgoingAnswer | OutgoingFault>;
}

export interface OutgoingOptions {
  /** Http and private addresses too: for development, where everything is on one machine. */
  anywhere: boolean;
  /** In tests: which addresses are asked, and what names stand for. */
  allows?: (address: string) => boolean;
  resolve?: Resolve;
  timeoutMs?: number;
}

class Fault extends Error {
  readonly fault: OutgoingFault;

  constructor(fault: OutgoingFault) {
    super(fault);
    this.fault = fault;
  }
}

/**
 * Asks addresses that users have given, so that nobody can have us ask what only we can reach: the name is resolved first,
 * all it stands for must be public, the connection is made to what was checked, and so at every redirect. All of it, from
 * the name to the last byte, takes 5 seconds at most and 2 MB unpacked.
 */
export function createOutgoing({
  anywhere,
  allows = anywhere ? () => true : isPublicAddress,
  resolve = resolveName,
  timeoutMs = OUTGOING_TIMEOUT_MS,
}: OutgoingOptions): Outgoing {
  return {
    async get(address, headers) {
      const signal = AbortSignal.timeout(timeoutMs);
      const asking: Asking = { headers, anywhere, allows, resolve, signal };
      try {
        return await Promise.race([follow(address, asking), failingWith(signal)]);
      } catch (error) {
        return faultOf(error, signal);
      }
    },
  };
}

type Asking = Required<Pick<OutgoingOptions, 'anywhere' | 'allows' | 'resolve'>> & {
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
};

/** A resolver cannot be stopped, but need not be waited for. */
function failingWith(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Fault('timed_out')), { once: true });
  });
}

function faultOf(error: unknown, signal: AbortSignal): OutgoingFault {
  if (error instanceof Fault) return error.fault;
  if (signal.aborted) return 'timed_out';
  return error instanceof AddressRefused ? 'address_refused' : 'unreachable';
}

async function follow(first: string, asking: Asking): Promise<OutgoingAnswer> {
  let address = first;
  for (let redirects = 0; redirects <= OUTGOING_MAX_REDIRECTS; redirects += 1) {
    if (addressFault(address, asking) !== undefined) throw new Fault('address_refused');
    const url = new URL(address);
    const response = await ask(url, asking);
    const { statusCode: status = 0, headers } = response;
    if (![301, 302, 303, 307, 308].includes(status) || headers.location === undefined) {
      return { status, headers, body: await bodyOf(response) };
    }
    response.destroy();
    address = URL.parse(headers.location, url)?.href ?? '';
  }
  throw new Fault('too_many_redirects');
}

async function ask(url: URL, { headers, signal, ...rules }: Asking): Promise<IncomingMessage> {
  const addresses = await allowedAddresses(url.hostname, rules);
  const [first] = addresses;
  const lookup: LookupFunction = (_name, { all }, found) => {
    if (all === true) found(null, addresses);
    else found(null, first?.address ?? '', first?.family);
  };
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    // No agent: a connection that was kept for a name may lead elsewhere than what has just been checked.
    request(url, {
      agent: false,
      lookup,
      signal,
      headers: { 'accept-encoding': 'gzip, deflate, br', ...headers, 'connection': 'close' },
    })
      .once('response', resolve)
      .on('error', reject)
      .end();
  });
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of unpacked(response) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > OUTGOING_MAX_BYTES) throw new Fault('too_large');
      chunks.push(chunk);
    }
  } finally {
    response.destroy();
  }
  return Buffer.concat(chunks);
}

/** What was packed comes out piece by piece, so that a little which unpacks into much is stopped on the way. */
function unpacked(response: IncomingMessage): Readable {
  const unpack = unpackerOf(response.headers['content-encoding']);
  if (unpack === undefined) return response;
  response.once('error', (error) => unpack.destroy(error));
  return response.pipe(unpack);
}

function unpackerOf(encoding = 'identity') {
  switch (encoding.trim().toLowerCase()) {
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new Fault('unreachable');
  }
}
