import { z } from 'zod';
import { listSessions, refreshSession, revokeSessions, startSession } from '#db/sessions.ts';
import { findUser, findUserByEmail, replacePasswordHash } from '#db/users.ts';
import type { UserRow } from '#db/users.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { SessionId, UserId } from '#domain/ids.ts';
import { decodeCursor, page } from '../cursors.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { sessionCacheKey } from '../middleware/authenticate.ts';
import { countSignIn } from '../middleware/rate-limit.ts';
import { created, noContent, ok } from '../replies.ts';
import { IdOf, PageQuery, pageOf } from '../schemas.ts';
import { presentSession, presentSignIn } from './presenter.ts';
import { Credentials, Refresh, Session, SignedIn } from './schemas.ts';

/** The user these credentials belong to. The answer, and the time it takes, is the same for whatever is wrong with them. */
async function userWith({ email, password }: z.output<typeof Credentials>, deps: ApiDeps): Promise<UserRow> {
  const { db, passwords } = deps;
  const user = await findUserByEmail(db, email);
  const known = user?.password_hash ?? null;
  const isRight = await passwords.verify(known, password);
  if (user === undefined || known === null || !isRight) {
    throw new DomainError('unauthenticated', 'The mail address or the password is not right.');
  }
  if (passwords.isOutdated(known)) {
    await replacePasswordHash(db, user.id, { old: known, new: await passwords.hash(password) });
  }
  return user;
}

export const signIn = endpoint({
  method: 'post',
  path: '/sessions',
  auth: 'none',
  limit: 'sign_in',
  summary: 'Sign in',
  input: Credentials,
  output: { 201: SignedIn },
  problems: ['unauthenticated'],
  async handle({ input, request, ...deps }) {
    await countSignIn(input.email, deps.rateLimits);
    const user = await userWith(input, deps);
    const { userAgent } = request;
    const pair = await startSession(deps.db, { userId: user.id, userAgent }, deps.now());
    return created(presentSignIn(pair, user), { location: `/sessions/${pair.sessionId}` });
  },
});

export const refresh = endpoint({
  method: 'post',
  path: '/sessions/refresh',
  auth: 'none',
  summary: 'Exchange a refresh token for a new pair',
  description:
    'Each refresh token is good once, and for ten seconds more in case the answer was lost. One that comes back later ends the session.',
  input: Refresh,
  output: { 201: SignedIn },
  problems: ['unauthenticated'],
  async handle({ input, db, now }) {
    const pair = await refreshSession(db, input.refreshToken, now());
    const user = pair && (await findUser(db, pair.userId));
    if (pair === undefined || user === undefined) {
      throw new DomainError('unauthenticated', 'This refresh token is unknown or has ended. Sign in.');
    }
    return created(presentSignIn(pair, user));
  },
});

export const listOwnSessions = endpoint({
  method: 'get',
  path: '/sessions',
  auth: 'user',
  summary: 'List your sessions, the newest first',
  query: PageQuery,
  output: { 200: pageOf(Session) },
  async handle({ query, actor, db, now }) {
    const before = decodeCursor(IdOf('session'), query.cursor);
    const rows = await listSessions(db, { userId: actor.id, before, limit: query.limit + 1 }, now());
    return ok(
      page(rows, query.limit, {
        present: (row) => presentSession(row, actor.sessionId),
        positionOf: ({ id }) => id,
      }),
    );
  },
});

/** Ends sessions, and makes the caches forget their tokens before that is answered. */
async function end(
  which: { userId: UserId; sessionId?: SessionId },
  { db, cache, now }: ApiDeps,
): Promise<void> {
  const tokens = await revokeSessions(db, which, now());
  if (tokens === undefined) throw notFound('session');
  await cache.drop(tokens.map(sessionCacheKey));
}

export const signOut = endpoint({
  method: 'delete',
  path: '/sessions/current',
  auth: 'user',
  summary: 'Sign out',
  output: { 204: null },
  async handle({ actor, ...deps }) {
    await end({ userId: actor.id, sessionId: actor.sessionId }, deps);
    return noContent();
  },
});

export const endSession = endpoint({
  method: 'delete',
  path: '/sessions/{id}',
  auth: 'user',
  summary: 'End one of your sessions',
  params: z.strictObject({ id: IdOf('session') }),
  output: { 204: null },
  problems: ['not_found'],
  async handle({ params, actor, ...deps }) {
    await end({ userId: actor.id, sessionId: params.id }, deps);
    return noContent();
  },
});

export const signOutEverywhere = endpoint({
  method: 'delete',
  path: '/sessions',
  auth: 'user',
  summary: 'End all your sessions, this one too',
  output: { 204: null },
  async handle({ actor, ...deps }) {
    await end({ userId: actor.id }, deps);
    return noContent();
  },
});

export const sessionEndpoints = [signIn, refresh, listOwnSessions, signOut, endSession, signOutEverywhere];
