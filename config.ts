import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { FIRST_PAYOUT_HOLD_MAX_DAYS } from '#domain/payouts.ts';

/** Variables by name, as the operating system hands them to a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

const port = z.coerce.number().int().min(0).max(65_535);
const perMinute = z.coerce.number().int().min(0);
const address = z.string().regex(/^[^\s/:]+:\d+$/, 'must look like host:port');
const url = (...schemes: string[]) =>
  z
    .string()
    .refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}://`)), {
      message: `must start with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    });
const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Where everything lives: read by every command, and by the launcher before there is a database. */
const PLACE = {
  PORT: port.default(3000),
  HOST: z.string().default('127.0.0.1'),
  STAYWARD_HOME: z.string().default('.stayward'),
};

const SERVICE = z.object({
  ...PLACE,
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  METRICS_PORT: port.optional(),
  DATABASE_URL: url('postgres', 'postgresql'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(16),
  REDIS_URL: url('redis', 'rediss').optional(),
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: z.string().default('default'),
  STRIPE_SECRET_KEY: z.string().regex(/^(sk|rk)_(test|live)_\S+$/, 'must be a secret key, sk_… or rk_…'),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .transform((text) => text.split(',').map((secret) => secret.trim()))
    .pipe(z.array(z.string().min(1, 'must not be empty')).min(1)),
  STRIPE_API_BASE: url('http', 'https').optional(),
  SMTP_URL: url('smtp', 'smtps').optional(),
  MAIL_INBOX: z.string().optional(),
  MAIL_FROM: z.string().default('Stayward <no-reply@stayward.example>'),
  QUOTE_SECRET: z.string().min(32),
  FIRST_PAYOUT_HOLD_DAYS: z.coerce.number().int().min(0).max(FIRST_PAYOUT_HOLD_MAX_DAYS).default(0),
  RATE_LIMIT_READS_PER_MINUTE: perMinute.default(600),
  RATE_LIMIT_REGISTRATIONS_PER_MINUTE: perMinute.default(10),
  RATE_LIMIT_SIGN_INS_PER_MINUTE: perMinute.default(10),
  TRUST_PROXY: yesOrNo.default(false),
  GRAPHQL_EXPLORABLE: yesOrNo.optional(),
  RECONCILE_EVERY_SECONDS: z.coerce.number().int().min(60).default(3_600),
  DRAIN_SECONDS: z.coerce.number().int().min(0).default(0),
  SHUTDOWN_GRACE_SECONDS: z.coerce.number().int().min(0).default(10),
  OUTGOING_ANYWHERE: yesOrNo.default(false),
  WORKFLOW_BUNDLE: z.string().optional(),
  WORKFLOW_STACK_TRACES: yesOrNo.default(false),
});

const LAUNCHER = z.object({
  ...PLACE,
  DATABASE_URL: SERVICE.shape.DATABASE_URL.optional(),
  REDIS_URL: SERVICE.shape.REDIS_URL,
  TEMPORAL_ADDRESS: SERVICE.shape.TEMPORAL_ADDRESS.optional(),
  STRIPE_SECRET_KEY: SERVICE.shape.STRIPE_SECRET_KEY.optional(),
  STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
  SMTP_URL: SERVICE.shape.SMTP_URL,
  XDG_CACHE_HOME: z.string().optional(),
});

/** The environment does not say what a process needs: every problem at once, a line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What a service, or a command that works beside one, is told by its environment. */
export type Config = ReturnType<typeof readConfig>;

/** Reads and checks the settings of an API, a worker or a command. Throws `ConfigError`. */
export function readConfig(environment: Environment = process.env) {
  const env = parse(SERVICE, environment);
  const live = /^(sk|rk)_live_/.test(env.STRIPE_SECRET_KEY);
  return {
    http: { host: env.HOST, port: env.PORT, trustProxy: env.TRUST_PROXY },
    homeDirectory: resolve(env.STAYWARD_HOME),
    logLevel: env.LOG_LEVEL,
    /** Undefined: no metrics are served. */
    metricsPort: env.METRICS_PORT,
    databaseUrl: env.DATABASE_URL,
    databasePoolSize: env.DATABASE_POOL_SIZE,
    /** Undefined: run without a cache. */
    redisUrl: env.REDIS_URL,
    temporal: { address: env.TEMPORAL_ADDRESS, namespace: env.TEMPORAL_NAMESPACE },
    stripe: {
      secretKey: env.STRIPE_SECRET_KEY,
      /** The first signs; all verify, so that a secret can be rotated without losing an event. */
      webhookSecrets: env.STRIPE_WEBHOOK_SECRET,
      /** Undefined: the bank's own address. */
      apiBase: env.STRIPE_API_BASE,
      /** Real money: whatever plays with time or fakes a bank stays out. */
      live,
    },
    /** By SMTP, or into the development inbox. */
    mail: { smtpUrl: env.SMTP_URL, inboxDirectory: env.MAIL_INBOX, from: env.MAIL_FROM },
    quoteSecret: env.QUOTE_SECRET,
    /** So long a new host's first payout is held after it is due, unless an operator says otherwise of one; 0 is not at all. */
    firstPayoutHoldDays: env.FIRST_PAYOUT_HOLD_DAYS,
    /** GraphiQL and introspection: with real money only when asked for. */
    graphql: { explorable: env.GRAPHQL_EXPLORABLE ?? !live },
    /** Per client address; 0 is unlimited. */
    limits: {
      readsPerMinute: env.RATE_LIMIT_READS_PER_MINUTE,
      registrationsPerMinute: env.RATE_LIMIT_REGISTRATIONS_PER_MINUTE,
      signInsPerMinute: env.RATE_LIMIT_SIGN_INS_PER_MINUTE,
    },
    /** How often the bank's records are held against the ledger. */
    reconcileEverySeconds: env.RECONCILE_EVERY_SECONDS,
    /** So long an API that was asked to stop answers on, and says that it is leaving. */
    drainSeconds: env.DRAIN_SECONDS,
    shutdownGraceSeconds: env.SHUTDOWN_GRACE_SECONDS,
    /** Whether addresses that users give may be http and private: for a machine on which all is at home, never with real money. */
    outgoing: { anywhere: env.OUTGOING_ANYWHERE && !live },
    /** Whether the Temporal UI shows where a running workflow stands in its code. It costs a worker half as much again. */
    workflowStackTraces: env.WORKFLOW_STACK_TRACES,
    /** The file that `npm run bundle` made. Undefined: a worker makes its own when it starts. */
    workflowBundle: env.WORKFLOW_BUNDLE === undefined ? undefined : resolve(env.WORKFLOW_BUNDLE),
  };
}

/** What the embedded stack takes from the environment instead of starting it. */
export type LauncherConfig = ReturnType<typeof readLauncherConfig>;

/** Reads the settings of `npm start`. Throws `ConfigError`. */
export function readLauncherConfig(environment: Environment = process.env) {
  const env = parse(LAUNCHER, environment);
  if (env.STRIPE_SECRET_KEY !== undefined && env.STRIPE_WEBHOOK_SECRET === undefined) {
    throw new ConfigError('STRIPE_WEBHOOK_SECRET must be set when STRIPE_SECRET_KEY is.');
  }
  return {
    port: env.PORT,
    host: env.HOST,
    homeDirectory: resolve(env.STAYWARD_HOME),
    cacheDirectory: env.XDG_CACHE_HOME,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    temporalAddress: env.TEMPORAL_ADDRESS,
    stripe:
      env.STRIPE_SECRET_KEY === undefined || env.STRIPE_WEBHOOK_SECRET === undefined
        ? undefined
        : { secretKey: env.STRIPE_SECRET_KEY, webhookSecret: env.STRIPE_WEBHOOK_SECRET },
    smtpUrl: env.SMTP_URL,
    /** What the processes of the stack inherit. */
    environment,
  };
}

/**
 * The environment completed with that of the stack that runs in `STAYWARD_HOME`, if one does, so that a
 * command typed beside `npm start` finds the same database. What is set by hand wins.
 */
export function environmentBesideStack(environment: Environment = process.env): Environment {
  const home = resolve(environment.STAYWARD_HOME ?? '.stayward');
  try {
    const stack: unknown = JSON.parse(readFileSync(`${home}/stack.json`, 'utf8'));
    const running = z.object({ environment: z.record(z.string(), z.string()) }).parse(stack);
    return { ...running.environment, ...environment };
  } catch {
    return environment; // No stack runs here: the environment has to say everything.
  }
}

/** The environment without any setting of ours: for a stack that is to take nothing from the person's own. */
export function environmentWithoutSettings(environment: Environment = process.env): Environment {
  const { XDG_CACHE_HOME: _cache, ...ours } = { ...SERVICE.shape, ...LAUNCHER.shape };
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !(name in ours)));
}

function parse<S extends z.ZodType>(schema: S, environment: Environment): z.output<S> {
  // An empty variable is how a shell or a compose file says "not set".
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return given[name] === undefined ? `${name} is not set` : `${name}: ${message}`;
  });
  throw new ConfigError(['The settings are not complete:', ...lines].join('\n  '));
}
