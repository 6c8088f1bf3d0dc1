import assert from 'node:assert/strict';
import { chain, numberEvents } from '#activities/outbox.ts';
import type { Following, Step } from '#api/bookings/following.ts';
import { MAX_FOLLOWED, MAX_FOLLOWED_BY_USER, Progress } from '#api/bookings/progress.ts';
import { lockBooking, moveBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import { connect } from '#db/connect.ts';
import { noteBank, openPayment } from '#db/payments.ts';
import type { PropertyRow } from '#db/properties.ts';
import { readUnnumbered, writeLinks } from '#db/relay.ts';
import { inTransaction } from '#db/transaction.ts';
import type { BookingStatus } from '#domain/bookings.ts';
import { isDomainError } from '#domain/errors.ts';
import type { BookingId, UserId } from '#domain/ids.ts';
import type { PaymentStatus } from '#domain/payments.ts';
import { NOW, aHeldBooking, aProperty, aUser } from '../db/stays-fixture.ts';
import { capturedLog } from '../support/captured-log.ts';
import { useOwnDatabase } from '../support/database.ts';
import { until } from '../support/virtual-time.ts';

describe('the progress of bookings', () => {
  const own = useOwnDatabase();
  const { log, lines } = capturedLog();
  let property: PropertyRow;
  let guestId: UserId;

  before(async () => {
    property = await aProperty(own().db);
    guestId = await aUser(own().db);
  });

  async function held(): Promise<BookingId> {
    const id = await aHeldBooking(own().db, property, guestId);
    await own().db('bookings').where({ id }).update({ total_minor: 100_00 });
    await inTransaction(own().db, async (trx) => openPayment(trx, await lockBooking(trx, id)));
    return id;
  }

  async function make(id: BookingId, ...made: (BookingStatus | { payment: PaymentStatus })[]): Promise<void> {
    for (const step of made) {
      await inTransaction(own().db, async (trx) => {
        const booking = await lockBooking(trx, id);
        if (typeof step !== 'string') {
          await noteBank(trx, { booking, atBank: intentOf(booking, step.payment), at: NOW });
          return;
        }
        const set = FACTS_OF[step] ?? {};
        await moveBooking(trx, booking, { to: step, at: NOW, actorId: 'system', set });
      });
    }
  }

  /** Steps that are made, and then numbered as the relay would. */
  async function steps(...made: Parameters<typeof make>): Promise<void> {
    await make(...made);
    while ((await numberEvents(own().db)) > 0);
  }

  /** What a booking has to say when it takes a step. */
  const FACTS_OF: Partial<Record<BookingStatus, Partial<BookingRow>>> = {
    cancelled: { cancelledBy: 'guest', cancelledAt: NOW, refundMinor: 0 },
    awaiting_host: { bookingMode: 'request', respondBy: NOW },
  };

  /** Numbers the oldest event that has no number, as a relay would that comes just then. */
  async function numberOne(): Promise<number> {
    return inTransaction(own().db, async (trx) => {
      const { events, last } = await readUnnumbered(trx, 1);
      await writeLinks(trx, chain(events, last));
      return events.length;
    });
  }

  const intentOf = ({ id, totalMinor, currency }: BookingRow, status: PaymentStatus) => ({
    id: `pi_${id}`,
    status,
    amountMinor: totalMinor,
    currency,
  });

  const said = ({ booking, payment, isPast }: Step): string =>
    `${isPast ? 'was ' : ''}${booking.status} ${payment?.status}`;

  async function next(following: Following, count: number): Promise<string[]> {
    const told: string[] = [];
    while (told.length < count) {
      const step = await following.next();
      assert.ok(step !== undefined, `it ended after ${told.join(', ')}`);
      told.push(said(step));
    }
    return told;
  }

  it('tells each step to whoever follows that booking, and to nobody else', async () => {
    await using progress = new Progress({ db: own().db, log });
    const [mine, other] = [await held(), await held()];
    const following = await progress.follow(mine, guestId);
    const elsewhere = await progress.follow(other, guestId);
    await steps(mine, 'confirmed');
    assert.deepEqual(await next(following, 1), ['confirmed pending']);
    await steps(other, 'expired');
    await steps(mine, 'cancelled');
    assert.deepEqual(await next(elsewhere, 1), ['expired pending']);
    assert.deepEqual(await next(following, 1), ['cancelled pending']);
  });

  it('tells steps that are past by then as they were, before the one that is', async () => {
    await using progress = new Progress({ db: own().db, log });
    const id = await held();
    const following = await progress.follow(id, guestId);
    await steps(id, { payment: 'requires_action' }, 'awaiting_host', 'confirmed', 'in_stay', 'completed');
    assert.deepEqual(await next(following, 4), [
      'was awaiting_host reserved',
      'was confirmed requires_action',
      'was in_stay requires_action',
      'completed requires_action',
    ]);
  });

  it('tells what only the payment has done', async () => {
    await using progress = new Progress({ db: own().db, log });
    const id = await held();
    const following = await progress.follow(id, guestId);
    await steps(id, { payment: 'requires_action' });
    assert.deepEqual(await next(following, 1), ['held requires_action']);
    await steps(id, { payment: 'processing' }, { payment: 'processing' });
    assert.deepEqual(await next(following, 1), ['held processing']);
  });

  it('tells every step although the booking is ahead of its events', async () => {
    await using progress = new Progress({ db: own().db, log });
    const id = await held();
    const following = await progress.follow(id, guestId);
    await make(id, { payment: 'requires_action' }, 'awaiting_host', 'confirmed', 'cancelled');
    let looks = 0;
    const onResponse = (_: unknown, { sql }: { sql: string }) => {
      if (sql.includes('from events where seq >')) looks += 1;
    };
    own().db.on('query-response', onResponse);
    while ((await numberOne()) > 0) {
      const before = looks;
      await until('the reader has looked again, and again', () => looks >= before + 2);
    }
    own().db.off('query-response', onResponse);
    const told: string[] = [];
    for (let step; (step = await following.next()) !== undefined;) told.push(said(step));
    assert.deepEqual(told, [
      'was awaiting_host reserved',
      'was confirmed requires_action',
      'cancelled requires_action',
    ]);
  });

  it('begins with the booking as it is, and repeats nothing that its events tell later', async () => {
    await using progress = new Progress({ db: own().db, log });
    const id = await held();
    await make(id, 'awaiting_host', 'confirmed');
    const following = await progress.follow(id, guestId);
    assert.equal(said(following.known), 'confirmed pending');
    await steps(id, { payment: 'processing' }, 'in_stay', 'completed');
    assert.deepEqual(await next(following, 2), ['was in_stay processing', 'completed processing']);
    assert.equal(await following.next(), undefined);
  });

  it('reads a step once, however many follow', async () => {
    await using progress = new Progress({ db: own().db, log });
    const id = await held();
    const users = await Promise.all([1, 2, 3, 4].map(() => aUser(own().db)));
    const followings = await Promise.all(
      users.flatMap((userId) =>
        Array.from({ length: MAX_FOLLOWED_BY_USER }, () => progress.follow(id, userId)),
      ),
    );
    const reads: string[] = [];
    const onQuery = ({ sql }: { sql: string }) => {
      if (/^select .* from "(?:bookings|payments)" where .* in /.test(sql)) reads.push(sql);
    };
    own().db.on('query', onQuery);
    await steps(id, 'confirmed');
    for (const following of followings) assert.deepEqual(await next(following, 1), ['confirmed pending']);
    own().db.off('query', onQuery);
    assert.equal(reads.length, 2, reads.join('\n')); // The booking and its payment.
  });

  it('asks nothing while nobody follows', async () => {
    await using progress = new Progress({ db: own().db, log });
    const id = await held();
    let begun = 0;
    const onQuery = ({ sql }: { sql: string }) => {
      if (sql.includes('max(seq)')) begun += 1;
    };
    own().db.on('query', onQuery);
    (await progress.follow(id, guestId)).end();
    // Only a reader that has stopped begins anew.
    await until('the reader has stopped', async () => {
      (await progress.follow(id, guestId)).end();
      return begun === 2;
    });
    own().db.off('query', onQuery);
    assert.equal(progress.count, 0);
  });

  it('misses no step while the database cannot be had', async () => {
    const db = connect({ databaseUrl: own().url, applicationName: 'cut off' });
    await using progress = new Progress({ db, log });
    const id = await held();
    const following = await progress.follow(id, guestId);
    const warned = lines().length;
    const elsewhere = new URL(own().url);
    const name = elsewhere.pathname.slice(1);
    elsewhere.pathname = '/postgres';
    const server = connect({ databaseUrl: elsewhere.href, poolSize: 1 });
    const isLetIn = (yes: boolean) => server.raw(`alter database ${name} allow_connections ${yes}`);
    await isLetIn(false);
    await own().db.raw(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut off'`,
    );
    await steps(id, 'confirmed');
    await until('the reader has met the outage', () => lines().length > warned);
    await steps(id, 'in_stay');
    await isLetIn(true);
    assert.deepEqual(await next(following, 2), ['was confirmed pending', 'in_stay pending']);
    assert.match(JSON.stringify(lines().at(-1)), /cannot follow bookings/);
    await progress[Symbol.asyncDispose]();
    await Promise.all([db.destroy(), server.destroy()]);
  });

  it(`lets a user follow ${MAX_FOLLOWED_BY_USER} at once, and not one more`, async () => {
    await using progress = new Progress({ db: own().db, log });
    const id = await held();
    const mine = [];
    for (let n = 0; n < MAX_FOLLOWED_BY_USER; n += 1) mine.push(await progress.follow(id, guestId));
    await assert.rejects(progress.follow(id, guestId), (error) => isDomainError(error, 'rate_limited'));
    await progress.follow(id, property.hostId);
    mine[0]?.end();
    mine[0]?.end(); // Once is enough, and twice no more.
    await progress.follow(id, guestId);
    await assert.rejects(progress.follow(id, guestId), (error) => isDomainError(error, 'rate_limited'));
    assert.equal(progress.count, MAX_FOLLOWED_BY_USER + 1);
  });

  it(`lets ${MAX_FOLLOWED} be followed at once, and not one more`, async () => {
    await using progress = new Progress({ db: own().db, log });
    const id = await held();
    const followings: Following[] = [];
    while (followings.length < MAX_FOLLOWED) {
      const userId = `usr_${followings.length}` as UserId;
      const theirs = Array.from({ length: MAX_FOLLOWED_BY_USER }, () => progress.follow(id, userId));
      followings.push(...(await Promise.all(theirs)));
    }
    await assert.rejects(progress.follow(id, guestId), (error) => isDomainError(error, 'unavailable'));
    followings[0]?.end();
    await progress.follow(id, guestId);
  });

  it('ends for whoever has followed for long, with a reason', async () => {
    await using progress = new Progress({ db: own().db, log, longestMs: 1 });
    const following = await progress.follow(await held(), guestId);
    await assert.rejects(following.next(), (error) => isDomainError(error, 'unavailable'));
    assert.equal(progress.count, 0);
  });

  it('keeps for a slow one a step of each status, and what the payment is by then', async () => {
    await using progress = new Progress({ db: own().db, log });
    const id = await held();
    const [slow, quick] = [await progress.follow(id, guestId), await progress.follow(id, guestId)];
    for (const payment of ['requires_action', 'processing', 'requires_action', 'processing'] as const) {
      await steps(id, { payment });
      await next(quick, 1);
    }
    await steps(id, 'confirmed');
    await next(quick, 1);
    assert.deepEqual(await next(slow, 2), ['held processing', 'confirmed processing']);
  });

  it('ends for all with a reason when it stops, and takes nobody on', async () => {
    const progress = new Progress({ db: own().db, log });
    const id = await held();
    const followings = [await progress.follow(id, guestId), await progress.follow(id, property.hostId)];
    const goodbyes = followings.map((following) =>
      assert.rejects(
        following.next(),
        (error) => isDomainError(error, 'unavailable') && error.details.retryAfterSeconds === 1,
      ),
    );
    await progress[Symbol.asyncDispose]();
    await Promise.all(goodbyes);
    await assert.rejects(progress.follow(id, guestId), (error) => isDomainError(error, 'unavailable'));
    assert.equal(progress.count, 0);
  });
});
