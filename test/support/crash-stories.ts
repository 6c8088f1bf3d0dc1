import assert from 'node:assert/strict';
import type { BookingActivities } from '#activities/bookings.ts';
import type { CalendarActivities } from '#activities/calendars.ts';
import type { BulkCancellationActivities } from '#activities/bulk-cancellations.ts';
import type { MaintenanceActivities } from '#activities/maintenance.ts';
import type { NotificationActivities } from '#activities/notifications.ts';
import type { PaymentActivities } from '#activities/payments.ts';
import type { PayoutActivities } from '#activities/payouts.ts';
import type { ReconciliationActivities } from '#activities/reconciliation.ts';
import type { ReviewActivities } from '#activities/reviews.ts';
import { HOST_REMINDER_HOURS } from '#domain/bookings.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { PAYOUT_STORIES } from './crash-payout-stories.ts';
import { BULK_STORIES } from './crash-bulk-stories.ts';
import { ALTERATION_STORIES } from './crash-alteration-stories.ts';
import { DISPUTE_STORIES } from './crash-dispute-stories.ts';
import { RECONCILIATION_STORIES } from './crash-reconciliation-stories.ts';
import { CALENDAR_STORIES } from './crash-calendar-stories.ts';
import { INSTALMENT_STORIES } from './crash-instalment-stories.ts';
import { RETIMING_STORIES } from './crash-retiming-stories.ts';
import { REVIEW_STORIES } from './crash-review-stories.ts';
import {
  asked,
  becomes,
  begun,
  booked,
  cancel,
  guestWith,
  LONG_MS,
  passTo,
  pay,
  payPastUs,
  refundIsSettled,
} from './crash-telling.ts';
import type { Story, Told } from './crash-telling.ts';
import type { World } from './journeys.ts';
import { until } from './virtual-time.ts';

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

export const atOnce: Story = {
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
type OtherActivities = NotificationActivities &
  MaintenanceActivities &
  PayoutActivities &
  ReviewActivities &
  BulkCancellationActivities &
  CalendarActivities &
  ReconciliationActivities;

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
  takeRefundIn: {
    ...GIVEN_BACK,
    end: 'confirmed',
    prepare: (world) => booked(world),
    act: async (world, told) => world.bank.refundByHand((await told.booking()).id),
    settle: refundIsSettled,
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
  ...BULK_STORIES,
  resumeRequested: leftRequested,
  ...RETIMING_STORIES,
  ...PAYOUT_STORIES,
  ...DISPUTE_STORIES,
  ...RECONCILIATION_STORIES,
  ...INSTALMENT_STORIES,
  ...ALTERATION_STORIES,
  ...REVIEW_STORIES,
  ...CALENDAR_STORIES,
};
