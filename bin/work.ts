import { NativeConnection, Runtime, Worker, DefaultLogger } from '@temporalio/worker';
import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker';
import { createBookingActivities } from '#activities/bookings.ts';
import { createBulkCancellationActivities } from '#activities/bulk-cancellations.ts';
import { createCalendarActivities } from '#activities/calendars.ts';
import { refusalsAreFinal } from '#activities/failures.ts';
import { createMaintenanceActivities } from '#activities/maintenance.ts';
import { createNotificationActivities } from '#activities/notifications.ts';
import { createPaymentActivities } from '#activities/payments.ts';
import { createPayoutActivities } from '#activities/payouts.ts';
import { createReconciliationActivities } from '#activities/reconciliation.ts';
import { startRelay } from '#activities/relay.ts';
import { createReviewActivities } from '#activities/reviews.ts';
import { dropChanged } from '#api/properties/cache.ts';
import type { Config } from '#config';
import { connect } from '#db/connect.ts';
import type { Db } from '#db/connect.ts';
import type { Bank } from '#gateways/bank.ts';
import { createCache } from '#gateways/cache.ts';
import { createCalendarFeeds } from '#gateways/calendar-feeds.ts';
import type { CalendarFeeds } from '#gateways/calendar-feeds.ts';
import { createLog } from '#gateways/log.ts';
import { createMailer } from '#gateways/mailer.ts';
import type { Mailer } from '#gateways/mailer.ts';
import { createOutgoing } from '#gateways/outgoing.ts';
import { createStripeBank } from '#gateways/stripe.ts';
import { connectWorkflows } from '#gateways/workflows.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { BOOKINGS_QUEUE } from '#workflows/bookings.contract.ts';
import {
  CALENDARS_QUEUE,
  START_DUE_EVERY_SECONDS,
  START_DUE_SYNCS,
  START_DUE_SYNCS_SCHEDULE,
} from '#workflows/calendars.contract.ts';
import {
  MAINTENANCE_QUEUE,
  RESUME_EVERY_SECONDS,
  RESUME_REQUESTED,
  RESUME_REQUESTED_SCHEDULE,
  RETIME_EVERY_SECONDS,
  RETIME_STAYS,
  RETIME_STAYS_SCHEDULE,
} from '#workflows/maintenance.contract.ts';
import { NOTIFICATIONS_QUEUE } from '#workflows/notifications.contract.ts';
import { RECONCILE, RECONCILE_SCHEDULE } from '#workflows/reconciliation.contract.ts';
import { PAYMENTS_QUEUE } from '#workflows/refunds.contract.ts';
import { SwiftWorker } from './swift-worker.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** What activities reach the world by. */
export interface Deps {
  db: Db;
  bank: Bank;
  mailer: Mailer;
  feeds: CalendarFeeds;
  workflows: Workflows;
  firstPayoutHoldDays: number;
}

/** Each kind of work: what it can do, and how much of it at once. */
export const WORK = {
  [BOOKINGS_QUEUE]: (deps: Deps) => ({
    activities: { ...createBookingActivities(deps), ...createReviewActivities(deps) },
    maxCachedWorkflows: 1_000,
    maxConcurrentWorkflowTaskExecutions: 40,
  }),
  /** The bank takes a hundred asks a second from all workers together (STRIPE.md, live limits). */
  [PAYMENTS_QUEUE]: (deps: Deps) => ({
    activities: {
      ...createPaymentActivities(deps),
      ...createPayoutActivities(deps),
      ...createReconciliationActivities(deps),
    },
    maxCachedWorkflows: 200,
    maxTaskQueueActivitiesPerSecond: 100,
  }),
  [NOTIFICATIONS_QUEUE]: (deps: Deps) => ({
    activities: createNotificationActivities(deps),
    maxCachedWorkflows: 50,
  }),
  /** One calendar is read at a time, for ten seconds at worst: no more wait for it than can within a minute. */
  [CALENDARS_QUEUE]: (deps: Deps) => ({
    activities: createCalendarActivities(deps),
    maxCachedWorkflows: 50,
    maxConcurrentActivityTaskExecutions: 5,
  }),
  [MAINTENANCE_QUEUE]: (deps: Deps) => ({
    activities: { ...createMaintenanceActivities(deps), ...createBulkCancellationActivities(deps) },
    maxCachedWorkflows: 10,
  }),
} satisfies Record<string, (deps: Deps) => Partial<WorkerOptions>>;

