import assert from 'node:assert/strict';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { after, afterEach, before, describe, it } from 'mocha';
import { openDoctor } from '#bin/examination.ts';
import { readConfig } from '#config';
import type { Stay } from '#domain/nights.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { startThrowAwayStack } from '#dev/stack/throw-away.ts';
import { Composed, workerServices } from '../support/composed.ts';
import { World } from '../support/journeys.ts';
import { inDays, newPerson, newProperty, Person, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { ask, nothingIsLeftOver, race } from '../support/race.ts';
import type { Asked } from '../support/race.ts';
import { until } from '../support/virtual-time.ts';
import { Evidence } from './crash/evidence.ts';

const GUESTS = 50;
const RACES = 3;
const START_MS = 600_000;
const LONG_MS = 120_000;
/** Long enough to be seen leaving, on a busy machine too. */
const DRAIN_SECONDS = 4;
const CREATE_INTENT = { method: 'POST', path: '/v1/payment_intents' };

describe('two APIs and two workers of each kind, started as docker-compose.yml says', function () {
  this.timeout(LONG_MS);
  const composed = new Composed({ settings: { DRAIN_SECONDS: String(DRAIN_SECONDS) } });
  const opened = new AsyncDisposableStack();
  let stack: Stack;
  let world: World;
  let evidence: Evidence;
  let host: Person;
  /** Every other one at the other API. */
  let guests: Person[];

  before('start them', async function () {
    this.timeout(START_MS);
    stack = opened.use(await startThrowAwayStack({ recipes: composed.recipes }));
    world = opened.adopt(new World(stack), (open) => open.close());
    evidence = opened.use(new Evidence(stack));
    host = await newPerson(stack.addresses.api, 'Helen Host');
    guests = await Promise.all(Array.from({ length: GUESTS }, (_, n) => newPerson(api(n % 2), `Guest ${n}`)));
  });
  afterEach('heal the bank, and bring back who was stopped', async () => {
    await world.bank.heal();
    const names = [...workerServices(), 'api'].flatMap((service) => composed.copiesOf(service));
    await Promise.all(names.map((name) => stack.part(name).release()));
  });
  after('stop them', async function () {
    this.timeout(START_MS);
    await opened[Symbol.asyncDispose]();
  });

  function api(n: number): string {
    const url = composed.apis[n];
    assert.ok(url !== undefined, `there is no API ${n}`);
    return url;
  }

  const guest = (n: number): Person => {
    const found = guests[n];
    assert.ok(found !== undefined);
    return found;
  };

  /** Stops one copy of each service as `docker compose stop` would, and tells how each has ended. */
  const stopFirstOf = (services: string[]) =>
    Promise.all(services.map((service) => stack.part(`${service}-1`).hold('SIGTERM')));

  it('takes a booking through each, which the other then shows', async () => {
    for (const n of [0, 1]) {
      const property = await newProperty(host);
      const booking = await guest(n).must(
        201,
        guest(n).post('/bookings', stayRequest({ propertyId: property.id })),
      );
      assert.equal(booking.status, 'confirmed');
      const response = await fetch(`${api(1 - n)}/bookings/${booking.id}`, {
        headers: { authorization: `Bearer ${guest(n).token ?? ''}` },
      });
      assert.equal(response.status, 200);
      assert.equal(((await response.json()) as { status: string }).status, 'confirmed');
    }
  });

  it('gives a repeated request the same booking, whichever of them is asked', async () => {
    const property = await newProperty(host);
    const request = stayRequest({ propertyId: property.id });
    const { token = '', id, email } = guest(0);
    const elsewhere = new Person(api(1), { token, id, email });
    const answers = await Promise.all(
      [guest(0), elsewhere].map((person) => person.post('/bookings', request, 'the-same-key')),
    );
    for (const { status, body } of answers) {
      assert.ok(status === 201 || (status === 409 && body.code === 'idempotency_in_progress'), `${status}`);
    }
    const again = await elsewhere.post('/bookings', request, 'the-same-key');
    const booked = [...answers, again].filter(({ status }) => status === 201).map(({ body }) => body.id);
    assert.ok(booked.length >= 2);
    assert.equal(new Set(booked).size, 1);
  });

  const stayOfAll = { checkIn: inDays(30), checkOut: inDays(33) };

  for (let round = 1; round <= RACES; round += 1) {
    it(`sells the same nights to one of fifty who ask both, round ${round} (A1)`, async () => {
      const property = await newProperty(host);
      const asked = await race(guests, property.id, Array<Stay>(GUESTS).fill(stayOfAll));
      assert.equal(asked.filter(({ status }) => status === 201).length, 1);
      assert.equal(asked.filter(({ status }) => status === 409).length, GUESTS - 1);
      await nothingIsLeftOver(evidence, { propertyId: property.id, accepted: 1 });
    });
  }

  it('sells them to one of fifty, too, while one worker of each kind is stopped (A1)', async () => {
    const property = await newProperty(host);
    const asking = ask(guests, property.id, Array<Stay>(GUESTS).fill(stayOfAll));
    await until('some of them are under way', async () => (await bookingsOf(property.id)).length > 0);
    const ends = await stopFirstOf(workerServices());
    const outcomes = await Promise.all((await asking).map(outcomeOf));
    assert.deepEqual(new Set(ends), new Set(['exit code 0']));
    assert.equal(outcomes.filter((outcome) => outcome === 'confirmed').length, 1);
    assert.equal(outcomes.filter((outcome) => outcome === 'dates_unavailable').length, GUESTS - 1);
    await nothingIsLeftOver(evidence, { propertyId: property.id, accepted: 1 });
  });

  it('loses none of fifty bookings while one worker of each kind is stopped', async () => {
    const property = await newProperty(host);
    const stays = guests.map((_, n) => ({ checkIn: inDays(100 + 3 * n), checkOut: inDays(102 + 3 * n) }));
    const asking = ask(guests, property.id, stays);
    await until('some of them are under way', async () => (await bookingsOf(property.id)).length >= 5);
    const ends = await stopFirstOf(workerServices());
    const outcomes = await Promise.all((await asking).map(outcomeOf));
    assert.deepEqual(new Set(ends), new Set(['exit code 0']));
    assert.deepEqual(new Set(outcomes), new Set(['confirmed']));
    for (const [n, { checkIn }] of stays.entries()) {
      await world.mail(guest(n), new RegExp(`from ${checkIn} is booked`));
    }
    const ids = await bookingsOf(property.id);
    assert.equal(ids.length, GUESTS);
    for (const id of ids) assert.equal((await world.bank.intentOf(id)).status, 'succeeded');
  });

  const bookingsOf = (propertyId: string): Promise<string[]> =>
    world.db('bookings').where({ property_id: propertyId }).pluck('id');

  /**
   * What a request has come to. A worker that stops may take a task with it, which is missed after ten seconds: longer
   * than a guest is kept waiting, so that the answer is 202, and the booking tells the rest.
   */
  async function outcomeOf({ guest, status, body }: Asked): Promise<string> {
    if (status !== 202) return status === 201 ? body.status : body.code;
    let booking: Wire;
    await until('the request is settled', async () => {
      booking = await guest.must(200, guest.get(`/bookings/${body.id}`));
      return !['requested', 'held'].includes(booking.status);
    });
    return booking.status === 'rejected' ? booking.rejection.code : booking.status;
  }

  it('finishes the work that a worker has begun when it is stopped', async () => {
    const property = await newProperty(host);
    await world.bank.misbehave({ kind: 'latency', match: CREATE_INTENT, delayMs: 3_000 });
    const booking = guest(0).post('/bookings', stayRequest({ propertyId: property.id }));
    await until('the bank is at work', async () => (await world.bank.faultsLeft()) === 0);
    const copies = composed.copiesOf('worker-payments').map((name) => stack.part(name));
    const ends = await Promise.all(copies.map((part) => part.hold('SIGTERM')));
    assert.deepEqual(ends, ['exit code 0', 'exit code 0']);
    const { status, body } = await booking; // Nobody is left who could ask the bank a second time.
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal((await world.bank.intentOf(body.id)).status, 'succeeded');
  });

  it('says of an API that it is leaving, answers what was asked of it, and then lets nobody in', async () => {
    const property = await newProperty(host);
    await world.bank.misbehave({
      kind: 'latency',
      match: CREATE_INTENT,
      delayMs: (DRAIN_SECONDS + 2) * 1000,
    });
    const booking = guest(1).post('/bookings', stayRequest({ propertyId: property.id }));
    await until('the bank is at work', async () => (await world.bank.faultsLeft()) === 0);
    const ended = stack.part('api-2').hold('SIGTERM');
    let readiness: IncomingMessage | undefined;
    await until('it says that it is leaving', async () => {
      readiness = await answerOf(`${api(1)}/readyz`);
      return readiness.statusCode === 503;
    });
    assert.equal(readiness?.headers.connection, 'close');
    assert.equal((await answerOf(`${api(1)}/healthz`)).statusCode, 200);
    assert.equal((await fetch(`${stack.addresses.api}/healthz`)).status, 200);
    const { status, body } = await booking;
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(await ended, 'exit code 0');
    await assert.rejects(answerOf(`${api(1)}/healthz`), /ECONNREFUSED/);
  });

  it('leaves nothing that a doctor would find', async () => {
    await using doctor = openDoctor(readConfig(stack.environment));
    const broken = (await doctor.examine()).filter(({ findings }) => findings.length > 0);
    assert.deepEqual(broken, []);
  });
});

/** On a connection of its own. */
function answerOf(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => resolve(answer.resume())).on('error', reject);
  });
}
