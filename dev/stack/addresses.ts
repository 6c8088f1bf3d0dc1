import { join } from 'node:path';
import type { Environment, LauncherConfig } from '#config';
import type { Settings } from './home.ts';
import { choosePort } from './ports.ts';
import { postgresUrl } from './postgres.ts';
import { redisUrl } from './redis.ts';

/** Where everything is, or will be once it runs. */
export interface Addresses {
  readonly ports: Readonly<
    Record<'api' | 'postgres' | 'redis' | 'temporal' | 'temporalUi' | 'stripe', number>
  >;
  readonly api: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly temporalAddress: string;
  /** Undefined: the server is somebody else's, and so is its page. */
  readonly temporalUi: string | undefined;
  /** Undefined: the bank itself. */
  readonly stripeApiBase: string | undefined;
  /** Undefined: mail is sent. */
  readonly mailInbox: string | undefined;
}

/** Only the API's port is fixed; the others are those of last time where they are free. */
export async function chooseAddresses(config: LauncherConfig, settings: Settings): Promise<Addresses> {
  const taken = new Set<number>([config.port]);
  const choose = async (name: string) =>
    (settings.ports[name] = await choosePort(settings.ports[name], taken));
  const ports = {
    api: config.port === 0 ? await choose('api') : config.port,
    postgres: await choose('postgres'),
    redis: await choose('redis'),
    temporal: await choose('temporal'),
    temporalUi: await choose('temporalUi'),
    stripe: await choose('stripe'),
  };
  const embedded = <T>(theirs: unknown, ours: T): T | undefined => (theirs === undefined ? ours : undefined);
  return {
    ports,
    api: `http://${reachable(config.host)}:${ports.api}`,
    databaseUrl:
      config.databaseUrl ?? postgresUrl({ port: ports.postgres, password: settings.databasePassword }),
    redisUrl: config.redisUrl ?? redisUrl({ port: ports.redis, password: settings.redisPassword }),
    temporalAddress: config.temporalAddress ?? `127.0.0.1:${ports.temporal}`,
    temporalUi: embedded(config.temporalAddress, `http://127.0.0.1:${ports.temporalUi}`),
    stripeApiBase: embedded(config.stripe, `http://127.0.0.1:${ports.stripe}`),
    mailInbox: embedded(config.smtpUrl, join(config.homeDirectory, 'mail')),
  };
}

/** An address that one can call, for one that one can only listen on. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
}

/** Many people share a loopback address: no test and no demonstration shall be hindered. */
const EMBEDDED_LIMITS = {
  RATE_LIMIT_READS_PER_MINUTE: '0',
  RATE_LIMIT_REGISTRATIONS_PER_MINUTE: '600',
  RATE_LIMIT_SIGN_INS_PER_MINUTE: '600',
};

/** What the API, the workers and the commands are told. Limits set by hand win, addresses are ours. */
export function serviceSettings(
  addresses: Addresses,
  { config, settings, hasRedis }: { config: LauncherConfig; settings: Settings; hasRedis: boolean },
): Record<string, string> {
  const given = (name: string) => config.environment[name];
  const limits = Object.entries(EMBEDDED_LIMITS).map(
    ([name, value]) => [name, given(name) ?? value] as const,
  );
  const optional = {
    REDIS_URL: hasRedis ? addresses.redisUrl : undefined,
    STRIPE_API_BASE: addresses.stripeApiBase ?? given('STRIPE_API_BASE'),
    SMTP_URL: config.smtpUrl,
    MAIL_INBOX: addresses.mailInbox,
  };
  return {
    ...Object.fromEntries(limits),
    PORT: String(addresses.ports.api),
    HOST: config.host,
    STAYWARD_HOME: config.homeDirectory,
    DATABASE_URL: addresses.databaseUrl,
    TEMPORAL_ADDRESS: addresses.temporalAddress,
    STRIPE_SECRET_KEY: config.stripe?.secretKey ?? settings.stripeSecretKey,
    STRIPE_WEBHOOK_SECRET: config.stripe?.webhookSecret ?? settings.stripeWebhookSecret,
    QUOTE_SECRET: given('QUOTE_SECRET') ?? settings.quoteSecret,
    // Calendars to be imported are on this machine, like everything else.
    OUTGOING_ANYWHERE: given('OUTGOING_ANYWHERE') ?? 'true',
    ...Object.fromEntries(
      Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}

/** The environment of a service: what we inherited, under what it has to know. */
export function serviceEnvironment(inherited: Environment, settings: Record<string, string>): Environment {
  const { REDIS_URL: _redis, SMTP_URL: _smtp, MAIL_INBOX: _inbox, ...rest } = inherited;
  return { ...rest, ...settings };
}
