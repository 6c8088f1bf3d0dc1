import { join } from 'node:path';
import type { Environment, LauncherConfig } from '#config';
import { chooseAddresses, serviceEnvironment, serviceSettings } from './addresses.ts';
import type { Addresses } from './addresses.ts';
import { cacheDirectory } from './binaries.ts';
import { ordinaryFailure, StackFailure } from './failure.ts';
import { startGuardian } from './guardian.ts';
import type { Guardian } from './guardian.ts';
import { openHome } from './home.ts';
import type { Home } from './home.ts';
import { stopLeftovers } from './leftovers.ts';
import { silentNarrator } from './narrator.ts';
import type { Narrator } from './narrator.ts';
import { Part } from './part.ts';
import type { PartPlan } from './part.ts';
import { requirePort } from './ports.ts';
import { ensureDatabase, planPostgres, requireDatabase } from './postgres.ts';
import { identify } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { findRedis, planRedis } from './redis.ts';
import { hasProgram, migrate, planApi, planStripe, planWorker, seed } from './services.ts';
import { ensureSearchAttributes, findTemporal, planTemporal, requireTemporal } from './temporal.ts';

/** In the order of their start; they stop in the reverse. */
export const PART_NAMES = ['postgres', 'redis', 'temporal', 'stripe', 'worker', 'api'] as const;
export type PartName = (typeof PART_NAMES)[number];

const SERVICES: readonly PartName[] = ['worker', 'api'];
const FOUNDATION = PART_NAMES.filter((name) => !SERVICES.includes(name));

export interface StackOptions {
  readonly config: LauncherConfig;
  /** All when left out. More can be had later by `include`. */
  readonly parts?: readonly PartName[] | undefined;
  /** Load the demo data into a database that has not had it. */
  readonly seed?: boolean | undefined;
  /** The data directory goes with the stack, so its data need not survive a power cut. */
  readonly throwAway?: boolean | undefined;
  readonly narrator?: Narrator | undefined;
  /** Aborting it breaks off the start. */
  readonly signal?: AbortSignal | undefined;
}

/** Brings up a stack. Throws `StackFailure` with a sentence for people, and then leaves nothing running. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config } = options;
  try {
    if (config.port !== 0) await requirePort(config.port, config.host);
    const home = openHome(config.homeDirectory);
    const stack = new Stack(options, home, await chooseAddresses(config, home.settings));
    try {
      await stack.begin();
      return stack;
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    throw ordinaryFailure(error, config.homeDirectory) ?? error;
  }
}

/** A running stack. Dispose of it to stop every part in the reverse order of their start. */
export class Stack implements AsyncDisposable {
  readonly home: string;
  readonly logs: string;
  readonly addresses: Addresses;
  /** Resolves when an essential part has died, with the reason. The rest is then to be stopped. */
  readonly lost: Promise<StackFailure>;
  readonly #lose: (reason: StackFailure) => void;
  readonly #options: StackOptions;
  readonly #home: Home;
  readonly #narrator: Narrator;
  readonly #guardian: Guardian;
  readonly #stopping = new AbortController();
  readonly #included = new Set<PartName>();
  readonly #parts = new Map<string, Part>();
  #hasRedis = false;
  #ready = false;

  constructor(options: StackOptions, home: Home, addresses: Addresses) {
    this.#options = options;
    this.#home = home;
    this.#narrator = options.narrator ?? silentNarrator;
    this.#guardian = startGuardian();
    if (options.throwAway === true) this.#guardian.discard(home.directory);
    this.home = home.directory;
    this.logs = home.logs;
    this.addresses = addresses;
    const lost = Promise.withResolvers<StackFailure>();
    this.lost = lost.promise;
    this.#lose = lost.resolve;
  }

  /** The part of this name. Throws when the stack does not run it itself. */
  part(name: PartName): Part {
    const part = this.#parts.get(name);
    if (part === undefined) throw new StackFailure(`This stack does not run ${name} itself.`);
    return part;
  }

