import { createHash } from 'node:crypto';
import { findSession } from '#db/sessions.ts';
import type { LiveSession } from '#db/sessions.ts';
import { DomainError } from '#domain/errors.ts';
import { isOperator } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import type { ApiDeps } from '../deps.ts';
import type { Auth } from '../endpoint.ts';

/** How long a revoked token may still pass where Redis was out of reach when it was revoked. */
export const SESSION_CACHE_SECONDS = 2;
/** Ours have 47 characters. Whatever is longer is not worth hashing. */
const MAX_TOKEN_LENGTH = 100;

type SessionDeps = Pick<ApiDeps, 'db' | 'cache' | 'now'>;

/** The cache key of an access token's look-up, by the token's hash: Redis never sees a token. */
export function sessionCacheKey(tokenHash: Buffer): string {
  return `session:${tokenHash.toString('base64url')}`;
}

function unauthenticated(message: string): DomainError {
  return new DomainError('unauthenticated', message);
}

async function lookUp(token: string, { db, cache, now }: SessionDeps): Promise<LiveSession | undefined> {
  const key = sessionCacheKey(createHash('sha256').update(token).digest());
  const cached = await cache.get(key);
  if (cached !== null) {
    const session = JSON.parse(cached) as LiveSession;
    return Date.parse(session.expiresAt) > now().getTime() ? session : undefined;
  }
  const session = await findSession(db, token, now());
  if (session !== undefined) await cache.set(key, JSON.stringify(session), SESSION_CACHE_SECONDS);
  return session;
}

/** The actor of an `Authorization` header; undefined without one. A token that is no good is refused, never ignored. */
export async function actorOf(
  authorization: string | undefined,
  deps: SessionDeps,
): Promise<Actor | undefined> {
  if (authorization === undefined) return undefined;
  const token = /^Bearer +([!-~]+)$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > MAX_TOKEN_LENGTH) {
    throw unauthenticated('The Authorization header must read: Bearer <token>.');
  }
  const session = await lookUp(token, deps);
  if (session === undefined) throw unauthenticated('This token is unknown or has ended. Sign in or refresh.');
  return { id: session.userId, sessionId: session.sessionId, roles: session.roles };
}

/** Holds an endpoint's `auth` against who is asking. @throws DomainError `unauthenticated`, `forbidden` */
export function admit(auth: Auth, actor: Actor | undefined): Actor | undefined {
  if (actor === undefined && (auth === 'user' || auth === 'operator')) {
    throw unauthenticated('This needs a signed-in user.');
  }
  if (auth === 'operator' && !isOperator(actor)) {
    throw new DomainError('forbidden', 'This needs an operator.');
  }
  return auth === 'none' ? undefined : actor;
}

/** Who asks an endpoint. One for everybody does not look, and nobody is known at once. */
export function authenticate(
  auth: Auth,
  authorization: string | undefined,
  deps: SessionDeps,
): Actor | Promise<Actor | undefined> | undefined {
  if (auth === 'none' || authorization === undefined) return admit(auth, undefined);
  return actorOf(authorization, deps).then((actor) => admit(auth, actor));
}
