import type { Environment, LauncherConfig } from '#config';
import type { Addresses } from './addresses.ts';
import { cacheDirectory } from './binaries.ts';
import type { Settings } from './home.ts';
import type { Narrator } from './narrator.ts';
import type { PartPlan } from './part.ts';
import { ensureDatabase, planPostgres, requireDatabase } from './postgres.ts';
import { findRedis, planRedis } from './redis.ts';
import { migrate, planApi, planStripe, planWorker } from './services.ts';
import { ensureSearchAttributes, findTemporal, planTemporal, requireTemporal } from './temporal.ts';

/** In the order of their start; they stop in the reverse. */
export const PART_NAMES = ['postgres', 'redis', 'temporal', 'stripe', 'worker', 'api'] as const;
export type PartName = (typeof PART_NAMES)[number];

/** The parts that are ours. They need all the others. */
export const SERVICES: readonly PartName[] = ['worker', 'api'];
export const FOUNDATION = PART_NAMES.filter((name) => !SERVICES.includes(name));

/** What a recipe works with. */
export interface Site {
  readonly home: string;
  readonly config: LauncherConfig;
  readonly settings: Settings;
  readonly addresses: Addresses;
  readonly throwAway: boolean;
  readonly narrator: Narrator;
  /** Aborted: the stack is not wanted any more. */
  readonly signal: AbortSignal;
  /** For our own programs, as far as the stack is up. */
  readonly environment: () => Environment;
  /** Starts a part, and sees to it from then on. */
  readonly start: (plan: PartPlan) => Promise<void>;
  readonly tell: (what: string, where: string) => void;
}

export type Recipes = Readonly<Record<PartName, (site: Site) => Promise<void>>>;

/** How each part comes to be: yours where the environment names one, else found, fetched and started. */
export const RECIPES: Recipes = {
  postgres: async (site) => {
    const { databaseUrl } = site.config;
    if (databaseUrl === undefined) {
      await embeddedPostgres(site);
    } else {
      await requireDatabase(databaseUrl);
      site.tell('PostgreSQL', 'yours, by DATABASE_URL');
    }
    await site.narrator.during('bringing the schema up to date', migrate(site.environment(), site.signal));
  },

  redis: async (site) => {
    if (site.config.redisUrl !== undefined) {
      site.tell('Redis', 'yours, by REDIS_URL');
      return;
    }
    const server = await site.narrator.during('fetching Valkey', findRedis(search(site)));
    if (server === undefined) {
      site.tell('Redis', 'none to be found: the API runs without cache');
      return;
    }
    const port = site.addresses.ports.redis;
    await site.start(planRedis(server, { port, password: site.settings.redisPassword }));
    site.tell('Redis', `127.0.0.1:${port}, ${server}`);
  },

  temporal: async (site) => {
    const { temporalAddress, ports } = site.addresses;
    if (site.config.temporalAddress === undefined) {
      const cli = await site.narrator.during('fetching Temporal', findTemporal(search(site)));
      await site.start(
        planTemporal(cli, { home: site.home, port: ports.temporal, uiPort: ports.temporalUi }),
      );
      site.tell('Temporal', `${temporalAddress}, ${cli}`);
    } else {
      await site.narrator.during('waiting for Temporal', requireTemporal(temporalAddress));
      site.tell('Temporal', 'yours, by TEMPORAL_ADDRESS');
    }
    await ensureSearchAttributes(temporalAddress, site.environment().TEMPORAL_NAMESPACE ?? 'default');
  },

  stripe: async (site) => {
    if (site.config.stripe !== undefined) {
      site.tell('Stripe', 'yours, by STRIPE_SECRET_KEY');
      return;
    }
    const { addresses, home, settings } = site;
    const webhookSecret = settings.stripeWebhookSecret;
    await site.start(planStripe(addresses, { home, env: site.environment(), webhookSecret }));
    site.tell('Stripe simulator', addresses.stripeApiBase ?? '');
  },

  worker: async (site) => {
    await site.start(planWorker(site.environment()));
    site.tell('Worker', 'all queues');
  },

  api: async (site) => {
    await site.start(planApi(site.environment(), site.addresses.api));
    site.tell('API', site.addresses.api);
  },
};

async function embeddedPostgres(site: Site): Promise<void> {
  const settings = {
    home: site.home,
    port: site.addresses.ports.postgres,
    password: site.settings.databasePassword,
    throwAway: site.throwAway,
    path: site.config.environment.PATH,
    signal: site.signal,
  };
  await site.start(await site.narrator.during('creating the PostgreSQL cluster', planPostgres(settings)));
  await ensureDatabase(settings);
  site.tell('PostgreSQL 18', `127.0.0.1:${settings.port}`);
}

const search = ({ config, signal }: Site) => ({
  environment: config.environment,
  cache: cacheDirectory(config.cacheDirectory),
  signal,
});
