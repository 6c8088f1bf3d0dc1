import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { bookStayId } from '#workflows/bookings.contract.ts';
import type { Traveller, World } from './journeys.ts';
import type { Answer, Wire } from './people.ts';
import { newProperty, stayRequest } from './people.ts';
import { until } from './virtual-time.ts';

const LONG_MS = 120_000;

/** What a story is about, once it is prepared. */
export interface Told {
  guest: Traveller;
  /** The guest's booking as they see it; theirs is the only one. */
  booking(): Promise<Wire>;
  /** Sends the booking request, always with the same key. */
  again(): Promise<Answer<Wire>>;
}

/** Something that happens to a booking while a worker dies, and how it has to end. */
export interface Story {
  /** With a worker that lives. */
  prepare(world: World): Promise<Told>;
  /** With the worker that will die. */
  act(world: World, told: Told): Promise<unknown>;
  /** Waits for the end, with a worker that lives again. */
  settle(world: World, told: Told): Promise<void>;
  end: string;
  paid: 0 | 1;
  refunded: 0 | 1;
}

async function guestWith(world: World, request: Record<string, unknown>, facts = {}): Promise<Told> {
  const host = await world.person('Hugh Host');
  const property = await newProperty(host, facts);
  const guest = await world.person();
  const [key, body] = [randomUUID(), stayRequest({ propertyId: property.id, ...request })];
  return {
    guest,
    booking: async () => (await guest.must(200, guest.get('/bookings'))).data[0],
    again: () => guest.post('/bookings', body, key),
  };
}

async function becomes(told: Told, status: string): Promise<void> {
  await until(`the booking is ${status}`, async () => (await told.booking())?.status === status, LONG_MS);
}

async function isRefunded(world: World, told: Told): Promise<void> {
  await becomes(told, 'cancelled');
  const { id } = await told.booking();
  await until(
    'the refund is settled',
    async () =>
      (await world.db('refunds').where({ booking_id: id, status: 'settled' }).first('id')) !== undefined,
    LONG_MS,
  );
}

async function booked(world: World, request: Record<string, unknown> = {}): Promise<Told> {
  const told = await guestWith(world, request);
  assert.equal((await told.again()).status, 201);
  return told;
}

async function cancel(told: Told): Promise<Answer<Wire>> {
  return told.guest.post(`/bookings/${(await told.booking()).id}/cancellation`);
}

async function pay(told: Told): Promise<Answer<Wire>> {
  return told.guest.post('/payments', {
    bookingId: (await told.booking()).id,
    paymentMethodId: 'pm_card_visa',
  });
}

async function passTo(world: World, told: Told, instant: 'checkInAt' | 'checkOutAt'): Promise<void> {
  const booking = await told.booking();
  await world.temporal.advanceTo(bookStayId(booking.id), Date.parse(booking[instant]) + 1_000);
}

const PAID = { end: 'confirmed', paid: 1, refunded: 0 } as const;
const isConfirmed = (_: World, told: Told) => becomes(told, 'confirmed');

const atOnce: Story = {
  ...PAID,
  prepare: (world) => guestWith(world, {}),
  act: (_, told) => told.again(),
  settle: isConfirmed,
};

const declined: Story = {
  prepare: (world) => guestWith(world, { paymentMethodId: 'pm_card_chargeDeclined' }),
  act: (_, told) => told.again(),
  settle: (_, told) => becomes(told, 'rejected'),
  end: 'rejected',
  paid: 0,
  refunded: 0,
};

const cancelled: Story = {
  prepare: (world) => booked(world),
  act: (_, told) => cancel(told),
  settle: isRefunded,
  end: 'cancelled',
  paid: 1,
  refunded: 1,
};

/** The story in which each activity is done. */
export const STORIES: Readonly<Record<string, Story>> = {
  holdNights: atOnce,
  collectPayment: atOnce,
  acceptPayment: atOnce,
  confirmFree: {
    prepare: (world) => guestWith(world, {}, { pricing: { nightly: 0 } }),
    act: (_, told) => told.again(),
    settle: isConfirmed,
    end: 'confirmed',
    paid: 0,
    refunded: 0,
  },
  noteBank: {
    ...PAID,
    prepare: (world) => guestWith(world, { paymentMethodId: undefined }),
    act: (_, told) => told.again(),
    async settle(_, told) {
      await becomes(told, 'held');
      await pay(told);
      await becomes(told, 'confirmed');
    },
  },
  confirmPayment: {
    ...PAID,
    prepare: (world) => booked(world, { paymentMethodId: undefined }),
    act: (_, told) => pay(told),
    settle: isConfirmed,
  },
  readPayment: {
    ...PAID,
    prepare: (world) => booked(world, { paymentMethodId: undefined }),
    act: async (world, told) => world.bank.payInBrowser((await told.booking()).payment.clientSecret),
    settle: isConfirmed,
  },
  closePayment: declined,
  endHold: declined,
  cancelStay: cancelled,
  startRefund: cancelled,
  refundAtBank: cancelled,
  recordRefund: cancelled,
  readRefund: {
    ...cancelled,
    async prepare(world) {
      await world.bank.control('POST', '/settings', { refunds: 'pending' });
      const told = await booked(world);
      await cancel(told);
      const { id } = await told.booking();
      await until(
        'the bank has taken the refund on',
        async () => (await world.bank.refundsOf(id)).length === 1,
      );
      return told;
    },
    async act(world, told) {
      const [refund] = await world.bank.refundsOf((await told.booking()).id);
      await world.bank.control('POST', `/refunds/${refund?.id}/settlement`, { outcome: 'succeed' });
    },
  },
  beginStay: {
    ...PAID,
    end: 'in_stay',
    prepare: (world) => booked(world),
    act: (world, told) => passTo(world, told, 'checkInAt'),
    settle: (_, told) => becomes(told, 'in_stay'),
  },
  completeStay: {
    ...PAID,
    end: 'completed',
    async prepare(world) {
      const told = await booked(world);
      await passTo(world, told, 'checkInAt');
      await becomes(told, 'in_stay');
      return told;
    },
    act: (world, told) => passTo(world, told, 'checkOutAt'),
    settle: (_, told) => becomes(told, 'completed'),
  },
};

/** Activities of bookStay and refundPayment without a story yet, and why. */
export const WITHOUT_STORY: Readonly<Record<string, string>> = {
  acceptLatePayment:
    'the transaction of acceptPayment, in the refund of a payment whose booking has no workflow any more',
};

export const API_STORY = atOnce;