export interface RunningWorker {
  /** Works until `stop`, then finishes what it has begun and lets go of everything. */
  run(stop: AbortSignal): Promise<void>;
}

/** What is put between the work and the world: nothing, but in a rehearsal of disasters. */
export interface Fitting {
  around?: (deps: Deps) => Deps;
  interceptors?: ActivityInterceptorsFactory[];
}

/**
 * Connects to everything and starts a worker per queue; beside maintenance, the relay and the schedules. What kills
 * workers on purpose comes in by `fitting`, so that the product itself knows nothing of it.
 */
export async function startWorker(
  config: Config,
  queues: (keyof typeof WORK)[],
  { around = (deps) => deps, interceptors = [] }: Fitting = {},
): Promise<RunningWorker> {
  await using opened = new AsyncDisposableStack();
  const log = createLog({ level: config.logLevel, name: 'worker' });
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ message, meta }) => {
      const { error, ...rest } = meta ?? {};
      log.warn({ ...rest, err: error as unknown }, message);
    }),
    shutdownSignals: [],
  });
  const db = opened.adopt(
    connect({
      databaseUrl: config.databaseUrl,
      poolSize: config.databasePoolSize,
      applicationName: 'stayward-worker',
    }),
    (pool) => pool.destroy(),
  );
  const workflows = opened.use(connectWorkflows(config.temporal));
  const bank = createStripeBank(config.stripe);
  const { firstPayoutHoldDays } = config;
  const mailer = createMailer(config.mail);
  const feeds = createCalendarFeeds(createOutgoing(config.outgoing));
  const deps = around({ db, workflows, bank, mailer, feeds, firstPayoutHoldDays });
  const connection = opened.adopt(await NativeConnection.connect({ address: config.temporal.address }), (c) =>
    c.close(),
  );
  const bundle = await workflowBundle(config.workflowBundle);
  const Kind = config.workflowStackTraces ? Worker : SwiftWorker;
  const workers = await Promise.all(
    queues.map((taskQueue) =>
      Kind.create({
        connection,
        namespace: config.temporal.namespace,
        taskQueue,
        workflowBundle: bundle,
        shutdownGraceTime: config.shutdownGraceSeconds * 1000,
        interceptors: { activity: [refusalsAreFinal, ...interceptors] },
        ...WORK[taskQueue](deps),
      }),
    ),
  );
  if (queues.includes(MAINTENANCE_QUEUE)) {
    const cache = opened.use(
      createCache({ redisUrl: config.redisUrl, report: (state) => log.warn({ state }, 'cache') }),
    );
    await workflows.every({
      scheduleId: RESUME_REQUESTED_SCHEDULE,
      workflow: RESUME_REQUESTED,
      queue: MAINTENANCE_QUEUE,
      everySeconds: RESUME_EVERY_SECONDS,
    });
    await workflows.every({
      scheduleId: RETIME_STAYS_SCHEDULE,
      workflow: RETIME_STAYS,
      queue: MAINTENANCE_QUEUE,
      everySeconds: RETIME_EVERY_SECONDS,
    });
    await workflows.every({
      scheduleId: RECONCILE_SCHEDULE,
      workflow: RECONCILE,
      queue: PAYMENTS_QUEUE,
      everySeconds: config.reconcileEverySeconds,
    });
    await workflows.every({
      scheduleId: START_DUE_SYNCS_SCHEDULE,
      workflow: START_DUE_SYNCS,
      queue: CALENDARS_QUEUE,
      everySeconds: START_DUE_EVERY_SECONDS,
    });
    opened.use(
      startRelay({
        db,
        workflows,
        invalidate: (subjectId) => dropChanged(cache, subjectId),
        warn: (err, doing) => log.warn({ err, doing }, 'the relay could not go on'),
      }),
    );
  }
  const held = opened.move();
  return {
    async run(stop) {
      await using _ = held;
      stop.addEventListener('abort', () => workers.forEach((worker) => worker.shutdown()));
      await Promise.all(workers.map((worker) => worker.run()));
    },
  };
}
