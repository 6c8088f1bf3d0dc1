import assert from 'node:assert/strict';
import { checksOfMoney } from '#db/doctor/money.ts';
import { checksOfNights } from '#db/doctor/nights.ts';
import { checksOfPayouts } from '#db/doctor/payouts.ts';
import { checksOfRecords } from '#db/doctor/records.ts';
import type { World } from './journeys.ts';
import type { Answer, Person, Wire } from './people.ts';
import { until } from './virtual-time.ts';

export function propose(person: Person, { id }: Wire, wanted: object): Promise<Answer<Wire>> {
  return person.post(`/bookings/${id}/alterations`, wanted);
}

/** By a guest who pays for it at once. */
export function acceptWith(
  guest: Person,
  { bookingId, id }: Wire,
  paymentMethodId: string,
): Promise<Answer<Wire>> {
  return guest.post(`/bookings/${bookingId}/alterations/${id}/acceptance`, { paymentMethodId });
}

export function answer(
  person: Person,
  { bookingId, id }: Wire,
  path: 'acceptance' | 'refusal' | 'withdrawal',
): Promise<Answer<Wire>> {
  return person.post(`/bookings/${bookingId}/alterations/${id}/${path}`);
}

/** Waits until somebody sees an alteration of a booking so: the newest, unless its id is told. */
export async function seesAlteration(
  person: Person,
  { id: bookingId }: Wire,
  { id, status }: { id?: string; status: string },
): Promise<Wire> {
  let seen: Wire;
  await until(
    () => `the alteration is ${status}, not ${JSON.stringify(seen?.status)}`,
    async () => {
      const { data } = await person.must(200, person.get(`/bookings/${bookingId}/alterations`));
      seen = data.find((one: Wire) => id === undefined || one.id === id);
      return seen?.status === status;
    },
  );
  return seen;
}

/** What the doctor has to say of a booking: its nights, its money, what its host is owed, and what is told of it. */
export async function assertSound({ db }: World, { id }: Wire): Promise<void> {
  const rows: { id: string }[] = await db('payments').where({ booking_id: id });
  const own = new Set([id, ...rows.map((payment) => payment.id)]);
  const checks = [
    ...checksOfNights(db),
    ...checksOfMoney(db),
    ...checksOfPayouts(db),
    ...checksOfRecords(db),
  ];
  for (const { invariant, breaches } of checks) {
    const found = (await breaches()).filter((finding) => own.has(finding.id));
    assert.deepEqual(found, [], invariant);
  }
}
