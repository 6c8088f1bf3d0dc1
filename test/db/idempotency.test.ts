import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Db } from '#db/connect.ts';
import {
  abandonedResource,
  claim,
  dropOldKeys,
  findFinished,
  finish,
  onceOf,
  release,
  settle,
} from '#db/idempotency.ts';
import type { Once } from '#db/idempotency.ts';
import { insertUser } from '#db/users.ts';
import { isDomainError } from '#domain/errors.ts';
import type { ErrorCode } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import { useOwnDatabase } from '../support/database.ts';

const refusal = (code: ErrorCode) => (error: unknown) => isDomainError(error, code);

describe('idempotency keys', () => {
  const own = useOwnDatabase();
  const db = () => own().db;
  let userId: UserId;
  before(async () => {
    const email = `${randomUUID()}@example.org`;
    userId = (await insertUser(db(), { email, name: 'Ada', passwordHash: null })).id;
  });

  const call = (facts: Partial<Parameters<typeof onceOf>[0]> = {}): Once =>
    onceOf({ userId, key: randomUUID(), route: 'POST /bookings', body: { nights: 3 }, ...facts });
  /** The same call come in again. */
  const again = (once: Once): Once => ({ ...once, holder: randomUUID() });
  const claimIn = (pool: Db, once: Once, resourceId: string) =>
    pool.transaction((trx) => claim(trx, once, resourceId));
  const expire = (once: Once) =>
    db()('idempotency_keys')
      .where({ key: once.key })
      .update({ lease_until: db().raw(`clock_timestamp() - interval '1 ms'`) });

  it('are free before their first call', async () => {
    assert.equal(await findFinished(db(), call()), undefined);
  });

  it('keep the resource and the status of a finished call (M23)', async () => {
    const once = call();
    assert.deepEqual(await claimIn(db(), once, 'bkg_1'), { fresh: true, resourceId: 'bkg_1' });
    await finish(db(), once, 201);
    assert.deepEqual(await findFinished(db(), again(once)), { resourceId: 'bkg_1', status: 201 });
  });

  it('belong to their user: another one may use the same key (M23)', async () => {
    const once = call();
    await claimIn(db(), once, 'bkg_1');
    const email = `${randomUUID()}@example.org`;
    const other = await insertUser(db(), { email, name: 'Bob', passwordHash: null });
    const theirs = { ...again(once), userId: other.id };
    assert.equal(await findFinished(db(), theirs), undefined);
    assert.equal((await claimIn(db(), theirs, 'bkg_2')).resourceId, 'bkg_2');
  });

  it('refuse another body and another route (M23)', async () => {
    const once = call();
    await claimIn(db(), once, 'bkg_1');
    for (const other of [
      call({ key: once.key, body: { nights: 4 } }),
      call({ key: once.key, route: 'POST /payments' }),
    ]) {
      await assert.rejects(findFinished(db(), other), refusal('idempotency_key_reused'));
      await assert.rejects(claimIn(db(), other, 'bkg_2'), refusal('idempotency_key_reused'));
    }
  });

  it('take a body for the same however its fields are ordered', () => {
    const [one, other] = [
      call({ body: { a: 1, b: { c: [1], d: null } } }),
      call({ body: { b: { d: null, c: [1] }, a: 1 } }),
    ];
    assert.ok(one.bodyHash.equals(other.bodyHash));
    assert.ok(!one.bodyHash.equals(call({ body: { a: 1, b: { c: ['1'], d: null } } }).bodyHash));
  });

  it('say that a call is still running (M23)', async () => {
    const once = call();
    await claimIn(db(), once, 'bkg_1');
    await assert.rejects(findFinished(db(), again(once)), refusal('idempotency_in_progress'));
    await assert.rejects(claimIn(db(), again(once), 'bkg_2'), refusal('idempotency_in_progress'));
  });

  it('are claimed by one of twenty calls at once (M23)', async () => {
    const once = call();
    const claims = Array.from({ length: 20 }, (_, n) => claimIn(db(), again(once), `bkg_${n}`));
    const results = await Promise.allSettled(claims);
    const [winner, ...more] = results.filter((result) => result.status === 'fulfilled');
    assert.equal(more.length, 0);
    assert.equal(winner?.value.fresh, true);
    for (const result of results) {
      if (result.status === 'rejected') assert.ok(refusal('idempotency_in_progress')(result.reason));
    }
  });

  it('are free again when the transaction that claimed them is undone', async () => {
    const once = call();
    const undone = db().transaction(async (trx) => {
      await claim(trx, once, 'bkg_1');
      throw new Error('undone');
    });
    await assert.rejects(undone, /undone/);
    assert.equal((await claimIn(db(), again(once), 'bkg_2')).fresh, true);
  });

  it('pass to an heir, with their resource, when the lease of a dead call has lapsed (M24)', async () => {
    const [dead, heir] = [call(), call()];
    Object.assign(heir, { key: dead.key });
    await claimIn(db(), dead, 'bkg_1');
    assert.equal(await abandonedResource(db(), heir), undefined);
    await expire(dead);
    assert.equal(await findFinished(db(), heir), undefined);
    assert.equal(await abandonedResource(db(), heir), 'bkg_1');
    assert.deepEqual(await claimIn(db(), heir, 'bkg_2'), { fresh: false, resourceId: 'bkg_1' });
    await assert.rejects(findFinished(db(), again(dead)), refusal('idempotency_in_progress'));
  });

  it('are neither finished nor released by one who was taken for dead (M24)', async () => {
    const late = call();
    await claimIn(db(), late, 'bkg_1');
    await expire(late);
    const heir = again(late);
    await claimIn(db(), heir, 'bkg_2');
    await release(db(), late);
    await finish(db(), late, 409);
    await assert.rejects(findFinished(db(), again(late)), refusal('idempotency_in_progress'));
    await finish(db(), heir, 201);
    assert.equal((await findFinished(db(), again(late)))?.status, 201);
  });

  it('need not wait for the lease of a call that broke', async () => {
    const once = call();
    await claimIn(db(), once, 'bkg_1');
    await release(db(), once);
    assert.deepEqual(await claimIn(db(), again(once), 'bkg_2'), { fresh: false, resourceId: 'bkg_1' });
  });

  it('turn a 202 into the status it came to, and nothing else', async () => {
    for (const [first, then] of [
      [202, 201],
      [402, 402],
    ] as const) {
      const once = call();
      await claimIn(db(), once, 'bkg_1');
      await finish(db(), once, first);
      await settle(db(), once, 201);
      assert.equal((await findFinished(db(), again(once)))?.status, then);
    }
  });

  it('are forgotten after a week', async () => {
    const [old, young] = [call(), call()];
    for (const once of [old, young]) {
      await claimIn(db(), once, 'bkg_1');
      await finish(db(), once, 201);
    }
    const aged = db()('idempotency_keys').where({ key: old.key });
    await aged.update({ created_at: db().raw(`clock_timestamp() - interval '7 days 1 minute'`) });
    assert.ok((await dropOldKeys(db())) >= 1);
    assert.equal(await findFinished(db(), again(old)), undefined);
    assert.equal((await findFinished(db(), again(young)))?.status, 201);
  });
});