  /** What the API and the workers are started with: `readConfig(stack.environment)` is their configuration. */
  get environment(): Environment {
    return serviceEnvironment(this.#options.config.environment, this.#serviceSettings());
  }

  /** What the seed said of the demo data: the accounts to sign in with. Empty where there are none. */
  get demo(): string {
    return this.#home.settings.seeded[this.#databaseIdentity()] ?? '';
  }

  /** Without a Redis the API runs without cache. */
  get hasRedis(): boolean {
    return this.#hasRedis;
  }

  async begin(): Promise<void> {
    const { signal, parts } = this.#options;
    signal?.addEventListener('abort', () => this.#stopping.abort(), { once: true });
    if (signal?.aborted === true) this.#stopping.abort();
    this.#home.saveSettings(); // Before anything is made with these keys.
    const { leftover } = this.#home;
    const stopped = await this.#narrator.during('stopping what a killed stack left', stopLeftovers(leftover));
    if (stopped.length > 0)
      this.#narrator.line(`  Stopped what a killed stack had left: ${stopped.join(', ')}`);
    await this.include(parts ?? PART_NAMES);
    this.#ready = true;
    this.#writeStackFile();
  }

  /** Starts these parts, and those they need, unless they run already. */
  async include(names: readonly PartName[]): Promise<void> {
    const needed = names.some((name) => SERVICES.includes(name)) ? [...FOUNDATION, ...names] : names;
    const missing = PART_NAMES.filter((name) => needed.includes(name) && !this.#included.has(name));
    for (const name of missing) this.#included.add(name);
    const bring = (group: readonly PartName[]) =>
      this.#together(missing.filter((name) => group.includes(name)).map((name) => this.#bring[name]()));
    await bring(FOUNDATION);
    if (missing.includes('postgres') && this.#options.seed === true) await this.#seed();
    await bring(SERVICES);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    const inOrder = PART_NAMES.map((name) => this.#parts.get(name)).filter((part) => part !== undefined);
    for (const part of inOrder.reverse())
      await this.#narrator.during(`stopping ${part.plan.title}`, part.hold());
    this.#home[Symbol.dispose]();
    await this.#guardian[Symbol.asyncDispose]();
  }

  readonly #bring: Readonly<Record<PartName, () => Promise<void>>> = {
    postgres: async () => {
      const { config } = this.#options;
      if (config.databaseUrl === undefined) {
        const settings = {
          home: this.home,
          port: this.addresses.ports.postgres,
          password: this.#home.settings.databasePassword,
          throwAway: this.#options.throwAway === true,
          path: config.environment.PATH,
          signal: this.#stopping.signal,
        };
        await this.#start(
          await this.#narrator.during('creating the PostgreSQL cluster', planPostgres(settings)),
        );
        await ensureDatabase(settings);
        this.#tell('PostgreSQL 18', `127.0.0.1:${settings.port}`);
      } else {
        await requireDatabase(config.databaseUrl);
        this.#tell('PostgreSQL', 'yours, by DATABASE_URL');
      }
      if (!hasProgram('bin/migrate.ts')) return;
      await this.#narrator.during(
        'bringing the schema up to date',
        migrate(this.environment, this.#stopping.signal),
      );
    },
    redis: async () => {
      this.#hasRedis = true;
      if (this.#options.config.redisUrl !== undefined) {
        this.#tell('Redis', 'yours, by REDIS_URL');
        return;
      }
      const server = await this.#narrator.during('looking for Redis', findRedis(this.#search()));
      this.#hasRedis = server !== undefined;
      if (server === undefined) {
        this.#tell('Redis', 'none found: the API runs without cache');
        return;
      }
      const [port, password] = [this.addresses.ports.redis, this.#home.settings.redisPassword];
      await this.#start(planRedis(server, { port, password }));
      this.#tell('Redis', `127.0.0.1:${port}, ${server}`);
    },
    temporal: async () => {
      const { temporalAddress, ports } = this.addresses;
      if (this.#options.config.temporalAddress !== undefined) {
        await this.#narrator.during('waiting for Temporal', requireTemporal(temporalAddress));
        this.#tell('Temporal', 'yours, by TEMPORAL_ADDRESS');
      } else {
        const cli = await this.#narrator.during('fetching Temporal', findTemporal(this.#search()));
        await this.#start(
          planTemporal(cli, { home: this.home, port: ports.temporal, uiPort: ports.temporalUi }),
        );
        this.#tell('Temporal', `${temporalAddress}, ${cli}`);
      }
      await ensureSearchAttributes(temporalAddress, this.environment.TEMPORAL_NAMESPACE ?? 'default');
    },
    stripe: async () => {
      if (this.#options.config.stripe !== undefined) {
        this.#tell('Stripe', 'yours, by STRIPE_SECRET_KEY');
        return;
      }
      if (!hasProgram('dev/stripe/main.ts')) return;
      const webhookSecret = this.#home.settings.stripeWebhookSecret;
      await this.#start(
        planStripe(this.addresses, { home: this.home, env: this.environment, webhookSecret }),
      );
      this.#tell('Stripe simulator', this.addresses.stripeApiBase ?? '');
    },
    worker: async () => {
      if (!hasProgram('bin/worker.ts')) return;
      await this.#start(planWorker(this.environment));
      this.#tell('Worker', 'all queues');
    },
    api: async () => {
      if (!hasProgram('bin/api.ts')) return;
      await this.#start(planApi(this.environment, this.addresses.api));
      this.#tell('API', this.addresses.api);
    },
  };

  async #start(plan: PartPlan): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    const part = new Part(plan, {
      narrator: this.#narrator,
      guardian: this.#guardian,
      logFile: join(this.logs, `${plan.name}.log`),
      home: this.home,
      onChange: () => this.#writeStackFile(),
      onLost: this.#lose,
    });
    this.#parts.set(plan.name, part);
    await this.#narrator.during(`starting ${plan.title}`, part.start());
  }

  /** All at once; when one fails the others are called off, and none is still at work when this throws. */
  async #together(works: readonly Promise<void>[]): Promise<void> {
    const failures: unknown[] = [];
    await Promise.all(
      works.map((work) =>
        work.catch((error: unknown) => {
          failures.push(error);
          this.#stopping.abort();
        }),
      ),
    );
    if (failures.length > 0) throw failures[0];
  }

  async #seed(): Promise<void> {
    const { seeded } = this.#home.settings;
    const database = this.#databaseIdentity();
    if (seeded[database] !== undefined || !hasProgram('bin/seed.ts')) return;
    const work = seed(this.environment, this.#stopping.signal);
    seeded[database] = await this.#narrator.during('loading the demo data', work);
    this.#home.saveSettings();
  }

  #databaseIdentity(): string {
    const { databaseUrl } = this.#options.config;
    if (databaseUrl === undefined) return 'embedded';
    const { host, pathname } = new URL(databaseUrl);
    return `${host}${pathname}`;
  }

  #search() {
    const { config } = this.#options;
    const cache = cacheDirectory(config.cacheDirectory);
    return { path: config.environment.PATH, cache, signal: this.#stopping.signal };
  }

  #serviceSettings(): Record<string, string> {
    const { settings } = this.#home;
    return serviceSettings(this.addresses, {
      config: this.#options.config,
      settings,
      hasRedis: this.#hasRedis,
    });
  }

  #tell(what: string, where: string): void {
    this.#narrator.line(`  ${what.padEnd(17)} ${where}`);
  }

  #writeStackFile(): void {
    const launcher = identify(process.pid);
    if (launcher === undefined) return;
    const parts: Record<string, ProcessIdentity> = {};
    for (const [name, { pid }] of this.#parts) {
      const identity = pid === undefined ? undefined : identify(pid);
      if (identity !== undefined) parts[name] = identity;
    }
    const { ports: _ports, ...addresses } = this.addresses;
    this.#home.writeStackFile({
      launcher,
      ready: this.#ready,
      ...addresses,
      logs: this.logs,
      parts,
      environment: this.#serviceSettings(),
    });
  }
}
