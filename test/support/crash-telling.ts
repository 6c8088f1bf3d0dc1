import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Traveller, World } from './journeys.ts';
import type { Answer, Wire } from './people.ts';
import { newProperty, stayRequest } from './people.ts';
import { until } from './virtual-time.ts';

/** A process that dies takes some time to come back, and so does what it was at. */
export const LONG_MS = 120_000;

/** What a story is about, once it is prepared. */
export interface Told {
  guest: Traveller;
  host: Traveller;
  /** The guest's booking as they see it; theirs is the only one. */
  booking(): Promise<Wire>;
  /** Sends the booking request, always with the same key. */
  again(): Promise<Answer<Wire>>;
}

/** Something that happens to a booking while a process dies, and how it has to end. */
export interface Story {
  /** With all parts alive. */
  prepare(world: World): Promise<Told>;
  /** With the process that will die. */
  act(world: World, told: Told): Promise<unknown>;
  /** Waits for the end, with all parts alive again. */
  settle(world: World, told: Told): Promise<void>;
  end: string;
  paid: 0 | 1 | 2;
  refunded: 0 | 1;
  /** How often the host is paid; each time but the last it comes back. */
  payouts?: 0 | 1 | 2;
  /** Whether of what the host was paid something is taken back for the refund. */
  isReclaimed?: boolean;
  /** What the ledger tells of beside payment and refund. */
  moved?: readonly string[];
  /** What the booking request is answered with, whenever its client comes again. */
  answer: 201 | 400 | 402;
}

export async function guestWith(world: World, request: Record<string, unknown>, facts = {}): Promise<Told> {
  const host = await world.person('Hugh Host');
  const property = await newProperty(host, facts);
  const guest = await world.person();
  const [key, body] = [randomUUID(), stayRequest({ propertyId: property.id, ...request })];
  return {
    guest,
    host,
    booking: async () => (await guest.must(200, guest.get('/bookings'))).data[0],
    again: () => guest.post('/bookings', body, key),
  };
}

export async function becomes(told: Told, status: string): Promise<void> {
  await until(`the booking is ${status}`, async () => (await told.booking())?.status === status, LONG_MS);
}

export async function refundIsSettled(world: World, told: Told): Promise<void> {
  const { id } = await told.booking();
  await until(
    'the refund is settled',
    async () =>
      (await world.db('refunds').where({ booking_id: id, status: 'settled' }).first('id')) !== undefined,
    LONG_MS,
  );
}

export async function booked(world: World, request: Record<string, unknown> = {}): Promise<Told> {
  const told = await guestWith(world, request);
  assert.equal((await told.again()).status, 201);
  return told;
}

export async function cancel(told: Told): Promise<Answer<Wire>> {
  return told.guest.post(`/bookings/${(await told.booking()).id}/cancellation`);
}

export async function pay(told: Told): Promise<Answer<Wire>> {
  return told.guest.post('/payments', {
    bookingId: (await told.booking()).id,
    paymentMethodId: 'pm_card_visa',
  });
}

export async function passTo(
  world: World,
  told: Told,
  instant: 'holdExpiresAt' | 'checkInAt' | 'checkOutAt',
): Promise<void> {
  await world.passTo(await told.booking(), (await told.booking())[instant]);
}

/** A request that waits for its host. */
export async function asked(world: World): Promise<Told> {
  const told = await guestWith(world, {}, { bookingMode: 'request' });
  assert.equal((await told.again()).body.status, 'awaiting_host');
  return told;
}

/** A stay that has begun. */
export async function begun(world: World, request: Record<string, unknown> = {}): Promise<Told> {
  const told = await booked(world, request);
  await passTo(world, told, 'checkInAt');
  await becomes(told, 'in_stay');
  return told;
}

/** Money arrives at the bank under the ids of a booking, as an ask does that was believed lost. */
export async function payPastUs({ stack }: World, booking: Wire): Promise<void> {
  const response = await fetch(`${stack.addresses.stripeApiBase}/v1/payment_intents`, {
    method: 'POST',
    headers: {
      'authorization': `Bearer ${stack.environment.STRIPE_SECRET_KEY}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      'amount': `${booking.total.amount}`,
      'currency': booking.total.currency.toLowerCase(),
      'allowed_payment_method_types[]': 'card',
      'payment_method': 'pm_card_visa',
      'confirm': 'true',
      'metadata[bookingId]': booking.id,
      'metadata[paymentId]': booking.payment.id,
    }),
  });
  assert.equal(response.status, 200, await response.text());
}
