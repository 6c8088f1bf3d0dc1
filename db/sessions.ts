import { createHash, randomBytes } from 'node:crypto';
import type { SessionId, UserId } from '#domain/ids.ts';
import type { Role } from '#domain/permissions.ts';
import type { Db, Transaction } from './connect.ts';
import { newId } from './ids.ts';

export const ACCESS_TOKEN_MINUTES = 60;
/** A session that is not refreshed for so long has ended. */
export const SESSION_IDLE_DAYS = 30;
/** However busy, a session ends after this. */
export const SESSION_MAX_DAYS = 90;
/** A refresh whose answer was lost may be asked again so long after; later it is taken for a thief's. */
export const REFRESH_GRACE_SECONDS = 10;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export interface TokenPair {
  token: string;
  refreshToken: string;
  /** When `token` ends. */
  expiresAt: string;
}

/** What an access token proves. */
export interface LiveSession {
  userId: UserId;
  sessionId: SessionId;
  roles: Role[];
  expiresAt: string;
}

export interface SessionRow {
  id: SessionId;
  user_agent: string | null;
  created_at: string;
  refreshed_at: string;
}

/** Tokens are 256 bits of chance, so one round of SHA-256 is all the hiding they need. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** `startedAt` is the session's: no token outlives the session. */
async function issuePair(
  trx: Transaction,
  sessionId: SessionId,
  at: { now: Date; startedAt: Date },
): Promise<TokenPair> {
  const end = at.startedAt.getTime() + SESSION_MAX_DAYS * DAY_MS;
  const until = (milliseconds: number): string =>
    new Date(Math.min(at.now.getTime() + milliseconds, end)).toISOString();
  const token = `sta_${randomBytes(32).toString('base64url')}`;
  const refreshToken = `str_${randomBytes(32).toString('base64url')}`;
  const expiresAt = until(ACCESS_TOKEN_MINUTES * MINUTE_MS);
  await trx('session_tokens').insert([
    { hash: hashOfToken(token), session_id: sessionId, kind: 'access', expires_at: expiresAt },
    {
      hash: hashOfToken(refreshToken),
      session_id: sessionId,
      kind: 'refresh',
      expires_at: until(SESSION_IDLE_DAYS * DAY_MS),
    },
  ]);
  return { token, refreshToken, expiresAt };
}

/** Signs a user in. */
export function startSession(
  db: Db,
  user: { userId: UserId; userAgent: string | undefined },
  now: Date,
): Promise<TokenPair & { sessionId: SessionId }> {
  return db.transaction(async (trx) => {
    const sessionId = newId('session');
    await trx('sessions').insert({
      id: sessionId,
      user_id: user.userId,
      user_agent: user.userAgent ?? null,
      created_at: now.toISOString(),
      refreshed_at: now.toISOString(),
    });
    return { sessionId, ...(await issuePair(trx, sessionId, { now, startedAt: now })) };
  });
}

interface TokenRow {
  user_id: UserId;
  session_id: SessionId;
  roles: Role[];
  expires_at: string;
}

/** Whom an access token speaks for; undefined when it is unknown, over or revoked. */
export async function findSession(db: Db, token: string, now: Date): Promise<LiveSession | undefined> {
  const row = await db('session_tokens')
    .join('sessions', 'sessions.id', 'session_tokens.session_id')
    .join('users', 'users.id', 'sessions.user_id')
    .where({ hash: hashOfToken(token), kind: 'access', revoked_at: null })
    .where('expires_at', '>', now.toISOString())
    .first<TokenRow | undefined>('user_id', 'session_id', 'roles', 'expires_at');
  return (
    row && { userId: row.user_id, sessionId: row.session_id, roles: row.roles, expiresAt: row.expires_at }
  );
}

interface RefreshRow {
  session_id: SessionId;
  user_id: UserId;
  created_at: string;
  used_at: string | null;
}

/**
 * Exchanges a refresh token for a fresh pair. Each is good once, and a few seconds more for a lost answer; one that
 * comes back later has been copied, and the whole session ends. Undefined when the token is no good (any more).
 */
export function refreshSession(
  db: Db,
  refreshToken: string,
  now: Date,
): Promise<(TokenPair & { userId: UserId; sessionId: SessionId }) | undefined> {
  const hash = hashOfToken(refreshToken);
  return db.transaction(async (trx) => {
    const row = await trx('session_tokens')
      .join('sessions', 'sessions.id', 'session_tokens.session_id')
      .where({ hash, kind: 'refresh', revoked_at: null })
      .where('expires_at', '>', now.toISOString())
      .forUpdate()
      .first<RefreshRow | undefined>('session_id', 'user_id', 'created_at', 'used_at');
    if (row === undefined) return undefined;
    const { session_id: sessionId, user_id: userId } = row;
    if (row.used_at !== null && now.getTime() - Date.parse(row.used_at) > REFRESH_GRACE_SECONDS * 1000) {
      await trx('sessions').where({ id: sessionId }).update({ revoked_at: now.toISOString() });
      return undefined;
    }
    await trx('session_tokens').where({ hash }).whereNull('used_at').update({ used_at: now.toISOString() });
    await trx('session_tokens')
      .where({ session_id: sessionId })
      .where('expires_at', '<', now.toISOString())
      .delete();
    await trx('sessions').where({ id: sessionId }).update({ refreshed_at: now.toISOString() });
    const pair = await issuePair(trx, sessionId, { now, startedAt: new Date(row.created_at) });
    return { userId, sessionId, ...pair };
  });
}

/** Sessions that can still be refreshed, the newest first, from after `before` on. */
export function listSessions(
  db: Db,
  page: { userId: UserId; before: SessionId | undefined; limit: number },
  now: Date,
): Promise<SessionRow[]> {
  const sessions = db('sessions')
    .where({ user_id: page.userId, revoked_at: null })
    .whereRaw('exists (select from session_tokens t where t.session_id = sessions.id and t.expires_at > ?)', [
      now.toISOString(),
    ])
    .orderBy('id', 'desc')
    .limit(page.limit);
  if (page.before !== undefined) void sessions.where('id', '<', page.before);
  return sessions.select<SessionRow[]>('id', 'user_agent', 'created_at', 'refreshed_at');
}

/**
 * Ends sessions of a user: one, or all but `except`. Returns the hashes of their access tokens, whose cached look-ups
 * the caller is to drop; undefined when there was no such session.
 */
export function revokeSessions(
  db: Db,
  which: { userId: UserId; sessionId?: SessionId; except?: SessionId },
  now: Date,
): Promise<Buffer[] | undefined> {
  return db.transaction(async (trx) => {
    const ended = trx('sessions').where({ user_id: which.userId, revoked_at: null });
    if (which.sessionId !== undefined) void ended.where({ id: which.sessionId });
    if (which.except !== undefined) void ended.whereNot({ id: which.except });
    const rows = await ended.update({ revoked_at: now.toISOString() }).returning<{ id: SessionId }[]>('id');
    if (rows.length === 0) return undefined;
    return trx('session_tokens')
      .whereIn(
        'session_id',
        rows.map(({ id }) => id),
      )
      .where({ kind: 'access' })
      .pluck<Buffer[]>('hash');
  });
}
