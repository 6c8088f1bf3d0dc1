import assert from 'node:assert/strict';
import { MAX_FOLLOWED_BY_USER } from '#api/bookings/progress.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import type { BookingId, UserId } from '#domain/ids.ts';
import { aHeldBooking, aProperty } from '../db/stays-fixture.ts';
import { useLocalApi } from '../support/api.ts';
import { capturedLog } from '../support/captured-log.ts';
import { follow, stepsOf, subscribe } from '../support/event-stream.ts';
import type { EventStream } from '../support/event-stream.ts';
import { newPerson } from '../support/people.ts';
import type { Person } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';
import { codesOf, serveWithGraphql } from './graphql-fixture.ts';

describe('a stream of steps over HTTP', () => {
  const local = useLocalApi(ENDPOINTS);
  let guest: Person;
  let booking: BookingId;

  before(async () => {
    guest = await newPerson(local().url);
    booking = await aHeldBooking(local().db, await aProperty(local().db), guest.id as UserId);
  });

  const opened = (stream: EventStream) =>
    until('the first step is told', () => stream.told.length > 0 || stream.isOver);

  it('is left by whoever hangs up, and that is no complaint', async () => {
    const { log, lines } = capturedLog();
    await using api = await serveWithGraphql({ ...local().deps, log });
    const streams = [await follow(api.url, guest, booking), await follow(api.url, guest, booking)];
    for (const stream of streams) await opened(stream);
    assert.equal(api.progress.count, 2);
    await streams[0]?.[Symbol.asyncDispose]();
    await until('one has left', () => api.progress.count === 1);
    await streams[1]?.[Symbol.asyncDispose]();
    await until('nobody follows', () => api.progress.count === 0);
    assert.deepEqual(new Set(lines().map(({ msg }) => msg)), new Set(['request']));
  });

  it('is refused to whoever has as many as one may, and costs nothing once refused', async () => {
    await using api = await serveWithGraphql(local().deps);
    const streams: EventStream[] = [];
    for (let n = 0; n < MAX_FOLLOWED_BY_USER; n += 1) streams.push(await follow(api.url, guest, booking));
    for (const stream of streams) await opened(stream);
    const refused = await follow(api.url, guest, booking);
    await refused.ended();
    assert.deepEqual([stepsOf(refused), refused.isComplete], [['refused: rate_limited'], true]);
    assert.equal(refused.told[0].errors[0].extensions.limit, MAX_FOLLOWED_BY_USER);
    const stranger = await follow(api.url, await newPerson(local().url), booking);
    await stranger.ended();
    assert.deepEqual(stepsOf(stranger), ['refused: not_found']);
    assert.equal(api.progress.count, MAX_FOLLOWED_BY_USER);
    for (const stream of streams) await stream[Symbol.asyncDispose]();
  });

  it('ends with the server, and does not hold it up', async () => {
    const api = await serveWithGraphql(local().deps);
    const stream = await follow(api.url, guest, booking);
    await opened(stream);
    await api[Symbol.asyncDispose](); // It would wait for an open answer longer than the test does.
    await stream.ended();
    assert.deepEqual([stepsOf(stream), stream.isComplete], [['held', 'refused: unavailable'], true]);
  });

  it('is for those who take events', async () => {
    await using api = await serveWithGraphql(local().deps);
    const query = `subscription { bookingProgress(id: "${booking}") { status } }`;
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const response = await fetch(`${api.url}/graphql`, {
        method: 'POST',
        headers: { accept, 'content-type': 'application/json', 'authorization': `Bearer ${guest.token}` },
        body: JSON.stringify({ query }),
      });
      assert.deepEqual(codesOf(await response.json()), ['invalid_input'], accept);
    }
    await using anything = await subscribe(api.url, guest, { query, accept: '*/*' });
    await opened(anything);
    assert.deepEqual([anything.contentType, stepsOf(anything)], ['text/event-stream', ['held']]);
  });

  it('is one at a time in a query', async () => {
    await using api = await serveWithGraphql(local().deps);
    const query = `subscription {
      a: bookingProgress(id: "${booking}") { status } b: bookingProgress(id: "${booking}") { status } }`;
    const refused = await subscribe(api.url, guest, { query });
    await refused.ended();
    assert.deepEqual(stepsOf(refused), ['refused: invalid_input']);
    assert.equal(api.progress.count, 0);
  });
});
