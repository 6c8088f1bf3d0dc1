import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  ACCESS_TOKEN_MINUTES,
  REFRESH_GRACE_SECONDS,
  SESSION_IDLE_DAYS,
  SESSION_MAX_DAYS,
  findSession,
  listSessions,
  refreshSession,
  revokeSessions,
  startSession,
} from '#db/sessions.ts';
import { insertUser } from '#db/users.ts';
import type { UserId } from '#domain/ids.ts';
import { useOwnDatabase } from '../support/database.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const START = new Date('2026-05-01T12:00:00Z');
const after = (milliseconds: number): Date => new Date(START.getTime() + milliseconds);

describe('sessions', () => {
  const own = useOwnDatabase();
  const db = () => own().db;
  let userId: UserId;
  beforeEach(async () => {
    const email = `${randomUUID()}@example.org`;
    userId = (await insertUser(db(), { email, name: 'Ada', passwordHash: null })).id;
  });
  const signIn = () => startSession(db(), { userId, userAgent: 'test' }, START);

  describe('an access token', () => {
    it('speaks for its user and roles until it ends', async () => {
      const { token, sessionId, expiresAt } = await signIn();
      assert.equal(expiresAt, after(ACCESS_TOKEN_MINUTES * MINUTE).toISOString());
      const session = await findSession(db(), token, after(ACCESS_TOKEN_MINUTES * MINUTE - 1));
      assert.deepEqual(session, { userId, sessionId, roles: ['guest'], expiresAt });
      assert.equal(await findSession(db(), token, after(ACCESS_TOKEN_MINUTES * MINUTE)), undefined);
    });

    it('is not in the database, nor is the refresh token', async () => {
      const { token, refreshToken, sessionId } = await signIn();
      const rows: unknown[] = await db()('session_tokens').where({ session_id: sessionId });
      assert.equal(rows.length, 2);
      const text = JSON.stringify(rows, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
      );
      for (const secret of [token, refreshToken]) assert.ok(!text.includes(secret.slice(4)));
    });

    it('is no refresh token, nor the other way round', async () => {
      const { token, refreshToken } = await signIn();
      assert.equal(await refreshSession(db(), token, START), undefined);
      assert.equal(await findSession(db(), refreshToken, START), undefined);
    });
  });

  describe('a refresh token', () => {
    it('gives a new pair of the same session', async () => {
      const first = await signIn();
      const second = await refreshSession(db(), first.refreshToken, after(MINUTE));
      assert.equal(second?.sessionId, first.sessionId);
      assert.equal(second.userId, userId);
      assert.equal((await findSession(db(), second.token, after(MINUTE)))?.userId, userId);
    });

    it('may be asked again within the grace, for an answer that was lost', async () => {
      const { refreshToken } = await signIn();
      await refreshSession(db(), refreshToken, START);
      const again = await refreshSession(db(), refreshToken, after(REFRESH_GRACE_SECONDS * SECOND));
      assert.ok(again);
      assert.ok(await refreshSession(db(), again.refreshToken, after(MINUTE)));
    });

    it('that comes back after the grace ends the session with all its tokens', async () => {
      const first = await signIn();
      const second = await refreshSession(db(), first.refreshToken, START);
      assert.ok(second);
      const late = after(REFRESH_GRACE_SECONDS * SECOND + 1);
      assert.equal(await refreshSession(db(), first.refreshToken, late), undefined);
      for (const token of [first.token, second.token])
        assert.equal(await findSession(db(), token, late), undefined);
      assert.equal(await refreshSession(db(), second.refreshToken, late), undefined);
    });

    it('leaves the other sessions of its user alone when it comes back', async () => {
      const [stolen, other] = [await signIn(), await signIn()];
      await refreshSession(db(), stolen.refreshToken, START);
      await refreshSession(db(), stolen.refreshToken, after(MINUTE));
      assert.ok(await findSession(db(), other.token, after(MINUTE)));
    });

    it('used twice at the same moment gives two pairs, both good', async () => {
      const { refreshToken } = await signIn();
      const pairs = await Promise.all([1, 2].map(() => refreshSession(db(), refreshToken, START)));
      for (const pair of pairs) assert.ok(pair && (await findSession(db(), pair.token, START)));
    });

    it('ends when nobody has used it for long', async () => {
      const { refreshToken } = await signIn();
      assert.equal(await refreshSession(db(), refreshToken, after(SESSION_IDLE_DAYS * DAY)), undefined);
    });

    it('does not carry a session past its longest life', async () => {
      let { refreshToken } = await signIn();
      for (let day = 20; day < SESSION_MAX_DAYS; day += 20) {
        const pair = await refreshSession(db(), refreshToken, after(day * DAY));
        assert.ok(pair);
        ({ refreshToken } = pair);
      }
      const last = await refreshSession(db(), refreshToken, after(SESSION_MAX_DAYS * DAY - MINUTE));
      assert.equal(last?.expiresAt, after(SESSION_MAX_DAYS * DAY).toISOString());
      assert.equal(await refreshSession(db(), last.refreshToken, after(SESSION_MAX_DAYS * DAY)), undefined);
    });
  });

  describe('revoking', () => {
    it('ends one session and says which tokens to forget', async () => {
      const [here, there] = [await signIn(), await signIn()];
      const hashes = await revokeSessions(db(), { userId, sessionId: there.sessionId }, START);
      assert.equal(hashes?.length, 1);
      assert.equal(await findSession(db(), there.token, START), undefined);
      assert.equal(await refreshSession(db(), there.refreshToken, START), undefined);
      assert.ok(await findSession(db(), here.token, START));
    });

    it('ends all but one', async () => {
      const [here, ...others] = [await signIn(), await signIn(), await signIn()];
      await revokeSessions(db(), { userId, except: here.sessionId }, START);
      for (const { token } of others) assert.equal(await findSession(db(), token, START), undefined);
      const left = await listSessions(db(), { userId, before: undefined, limit: 10 }, START);
      assert.deepEqual(
        left.map(({ id }) => id),
        [here.sessionId],
      );
    });

    it('does not reach the session of somebody else (S1)', async () => {
      const { sessionId, token } = await signIn();
      const stranger = (
        await insertUser(db(), { email: `${randomUUID()}@example.org`, name: 'Eve', passwordHash: null })
      ).id;
      assert.equal(await revokeSessions(db(), { userId: stranger, sessionId }, START), undefined);
      assert.ok(await findSession(db(), token, START));
    });
  });

  it('that nobody can refresh any more are not listed', async () => {
    await signIn();
    const soon = await listSessions(db(), { userId, before: undefined, limit: 10 }, after(DAY));
    const late = await listSessions(
      db(),
      { userId, before: undefined, limit: 10 },
      after(SESSION_IDLE_DAYS * DAY),
    );
    assert.deepEqual([soon.length, late.length], [1, 0]);
  });
});
