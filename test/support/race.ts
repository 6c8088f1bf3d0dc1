import assert from 'node:assert/strict';
import type { Stay } from '#domain/nights.ts';
import type { Evidence } from '../journeys/crash/evidence.ts';
import type { Person, Wire } from './people.ts';
import { stayRequest } from './people.ts';
import { until } from './virtual-time.ts';

/** DESIGN "Performance": nothing of the losers is left after this. */
const LEFTOVERS_MS = 5_000;

export interface Asked extends Stay {
  guest: Person;
  status: number;
  /** The booking, or the problem. */
  body: Wire;
}

/** All ask at the same moment, each for one of the stays. */
export async function ask(
  guests: readonly Person[],
  propertyId: string,
  stays: readonly Stay[],
): Promise<Asked[]> {
  const asking = guests.flatMap(async (guest, n): Promise<Asked[]> => {
    const stay = stays[n];
    if (stay === undefined) return [];
    const { status, body } = await guest.post('/bookings', stayRequest({ propertyId, ...stay }));
    return [{ ...stay, guest, status, body }];
  });
  return (await Promise.all(asking)).flat();
}

/** The same. Whoever is not accepted is told that the nights are gone. */
export async function race(...asking: Parameters<typeof ask>): Promise<Asked[]> {
  const asked = await ask(...asking);
  for (const { status, body } of asked) {
    const outcome = status === 201 ? body.status : body.code;
    assert.ok(
      (status === 201 && outcome === 'confirmed') || (status === 409 && outcome === 'dates_unavailable'),
      `${status}: ${JSON.stringify(body)}`,
    );
  }
  return asked;
}

/** What the losers asked for is gone from the tables and from the bank; what the winners have is whole. */
export async function nothingIsLeftOver(
  evidence: Evidence,
  { propertyId, accepted }: { propertyId: string; accepted: number },
): Promise<void> {
  await until('nothing of the losers is left', () => isSettled(evidence, propertyId), LEFTOVERS_MS);
  const bookings = await evidence.db('bookings').where({ property_id: propertyId }).select('id', 'status');
  const lost = bookings.filter(({ status }) => status !== 'confirmed');
  assert.equal(bookings.length - lost.length, accepted);
  const intents = await evidence.intentsOf(lost.map(({ id }) => id));
  assert.deepEqual(
    intents.filter(({ status }) => status !== 'canceled'),
    [],
    'no loser can pay or has paid',
  );
}

async function isSettled(evidence: Evidence, propertyId: string): Promise<boolean> {
  const { rows } = await evidence.db.raw(
    `select (select count(*) from bookings where property_id = :propertyId
               and status not in ('confirmed', 'rejected')) as open,
            (select count(*) from stays s join bookings b on b.id = s.booking_id
               where s.property_id = :propertyId and s.live and b.status <> 'confirmed') as held`,
    { propertyId },
  );
  return rows[0].open === 0 && rows[0].held === 0;
}
