import assert from 'node:assert/strict';
import { checksOfCalendars } from '#db/doctor/calendars.ts';
import { addressOf, imports, synced } from '../support/calendars.ts';
import { useWorld } from '../support/journeys.ts';
import type { Home, World } from '../support/journeys.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';

const LONG_MS = 240_000;
const ROUNDS = 20;
const NIGHTS = 3;

/** A home at one instance, which imports the calendar of the one at the other. */
interface Side {
  world: World;
  home: Home;
  calendar: Wire;
  /** What it has taken itself, in days from today. */
  own: Set<number>;
}

describe('two running instances of Stayward', function () {
  this.timeout(LONG_MS);
  const [here, there] = [useWorld('shared'), useWorld('apart')];

  it(`in two-way iCal sync for ${ROUNDS} rounds have no echo, and lose no night (I5)`, async () => {
    const homes = [await here().home(), await there().home()] as const;
    const sides: readonly [Side, Side] = [
      {
        world: here(),
        home: homes[0],
        calendar: await imports(here(), homes[0], await addressOf(homes[1])),
        own: new Set(),
      },
      {
        world: there(),
        home: homes[1],
        calendar: await imports(there(), homes[1], await addressOf(homes[0])),
        own: new Set(),
      },
    ];
    for (let round = 0; round < ROUNDS; round += 1) {
      const side = sides[(round % 2) as 0 | 1];
      const first = 10 + NIGHTS * round;
      const giveBack = await (round % 4 < 2 ? booked : blocked)(side, first);
      for (let night = first; night < first + NIGHTS; night += 1) side.own.add(night);
      await assertAgree(sides, `round ${round}`);
      if (round % 5 !== 4) continue;
      await giveBack();
      for (let night = first; night < first + NIGHTS; night += 1) side.own.delete(night);
      await assertAgree(sides, `round ${round}, given back`);
    }
    for (const [side, other] of [sides, [sides[1], sides[0]]] as const) {
      const { home, calendar, world } = side;
      const path = `/properties/${home.property.id}/calendars/${calendar.id}`;
      const { nights, conflicts } = await home.host.must(200, home.host.get(path));
      assert.deepEqual([nights, conflicts], [other.own.size, 0]);
      for (const { invariant, breaches } of checksOfCalendars(world.db)) {
        const found = (await breaches()).filter(({ id }) => id === home.property.id || id === calendar.id);
        assert.deepEqual(found, [], invariant);
      }
      await home.host.must(204, home.host.delete(path));
    }
  });

  /** A guest books, and may cancel. */
  async function booked({ world, home: { property } }: Side, first: number): Promise<() => Promise<void>> {
    const guest = await world.person();
    const nights = { checkIn: inDays(first), checkOut: inDays(first + NIGHTS) };
    const { id } = await guest.books(stayRequest({ propertyId: property.id, ...nights }));
    return () => guest.must(200, guest.post(`/bookings/${id}/cancellation`));
  }

  /** The host keeps nights, and may free them. */
  async function blocked({ home: { host, property } }: Side, first: number): Promise<() => Promise<void>> {
    const path = `/properties/${property.id}/blocks`;
    const nights = { from: inDays(first), to: inDays(first + NIGHTS) };
    const { id } = await host.must(201, host.post(path, nights));
    return () => host.must(204, host.delete(`${path}/${id}`));
  }

  /** Once each has read the other, both have free what neither has taken, and nothing else. */
  async function assertAgree(sides: readonly [Side, Side], when: string): Promise<void> {
    for (const { world, calendar } of sides) await synced(world, calendar.id);
    const days = Array.from({ length: 90 }, (_, day) => day + 1);
    const expected = days.map((day) => !sides.some(({ own }) => own.has(day)));
    for (const { world, home } of sides) {
      const free = await world.availability(home.property.id, inDays(1), inDays(91));
      assert.deepEqual(free, expected, when);
    }
  }
});
