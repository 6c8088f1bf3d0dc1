import { join } from 'node:path';
import type { Environment, LauncherConfig } from '#config';
import { chooseAddresses, serviceEnvironment, serviceSettings } from './addresses.ts';
import type { Addresses } from './addresses.ts';
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
import { identify } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { FOUNDATION, PART_NAMES, RECIPES, SERVICES } from './recipes.ts';
import type { PartName, Recipes, Site } from './recipes.ts';
import { seed } from './services.ts';

export interface StackOptions {
  readonly config: LauncherConfig;
  /** All when left out. More can be had later by `include`. */
  readonly parts?: readonly PartName[] | undefined;
  /** Load the demo data into a database that has not had it. */
  readonly seed?: boolean | undefined;
  /** In the place of the usual ones. A recipe may start several parts, under names of its own. */
  readonly recipes?: Partial<Recipes> | undefined;
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
    const addresses = await chooseAddresses(config, home.settings);
    const stack = new Stack(options, home, addresses);
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
  part(name: string): Part {
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
    return this.#options.config.redisUrl !== undefined || this.#parts.has('redis');
  }

  async begin(): Promise<void> {
    const { signal, parts } = this.#options;
    signal?.addEventListener('abort', () => this.#stopping.abort(), { once: true });
    if (signal?.aborted === true) this.#stopping.abort();
    this.#home.saveSettings(); // Before anything is made with these keys.
    const { leftover } = this.#home;
    const stopped = await this.#narrator.during('stopping what a killed stack left', stopLeftovers(leftover));
    if (stopped.length > 0) this.#narrator.line(`  Stopped leftovers: ${stopped.join(', ')}`);
    await this.include(parts ?? PART_NAMES);
    this.#ready = true;
    this.#writeStackFile();
  }

  /** Starts these parts, and those they need, unless they run already. */
  async include(names: readonly PartName[]): Promise<void> {
    this.#stopping.signal.throwIfAborted(); // With what went wrong before, if something did.
    const needed = names.some((name) => SERVICES.includes(name)) ? [...FOUNDATION, ...names] : names;
    const missing = PART_NAMES.filter((name) => needed.includes(name) && !this.#included.has(name));
    for (const name of missing) this.#included.add(name);
    await this.#bring(missing.filter((name) => FOUNDATION.includes(name)));
    if (missing.includes('postgres') && this.#options.seed === true) await this.#seed();
    await this.#bring(missing.filter((name) => SERVICES.includes(name)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    const ofName = (part: Part) => PART_NAMES.findIndex((name) => name === part.plan.name);
    // What a recipe of somebody's has started comes last of all, and so stops first.
    const order = (part: Part) => (ofName(part) === -1 ? PART_NAMES.length : ofName(part));
    const inOrder = [...this.#parts.values()].sort((a, b) => order(a) - order(b));
    for (const part of inOrder.reverse()) {
      await this.#narrator.during(`stopping ${part.plan.title}`, part.hold());
    }
    this.#home[Symbol.dispose]();
    await this.#guardian[Symbol.asyncDispose]();
  }

  async #start(plan: PartPlan): Promise<void> {
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    const part = new Part(plan, {
      narrator: this.#narrator,
      guardian: this.#guardian,
      logFile: join(this.logs, `${plan.name}.log`),
      home: this.home,
      onChange: () => this.#writeStackFile(),
      onLost: this.#lose,
    });
    this.#parts.set(plan.name, part);
    const giveUp = () => void part.hold();
    signal.addEventListener('abort', giveUp, { once: true });
    await this.#narrator.during(`starting ${plan.title}`, part.start());
    signal.removeEventListener('abort', giveUp);
  }

  /** All at once; when one fails the others are called off, and none is still at work when this throws. */
  async #bring(names: readonly PartName[]): Promise<void> {
    const site = this.#site();
    const recipes = { ...RECIPES, ...this.#options.recipes };
    const works = names.map((name) =>
      recipes[name](site).catch((error: unknown) => this.#stopping.abort(error)),
    );
    await Promise.all(works);
    this.#stopping.signal.throwIfAborted();
  }

  async #seed(): Promise<void> {
    const { seeded } = this.#home.settings;
    const database = this.#databaseIdentity();
    if (seeded[database] !== undefined) return;
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

  #site(): Site {
    return {
      home: this.home,
      config: this.#options.config,
      settings: this.#home.settings,
      addresses: this.addresses,
      throwAway: this.#options.throwAway === true,
      narrator: this.#narrator,
      signal: this.#stopping.signal,
      environment: () => this.environment,
      start: (plan) => this.#start(plan),
      tell: (what, where) => this.#narrator.line(`  ${what.padEnd(17)} ${where}`),
    };
  }

  #serviceSettings(): Record<string, string> {
    const { settings } = this.#home;
    const { config } = this.#options;
    return serviceSettings(this.addresses, { config, settings, hasRedis: this.hasRedis });
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
    const environment = this.#serviceSettings();
    try {
      this.#home.writeStackFile({
        launcher,
        ready: this.#ready,
        ...addresses,
        logs: this.logs,
        parts,
        environment,
      });
    } catch {
      // A disk that is full by now: the stack goes on, only other commands cannot find it.
    }
  }
}
