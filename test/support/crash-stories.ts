import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { BookingActivities } from '#activities/bookings.ts';
import type { MaintenanceActivities } from '#activities/maintenance.ts';
import type { NotificationActivities } from '#activities/notifications.ts';
import type { PaymentActivities } from '#activities/payments.ts';
import type { ReviewActivities } from '#activities/reviews.ts';
import { HOST_REMINDER_HOURS } from '#domain/bookings.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { REVIEW_STEPS, reviewStories } from './crash-review-stories.ts';
import type { Traveller, World } from './journeys.ts';
import type { Answer, Wire } from './people.ts';
import { newProperty, stayRequest } from './people.ts';
import { until } from './virtual-time.ts';

const LONG_MS = 120_000;

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
  paid: 0 | 1;
  refunded: 0 | 1;
  /** What the booking request is answered with, whenever its client comes again. */
  answer: 201 | 400 | 402;
}

async function guestWith(world: World, request: Record<string, unknown>, facts = {}): Promise<Told> {
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

async function becomes(told: Told, status: string): Promise<void> {
  await until(`the booking is ${status}`, async () => (await told.booking())?.status === status, LONG_MS);
}

async function refundIsSettled(world: World, told: Told): Promise<void> {
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

async function passTo(
  world: World,
  told: Told,
  instant: 'holdExpiresAt' | 'checkInAt' | 'checkOutAt',
): Promise<void> {
  const booking = await told.booking();
  await world.temporal.advanceTo(bookStayId(booking.id), Date.parse(booking[instant]) + 1_000);
}

/** A request that waits for its host. */
async function asked(world: World): Promise<Told> {
  const told = await guestWith(world, {}, { bookingMode: 'request' });
  assert.equal((await told.again()).body.status, 'awaiting_host');
  return told;
}

/** A stay that has begun. */
async function begun(world: World): Promise<Told> {
  const told = await booked(world);
  await passTo(world, told, 'checkInAt');
  await becomes(told, 'in_stay');
  return told;
}

/** Money arrives at the bank under the ids of a booking, as an ask does that was believed lost. */
async function payPastUs({ stack }: World, booking: Wire): Promise<void> {
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

const PAID = { end: 'confirmed', paid: 1, refunded: 0, answer: 201 } as const;
const UNPAID = { paid: 0, refunded: 0, answer: 201 } as const;
const GIVEN_BACK = { end: 'cancelled', paid: 1, refunded: 1, answer: 201 } as const;
/** Reserved is not paid: the ledger knows nothing of it. */
const ASKED = { end: 'awaiting_host', paid: 0, refunded: 0, answer: 201 } as const;
const isConfirmed = (_: World, told: Told) => becomes(told, 'confirmed');
const isRefunded = async (world: World, told: Told) => {
  await becomes(told, 'cancelled');
  await refundIsSettled(world, told);
};

const atOnce: Story = {
  ...PAID,
  prepare: (world) => guestWith(world, {}),
  act: (_, told) => told.again(),
  settle: isConfirmed,
};

const declined: Story = {
  ...UNPAID,
  end: 'rejected',
  answer: 402,
  prepare: (world) => guestWith(world, { paymentMethodId: 'pm_card_chargeDeclined' }),
  act: (_, told) => told.again(),
  settle: (_, told) => becomes(told, 'rejected'),
};

const expired: Story = {
  ...UNPAID,
  end: 'expired',
  prepare: (world) => booked(world, { paymentMethodId: undefined }),
  act: (world, told) => passTo(world, told, 'holdExpiresAt'),
  settle: (_, told) => becomes(told, 'expired'),
};

const cancelled: Story = {
  ...GIVEN_BACK,
  prepare: (world) => booked(world),
  act: (_, told) => cancel(told),
  settle: isRefunded,
};

/** The request was refused before the bank had begun; then money comes in for it all the same. */
const late: Story = {
  end: 'rejected',
  paid: 1,
  refunded: 1,
  answer: 400,
  async prepare(world) {
    const told = await guestWith(world, { paymentMethodId: 'pm_card_unheardOf' });
    assert.equal((await told.again()).status, 400);
    return told;
  },
  act: async (world, told) => payPastUs(world, await told.booking()),
  settle: refundIsSettled,
};

/** The request was recorded while Temporal was away, and nobody waits for it any more. */
const leftRequested: Story = {
  ...PAID,
  async prepare(world) {
    const told = await guestWith(world, {});
    const { stack } = world;
    await stack.part('worker').hold(); // It would be quicker than the one that dies.
    await stack.part('temporal').hold('SIGKILL');
    try {
      assert.equal((await told.again()).status, 202);
    } finally {
      await stack.part('temporal').release();
    }
    return told;
  },
  act: () => Promise.resolve(),
  settle: isConfirmed,
};

export type Activity = keyof BookingActivities | keyof PaymentActivities | keyof OtherActivities;
type OtherActivities = NotificationActivities & MaintenanceActivities & ReviewActivities;

/** The story in which each activity is done. */
export const STORIES: Readonly<Record<Activity, Story>> = {
  holdNights: atOnce,
  collectPayment: atOnce,
  acceptPayment: atOnce,
  confirmFree: {
    ...UNPAID,
    end: 'confirmed',
    prepare: (world) => guestWith(world, {}, { pricing: { nightly: 0 } }),
    act: (_, told) => told.again(),
    settle: isConfirmed,
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
  closePayment: expired,
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
      await until('we know that the bank has taken the refund on', async () => {
        const taken = world.db('refunds').where({ booking_id: id }).whereNotNull('bank_refund_id');
        return (await taken.first('id')) !== undefined;
      });
      return told;
    },
    async act(world, told) {
      const [refund] = await world.bank.refundsOf((await told.booking()).id);
      await world.bank.control('POST', `/refunds/${refund?.id}/settlement`, { outcome: 'succeed' });
    },
  },
  acceptLatePayment: late,
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
    prepare: begun,
    act: (world, told) => passTo(world, told, 'checkOutAt'),
    settle: (_, told) => becomes(told, 'completed'),
  },
  askHost: {
    ...ASKED,
    prepare: (world) => guestWith(world, {}, { bookingMode: 'request' }),
    act: (_, told) => told.again(),
    settle: (_, told) => becomes(told, 'awaiting_host'),
  },
  remindHost: {
    ...ASKED,
    prepare: asked,
    async act(world, told) {
      const { id } = await told.booking();
      await world.temporal.advance(bookStayId(id), HOST_REMINDER_HOURS * 3_600_000);
    },
    async settle(world, told) {
      await world.mail(told.host, /still waits/);
      const { id } = await told.booking();
      const reminders = await world.db('events').where({ subject_id: id, kind: 'booking.host_reminded' });
      assert.equal(reminders.length, 1);
    },
  },
  capturePayment: {
    ...PAID,
    prepare: asked,
    act: async (_, told) => told.host.post(`/bookings/${(await told.booking()).id}/acceptance`),
    settle: isConfirmed,
  },
  recordStay: {
    ...PAID,
    end: 'in_stay',
    prepare: begun,
    act: async (_, told) => told.guest.post(`/bookings/${(await told.booking()).id}/check-in`),
    async settle(_, told) {
      await until(
        'the arrival is on record',
        async () => (await told.booking()).checkedInAt !== undefined,
        LONG_MS,
      );
    },
  },
  sendMail: {
    ...atOnce,
    async settle(world, told) {
      await becomes(told, 'confirmed');
      await world.mail(told.guest, /is booked/);
      assert.equal((await world.mailbox(told.guest)).length, 1);
    },
  },
  resumeRequested: leftRequested,
  ...reviewStories({ becomes, booked, passTo }),
};

/** Those that write to the database, in one transaction each. */
const WRITES: readonly Activity[] = [
  'holdNights',
  'confirmFree',
  'noteBank',
  'endHold',
  'acceptPayment',
  'cancelStay',
  'askHost',
  'remindHost',
  'beginStay',
  'completeStay',
  'recordStay',
  'acceptLatePayment',
  'recordRefund',
  ...REVIEW_STEPS,
];

/** A process to be killed at one point of a story. */
export interface Case {
  part: 'worker' | 'api';
  /** As `bin/crash-worker.ts` and `bin/crash-api.ts` name it. */
  at: string;
  story: Story;
}

function pointsOf(activity: Activity): string[] {
  return WRITES.includes(activity) ? ['before', 'during', 'after'] : ['before', 'after'];
}

const WORKER_CASES: readonly Case[] = (Object.keys(STORIES) as Activity[]).flatMap((activity) =>
  pointsOf(activity).map((point) => ({
    part: 'worker' as const,
    at: `${point}:${activity}`,
    story: STORIES[activity],
  })),
);

const API_CASES: readonly Case[] = [
  'before the request',
  'request written',
  'workflow started',
  'before the answer',
].map((at) => ({ part: 'api', at, story: atOnce }));

/** All that is rehearsed. */
export const CASES: readonly Case[] = [...WORKER_CASES, ...API_CASES];
