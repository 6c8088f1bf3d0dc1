import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { UntypedActivities } from '@temporalio/common';
import type { BookingActivities } from '#activities/bookings.ts';
import type { BulkCancellationActivities } from '#activities/bulk-cancellations.ts';
import type { CalendarActivities } from '#activities/calendars.ts';
import type { MaintenanceActivities } from '#activities/maintenance.ts';
import type { NotificationActivities } from '#activities/notifications.ts';
import type { PaymentActivities } from '#activities/payments.ts';
import type { PayoutActivities } from '#activities/payouts.ts';
import type { ReconciliationActivities } from '#activities/reconciliation.ts';
import type { ReviewActivities } from '#activities/reviews.ts';
import { BOOKINGS_QUEUE } from './bookings.contract.ts';
import { PAYMENTS_QUEUE } from './refunds.contract.ts';
import { named } from './summaries.ts';

/** A database step on the hot path: one marker in the history. Two seconds are an age for a transaction. */
const QUICK = { startToCloseTimeout: '2s', retry: { maximumAttempts: 3, initialInterval: '100ms' } } as const;

/** The same step once its quick tries are spent: a database that is away comes back. Watched by alerts, never given up. */
const PATIENT = {
  taskQueue: BOOKINGS_QUEUE,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', maximumInterval: '1m' },
} as const;

/** The database steps of a booking: quick, then patient, so that none is ever left undone. */
export const step = quickThenPatient<BookingActivities>(
  named<BookingActivities>(proxyLocalActivities<BookingActivities>(QUICK)),
  named<BookingActivities>(proxyActivities<BookingActivities>(PATIENT)),
);

const patientReviews = named<ReviewActivities>(proxyActivities<ReviewActivities>(PATIENT));

/** The database steps of a review window, likewise. */
export const reviewStep = quickThenPatient<ReviewActivities>(
  named<ReviewActivities>(proxyLocalActivities<ReviewActivities>(QUICK)),
  patientReviews,
);

/** Opens a review window, which is a call to Temporal too and so no step of a moment. */
export const openReviews: ReviewActivities['openReviews'] = (stay) => patientReviews.openReviews(stay);

function quickThenPatient<Steps extends UntypedActivities>(quick: Steps, patient: Steps): Steps {
  return new Proxy(quick, {
    get:
      (_, name: string) =>
      async (input: never): Promise<unknown> => {
        try {
          return await quick[name]?.(input);
        } catch (error) {
          if (isFinal(error)) throw error;
          return patient[name]?.(input);
        }
      },
  });
}

/** A refusal (activities/failures.ts): trying again changes nothing. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.nonRetryable === true
  );
}

/** How long a guest is kept waiting for the bank before the answer is "still working". */
export const BANK_PATIENCE_SECONDS = 30;

/** The bank while a guest waits. Spent, its effect is unknown and has to be looked up. */
export const bankNow = named<PaymentActivities>(
  proxyActivities<PaymentActivities>({
    taskQueue: PAYMENTS_QUEUE,
    startToCloseTimeout: '20s',
    scheduleToCloseTimeout: `${BANK_PATIENCE_SECONDS}s`,
    retry: { initialInterval: '200ms', maximumInterval: '5s' },
  }),
);

/** The bank where a word from it would be welcome but nothing waits for it longer than this. */
export const bankBriefly = named<PaymentActivities>(
  proxyActivities<PaymentActivities>({
    taskQueue: PAYMENTS_QUEUE,
    startToCloseTimeout: '5s',
    scheduleToCloseTimeout: '10s',
  }),
);

/** The bank for what has to happen: asked until it answers, each time after a look at what it has already done. */
export const bank = named<PaymentActivities>(
  proxyActivities<PaymentActivities>({
    taskQueue: PAYMENTS_QUEUE,
    startToCloseTimeout: '20s',
    retry: { initialInterval: '500ms', maximumInterval: '5m' },
  }),
);

/** The steps of a payout, at the bank and in the database: tried until they are done. */
export const payoutStep = named<PayoutActivities>(
  proxyActivities<PayoutActivities>({
    taskQueue: PAYMENTS_QUEUE,
    startToCloseTimeout: '30s',
    retry: { initialInterval: '500ms', maximumInterval: '5m' },
  }),
);

/** Mail: tried for three days, then given up; none can fail a booking. A mail server that answers at once costs one marker. */
export const mail = quickThenPatient<NotificationActivities>(
  named<NotificationActivities>(
    proxyLocalActivities<NotificationActivities>({
      startToCloseTimeout: '5s',
      retry: { maximumAttempts: 1 },
    }),
  ),
  named<NotificationActivities>(
    proxyActivities<NotificationActivities>({
      startToCloseTimeout: '30s',
      scheduleToCloseTimeout: '3d',
      retry: { initialInterval: '1s', maximumInterval: '10m' },
    }),
  ),
);

/** Jobs of a schedule: the next run does what this one could not. */
export const maintenance = named<MaintenanceActivities>(
  proxyActivities<MaintenanceActivities>({ startToCloseTimeout: '1m', retry: { maximumAttempts: 3 } }),
);

/** Many bookings at a time, each asked for some seconds at most, with a heartbeat after each: a worker that died is missed. */
export const bulk = named<BulkCancellationActivities>(
  proxyActivities<BulkCancellationActivities>({
    startToCloseTimeout: '5m',
    heartbeatTimeout: '30s',
    retry: { initialInterval: '1s', maximumInterval: '1m' },
  }),
);

/** A stranger's calendar: asked for seconds, read for seconds more. What cannot be done now is due again by itself. */
export const calendarSync = named<CalendarActivities>(
  proxyActivities<CalendarActivities>({
    startToCloseTimeout: '1m',
    retry: { initialInterval: '1s', maximumAttempts: 3 },
  }),
);

/** Pages of the bank's lists, with a heartbeat after each: asked until it answers, as everything of the bank. */
export const reconciling = named<ReconciliationActivities>(
  proxyActivities<ReconciliationActivities>({
    taskQueue: PAYMENTS_QUEUE,
    startToCloseTimeout: '10m',
    heartbeatTimeout: '1m',
    retry: { initialInterval: '1s', maximumInterval: '5m' },
  }),
);
