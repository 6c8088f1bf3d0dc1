import assert from 'node:assert/strict';
import { bookStayId } from '#workflows/bookings.contract.ts';
import type { Traveller, World } from './journeys.ts';
import { inDays } from './people.ts';
import type { Wire } from './people.ts';
import { until } from './virtual-time.ts';

/** Sixty nights from a month ahead: two months to be paid. */
export const LONG_STAY = { checkIn: inDays(30), checkOut: inDays(90) };

/** A card that is kept, and pays nothing that its holder has not to do with. */
export const DECLINED_LATER = 'pm_card_chargeCustomerFail';

export function instalmentOf({ instalments }: Wire, n: number): Wire {
  const instalment = instalments?.[n - 1];
  assert.equal(instalment?.n, n, `it has no instalment ${n}`);
  return instalment;
}

interface Which {
  n: number;
  byMs?: number;
}

/** Moves a booking's own clock on to where the nights of an instalment begin, and a moment past it. */
export async function passToInstalment(
  world: World,
  booking: Wire,
  { n, byMs = 1_000 }: Which,
): Promise<void> {
  await world.temporal.advanceTo(bookStayId(booking.id), Date.parse(instalmentOf(booking, n).dueAt) + byMs);
}

/** Moves it on past the time that the guest has to pay what is due. */
export async function passToPayBy(world: World, booking: Wire, { n, byMs = 1_000 }: Which): Promise<void> {
  await world.temporal.advanceTo(bookStayId(booking.id), Date.parse(instalmentOf(booking, n).payBy) + byMs);
}

/** Waits until somebody sees an instalment of a booking so, and gives the booking as they see it. */
export async function seesInstalment(
  person: Traveller,
  { bookingId, n, status }: { bookingId: string; n: number; status: string },
): Promise<Wire> {
  let seen: Wire;
  await until(
    () => `instalment ${n} of ${bookingId} is ${status}: ${JSON.stringify(seen?.instalments)}`,
    async () => {
      seen = await person.must(200, person.get(`/bookings/${bookingId}`));
      return instalmentOf(seen, n).status === status;
    },
  );
  return seen;
}

/** The intents that the bank has of an instalment: one, if all is well. */
export async function intentsOfInstalment(world: World, booking: Wire, n: number): Promise<Wire[]> {
  const { paymentId } = instalmentOf(booking, n);
  const intents = await world.bank.intentsOf(booking.id);
  return intents.filter(({ metadata }) => metadata.paymentId === paymentId);
}
