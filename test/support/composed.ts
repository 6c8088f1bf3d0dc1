import { join } from 'node:path';
import type { Environment } from '#config';
import type { PartPlan } from '#dev/stack/part.ts';
import { choosePort } from '#dev/stack/ports.ts';
import type { Recipes, Site } from '#dev/stack/recipes.ts';
import { run } from '#dev/stack/run.ts';
import { planApi, planWorker } from '#dev/stack/services.ts';
import { compose, composeAsWritten, ROOT } from './compose.ts';
import type { Service } from './compose.ts';
import { imageEnvironment } from './dockerfile.ts';

/** What `settings.env` would say beside what a stack knows. The passwords are for servers that are not started here. */
const SETTINGS = {
  POSTGRES_PASSWORD: 'unused',
  STAYWARD_DB_PASSWORD: 'unused',
  TEMPORAL_DB_PASSWORD: 'unused',
  REDIS_PASSWORD: 'unused',
  SMTP_URL: 'smtp://unused',
};

export interface ComposedOptions {
  /** Of the API, and of each service that is a worker. */
  copies?: number;
  /** What is laid out as in the image; the work tree, unless given. */
  directory?: string;
  /** Further settings, as if in `settings.env`. */
  settings?: Readonly<Record<string, string>>;
  /** As whom, where we may choose. */
  user?: { uid: number; gid: number } | undefined;
  /** Mail is not kept but sent into the void: what keeps it is not part of the image. */
  withoutInbox?: boolean;
}

/**
 * API and workers in several copies, started as `docker-compose.yml` starts them: the same commands, and no environment
 * but that of the file and the image, with the addresses of a stack in the place of the file's. A balancer stands where the
 * stack's own API would.
 */
export class Composed {
  /** The addresses of the APIs, once they run. */
  readonly apis: string[] = [];
  readonly #options: ComposedOptions;

  constructor(options: ComposedOptions = {}) {
    this.#options = options;
  }

  /** For a stack that is to have them. */
  get recipes(): Partial<Recipes> {
    return { worker: (site) => this.#startWorkers(site), api: (site) => this.#startApis(site) };
  }

  /** The names of the parts that are copies of one service: `worker-payments-1`, … */
  copiesOf(service: string): string[] {
    return Array.from({ length: this.#options.copies ?? 2 }, (_, n) => `${service}-${n + 1}`);
  }

  async #startWorkers(site: Site): Promise<void> {
    const settings = await this.#bundled(site);
    for (const [name, service] of this.#services(site)) {
      if (service.restart !== 'no') continue;
      await run(this.#launch(service, { ...this.#environment(service, site), ...settings }), {
        what: name,
        signal: site.signal,
      });
    }
    const workers = this.#services(site).filter(([name]) => name.startsWith('worker-'));
    const plans = workers.flatMap(([name, service]) =>
      this.copiesOf(name).map((copy): PartPlan => {
        const environment = { ...this.#environment(service, site), ...settings };
        return { ...planWorker({}), ...this.#plan(copy, service, environment) };
      }),
    );
    await Promise.all(plans.map((plan) => site.start(plan)));
  }

  async #startApis(site: Site): Promise<void> {
    const services = this.#services(site).filter(([name]) => name === 'api');
    const taken = new Set(Object.values(site.addresses.ports));
    for (const [name, service] of services) {
      for (const copy of this.copiesOf(name)) {
        const port = await choosePort(undefined, taken);
        const url = `http://127.0.0.1:${port}`;
        const environment = { ...this.#environment(service, site), PORT: String(port) };
        this.apis.push(url);
        await site.start({
          ...planApi({}, url),
          ...this.#plan(copy, service, environment),
          essential: false,
        });
      }
    }
    await site.start(this.#balancer(site));
  }

  /** Our own services: those that run the image. */
  #services(site: Site): [string, Service][] {
    const { services } = compose({ ...site.environment(), ...SETTINGS, ...this.#options.settings });
    return Object.entries(services).filter(([, { build }]) => build?.target === 'runtime');
  }

  /** The environment of a service, each address that it has replaced by the stack's. */
  #environment({ environment = {} }: Service, site: Site): Record<string, string> {
    const { addresses } = site;
    const ours = {
      HOST: '127.0.0.1',
      METRICS_PORT: '0',
      DATABASE_URL: addresses.databaseUrl,
      REDIS_URL: addresses.redisUrl,
      TEMPORAL_ADDRESS: addresses.temporalAddress,
      TEMPORAL_NAMESPACE: 'default',
      STRIPE_API_BASE: addresses.stripeApiBase ?? '',
    };
    const replaced = Object.entries(ours).filter(([name]) => name in environment);
    return {
      ...imageEnvironment(this.#directory),
      ...environment,
      ...Object.fromEntries(replaced),
      HOST: '127.0.0.1', // The image says that everybody may come.
      ...(this.#options.withoutInbox !== true && { SMTP_URL: '', MAIL_INBOX: addresses.mailInbox ?? '' }),
    };
  }

  get #directory(): string {
    return this.#options.directory ?? ROOT;
  }

  /** A laid-out image has the workflows bundled; the work tree has not. */
  async #bundled(site: Site): Promise<{ WORKFLOW_BUNDLE?: string }> {
    if (this.#options.directory !== undefined) return {};
    const file = join(site.home, 'workflows.bundle.js');
    const launch = { file: process.execPath, args: ['bin/bundle.ts', file], directory: ROOT };
    await run(launch, { what: 'Bundling the workflows', signal: site.signal });
    return { WORKFLOW_BUNDLE: file };
  }

  #launch({ command = [] }: Service, env: Environment) {
    const [program, ...args] = command;
    if (program !== 'node') throw new Error(`${String(program)} is not what our services run.`);
    return { file: process.execPath, args, env, directory: this.#directory, ...this.#options.user };
  }

  #plan(name: string, service: Service, env: Environment) {
    return {
      name,
      title: name,
      launch: this.#launch(service, env),
      stopWithinSeconds: Number.parseInt(service.stop_grace_period ?? '10s', 10),
    };
  }

  #balancer(site: Site): PartPlan {
    const args = ['--port', String(site.addresses.ports.api), ...this.apis.flatMap((url) => ['--to', url])];
    const launch = { file: process.execPath, args: [join(import.meta.dirname, 'balancer.ts'), ...args] };
    return { ...planWorker({}), name: 'balancer', title: 'Balancer', launch, stopWithinSeconds: 5 };
  }
}

/** The services that do the work of a queue. */
export function workerServices(): string[] {
  return Object.keys(composeAsWritten().services).filter((name) => name.startsWith('worker-'));
}
