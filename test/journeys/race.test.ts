import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { addDays, staysOverlap } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import type { Person } from '../support/people.ts';
import { inDays, newPerson, newProperty } from '../support/people.ts';
import { nothingIsLeftOver, race } from '../support/race.ts';
import { useStack } from '../support/stack.ts';
import { Evidence } from './crash/evidence.ts';

const GUESTS = 50;
const ROUNDS = 20;
const ALL_ROUNDS_MS = 600_000;

describe('guests who race for nights', function () {
  this.timeout(ALL_ROUNDS_MS);
  const stack = useStack();
  let evidence: Evidence;
  let host: Person;
  let guests: Person[];
  let deadlocksBefore: number;

  before('sign in a host and fifty guests', async function () {
    this.timeout(ALL_ROUNDS_MS);
    evidence = new Evidence(stack());
    deadlocksBefore = await evidence.deadlocks(); // Other suites make some on purpose.
    const { api } = stack().addresses;
    host = await newPerson(api, 'Helen Host');
    guests = await Promise.all(Array.from({ length: GUESTS }, (_, n) => newPerson(api, `Guest ${n}`)));
  });
  after(() => evidence[Symbol.asyncDispose]());

  for (let round = 1; round <= ROUNDS; round += 1) {
    it(`sells the same nights to one of fifty, round ${round} (A1)`, async () => {
      const property = await newProperty(host);
      const stay = { checkIn: inDays(30), checkOut: inDays(33) };
      const asked = await race(guests, property.id, Array<Stay>(GUESTS).fill(stay));
      assert.equal(asked.filter(({ status }) => status === 201).length, 1);
      assert.equal(asked.filter(({ status }) => status === 409).length, GUESTS - 1);
      await nothingIsLeftOver(evidence, { propertyId: property.id, accepted: 1 });
    });
  }

  for (let round = 1; round <= ROUNDS; round += 1) {
    it(`sells overlapping stays as far as they fit, round ${round} (A1)`, async () => {
      const property = await newProperty(host);
      const stays = Array.from({ length: GUESTS }, () => someStay(30, 24));
      const asked = await race(guests, property.id, stays);
      const accepted = asked.filter(({ status }) => status === 201);
      const refused = asked.filter(({ status }) => status === 409);
      for (const [n, stay] of accepted.entries()) {
        const others = accepted.filter((_, other) => other !== n);
        assert.ok(!others.some((other) => staysOverlap(stay, other)), 'no night is sold twice');
      }
      for (const stay of refused) {
        assert.ok(
          accepted.some((other) => staysOverlap(stay, other)),
          `${stay.checkIn} to ${stay.checkOut} was refused although nobody has any of its nights`,
        );
      }
      await nothingIsLeftOver(evidence, { propertyId: property.id, accepted: accepted.length });
    });
  }

  it('sells one of two neighbouring stays where a night of preparation lies between, 20 pairs at once (A1, D3)', async () => {
    const property = await newProperty(host);
    const rules = { preparationNightsBefore: 1, preparationNightsAfter: 1 };
    await host.must(200, host.call(`/properties/${property.id}/rules`, { method: 'PUT', body: rules }));
    const pairs = Array.from({ length: 20 }, (_, n) => pairOf(addDays(inDays(30), n * 10), 0));
    const asked = await race(guests, property.id, pairs.flat());
    for (const [first, second] of pairs) {
      const ofPair = asked.filter(({ checkIn }) => [first.checkIn, second.checkIn].includes(checkIn));
      assert.deepEqual(ofPair.map(({ status }) => status).sort(), [201, 409], `from ${first.checkIn}`);
    }
    await nothingIsLeftOver(evidence, { propertyId: property.id, accepted: pairs.length });
  });

  it('sells both of two stays whose preparation shares a night, 20 pairs at once (A1, D3)', async () => {
    const property = await newProperty(host);
    const rules = { preparationNightsBefore: 1, preparationNightsAfter: 1 };
    await host.must(200, host.call(`/properties/${property.id}/rules`, { method: 'PUT', body: rules }));
    const pairs = Array.from({ length: 20 }, (_, n) => pairOf(addDays(inDays(30), n * 10), 1));
    const asked = await race(guests, property.id, pairs.flat());
    assert.deepEqual(new Set(asked.map(({ status }) => status)), new Set([201]));
    await nothingIsLeftOver(evidence, { propertyId: property.id, accepted: 2 * pairs.length });
  });

  it('has made PostgreSQL break no deadlock in all of that', async () => {
    assert.equal(await evidence.deadlocks(), deadlocksBefore);
  });
});

/** A stay of one to six nights somewhere in so many nights from then on. */
function someStay(fromDay: number, days: number): Stay {
  const first = fromDay + Math.floor(Math.random() * days);
  return { checkIn: inDays(first), checkOut: inDays(first + 1 + Math.floor(Math.random() * 6)) };
}

/** Two stays of two nights, the second so many nights after the first. */
function pairOf(checkIn: string, apart: number): [Stay, Stay] {
  const checkOut = addDays(checkIn, 2);
  const next = addDays(checkOut, apart);
  return [
    { checkIn, checkOut },
    { checkIn: next, checkOut: addDays(next, 2) },
  ];
}
