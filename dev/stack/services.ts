import { join, resolve } from 'node:path';
import type { Environment } from '#config';
import type { Addresses } from './addresses.ts';
import type { PartPlan } from './part.ts';
import { run } from './run.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What Node has compiled of our sources once, it need not again: each process is there a quarter of its time sooner. */
const COMPILED = join(ROOT, 'node_modules/.cache/stayward/compiled');

/** Our own programs run as the launcher does: the same Node, no build step. */
const program = (script: string, env: Environment, args: readonly string[] = []) => ({
  file: process.execPath,
  args: [join(ROOT, script), ...args],
  env: { NODE_COMPILE_CACHE: COMPILED, ...env },
  directory: ROOT,
});

/** What a webhook endpoint at the bank would be subscribed to: `KINDS_HEARD` of workflows/inbox.contract.ts. */
export const WEBHOOK_EVENTS: readonly string[] = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'setup_intent.succeeded',
  'setup_intent.setup_failed',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refund.updated',
  'charge.dispute.*',
  'account.updated',
  'account.application.deauthorized',
  'payout.failed',
];

export function planStripe(
  addresses: Addresses,
  options: { home: string; env: Environment; webhookSecret: string },
): PartPlan {
  const args = [
    ...['--port', String(addresses.ports.stripe)],
    ...['--dir', join(options.home, 'stripe')],
    ...['--webhook-url', `${addresses.api}/webhooks/stripe`],
    ...['--webhook-secret', options.webhookSecret],
    ...['--webhook-events', WEBHOOK_EVENTS.join(',')],
  ];
  return {
    name: 'stripe',
    title: 'Stripe simulator',
    launch: program('dev/stripe/main.ts', options.env, args),
    isReady: saysReady,
    readyWithinSeconds: 30,
    stopSignal: 'SIGTERM',
    stopWithinSeconds: 5,
    essential: false,
  };
}

export function planWorker(env: Environment): PartPlan {
  return {
    name: 'worker',
    title: 'Worker',
    launch: program('bin/worker.ts', env),
    isReady: saysReady,
    readyWithinSeconds: 240, // It may have to bundle the workflows first.
    stopSignal: 'SIGTERM',
    stopWithinSeconds: 20,
    essential: false,
  };
}

export function planApi(env: Environment, address: string): PartPlan {
  return {
    name: 'api',
    title: 'API',
    launch: program('bin/api.ts', env),
    isReady: async () => (await answers(`${address}/healthz`)) && (await answers(`${address}/readyz`)),
    readyWithinSeconds: 120,
    stopSignal: 'SIGTERM',
    stopWithinSeconds: 20,
    essential: true,
  };
}

/** Brings the schema up to date. */
export async function migrate(env: Environment, signal: AbortSignal): Promise<void> {
  await run(program('bin/migrate.ts', env), { what: 'Bringing the schema up to date', signal });
}

/** Loads the demo data and gives what the seed says of it: the accounts to sign in with. */
export async function seed(env: Environment, signal: AbortSignal): Promise<string> {
  return run(program('bin/seed.ts', env), { what: 'Loading the demo data', signal });
}

const saysReady = (log: string) => /^ready\b/m.test(log);

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
