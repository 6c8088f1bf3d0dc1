import { setTimeout as delay } from 'node:timers/promises';
import type { Middleware } from 'koa';
import { createApp, listen } from '#api/app.ts';
import { createBookings } from '#api/bookings/commands.ts';
import { Progress } from '#api/bookings/progress.ts';
import { createCalendars } from '#api/calendars/commands.ts';
import { docs } from '#api/docs/docs.ts';
import { ENDPOINTS, LIVE_ENDPOINTS } from '#api/endpoints.ts';
import { graphql } from '#api/graphql/yoga.ts';
import { createDisputes } from '#api/payments/dispute-commands.ts';
import { createRefunds } from '#api/payments/commands.ts';
import { createPayouts } from '#api/payouts/commands.ts';
import { createMetrics, serveMetrics } from '#api/platform/metrics.ts';
import { PublishedProperties } from '#api/properties/cache.ts';
import { createReviews } from '#api/reviews/commands.ts';
import { createSandbox } from '#api/sandbox/commands.ts';
import type { Config } from '#config';
import { connect } from '#db/connect.ts';
import type { Db } from '#db/connect.ts';
import { countOpenDiscrepancies } from '#db/discrepancies.ts';
import { createBankClock } from '#gateways/bank-clock.ts';
import { createCache } from '#gateways/cache.ts';
import { createLog } from '#gateways/log.ts';
import { createPasswords } from '#gateways/passwords.ts';
import { createRateLimits } from '#gateways/rate-limits.ts';
import { createStripeBank } from '#gateways/stripe.ts';
import { connectWorkflows } from '#gateways/workflows.ts';
import type { Workflows } from '#gateways/workflows.ts';

/** The development inbox, where mail is kept instead of sent. Loaded only then: production has no `dev/`. */
async function developmentMounts(config: Config): Promise<Middleware[]> {
  if (config.mail.inboxDirectory === undefined) return [];
  const { inboxMiddleware } = await import('#dev/mail/inbox.ts');
  return [inboxMiddleware(config.mail.inboxDirectory)];
}

/** What bookings are made with. */
export interface BookingDeps {
  db: Db;
  workflows: Workflows;
}

/**
 * Everything the API runs on, opened in order and closed in reverse. `around` is what is put between bookings and the
 * world: nothing, but in a rehearsal of disasters.
 */
export async function startApi(
  config: Config,
  around: (deps: BookingDeps) => BookingDeps = (deps) => deps,
): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const { redisUrl, quoteSecret, limits, http } = config;
  const log = createLog({ level: config.logLevel, name: 'api' });
  const db = opened.adopt(
    connect({
      databaseUrl: config.databaseUrl,
      poolSize: config.databasePoolSize,
      applicationName: 'stayward-api',
    }),
    (pool) => pool.destroy(),
  );
  const report = (isReachable: boolean) =>
    isReachable ? log.info('Redis is there') : log.warn('Redis is away: reads go to the database');
  const cache = opened.use(createCache({ redisUrl, report }));
  const rateLimits = opened.use(
    createRateLimits({
      redisUrl,
      perMinute: {
        read: limits.readsPerMinute,
        search: limits.readsPerMinute,
        sign_in: limits.signInsPerMinute,
        registration: limits.registrationsPerMinute,
      },
    }),
  );
  const workflows = opened.use(connectWorkflows(config.temporal));
  const now = () => new Date();
  const isLive = config.stripe.live;
  const properties = new PublishedProperties({ db, cache });
  const leaving = new AbortController();
  const metrics =
    config.metricsPort === undefined
      ? undefined
      : createMetrics({ openDiscrepancies: () => countOpenDiscrepancies(db) });
  const deps = {
    db,
    cache,
    log,
    now,
    leaving: leaving.signal,
    rateLimits,
    quoteSecret,
    metrics,
    passwords: createPasswords(),
    bank: createStripeBank(config.stripe),
    bookings: createBookings({ ...around({ db, workflows }), quoteSecret, now, isLive }),
    properties,
    refunds: createRefunds({ db, workflows, now }),
    disputes: createDisputes({ db, workflows, now }),
    payouts: createPayouts({ db, workflows, now }),
    calendars: createCalendars({ db, workflows, now }),
    reviews: createReviews({ db, workflows, properties }),
    sandbox: isLive
      ? undefined
      : createSandbox({ db, workflows, now, bankClock: createBankClock(config.stripe.apiBase) }),
    probes: {
      temporal: () => workflows.isReachable(),
      ...(redisUrl !== undefined && { redis: () => cache.isReachable() }),
    },
    settings: { corsOrigins: [], trustProxy: http.trustProxy, outgoingAnywhere: config.outgoing.anywhere },
  };
  if (metrics !== undefined && config.metricsPort !== undefined) {
    opened.use(await serveMetrics(metrics, { host: http.host, port: config.metricsPort }));
  }
  const endpoints = isLive ? LIVE_ENDPOINTS : ENDPOINTS;
  const progress = new Progress({ db, log });
  const mounts = [
    graphql(deps, { ...config.graphql, progress }),
    docs(endpoints),
    ...(await developmentMounts(config)),
  ];
  const app = createApp(endpoints, deps, mounts);
  const graceMs = config.shutdownGraceSeconds * 1000;
  const { host, port } = http;
  const { url } = opened.use(await listen(app, { host, port, graceMs, leaving: leaving.signal }));
  opened.use(progress); // Closed before the server, which waits for open answers to end.
  opened.defer(async () => {
    leaving.abort(); // Whoever balances the load hears of it, and sends nothing more, before the port is closed.
    await delay(config.drainSeconds * 1000);
  });
  log.info({ url }, 'listening');
  return opened.move();
}
