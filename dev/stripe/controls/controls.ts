import { z } from 'zod';
import { runDue } from '../agenda.ts';
import type { Bank } from '../bank.ts';
import { clockScope } from '../bank.ts';
import { CONNECT_CONTROLS } from './connect-controls.ts';
import { answerChallenge, settlePayment } from '../objects/confirmation.ts';
import { StripeProblem } from '../protocol/errors.ts';
import type { Faults } from './faults.ts';
import { FaultRule } from './faults.ts';
import type { Answer } from '../protocol/http.ts';
import { json } from '../protocol/http.ts';
import { findIntent } from '../objects/payment-intents.ts';
import { failRefund, findRefund, settleRefund } from '../objects/refunds.ts';
import type { Webhooks } from '../webhooks.ts';

/** What the controls have their hands on. */
export interface Simulation {
  bank: Bank;
  faults: Faults;
  webhooks: Webhooks;
}

type Control = (simulation: Simulation, input: unknown, id: string) => unknown;

const Clock = z
  .strictObject({
    advanceSeconds: z.int().min(0).optional(),
    /** An RFC 3339 instant. */
    advanceTo: z.iso.datetime({ offset: true }).optional(),
    /** Only the clock of this intent, or of all that carry this one entry of metadata, also of those to come. */
    paymentIntent: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
  })
  .refine((clock) => (clock.advanceSeconds === undefined) !== (clock.advanceTo === undefined), {
    message: 'Give either advanceSeconds or advanceTo.',
  })
  .refine((clock) => clock.metadata === undefined || Object.keys(clock.metadata).length === 1, {
    message: 'Give one entry of metadata.',
  });

const SettingsChange = z.strictObject({
  authorization: z.enum(['at_once', 'processing']).optional(),
  processingSeconds: z.int().min(0).optional(),
  refunds: z.enum(['settle', 'pending', 'fail_later']).optional(),
  refundSeconds: z.int().min(0).optional(),
  searchLagSeconds: z.int().min(0).optional(),
});

const Seed = z.int().min(0).optional();

/** The controls, by method and path under `/_sim`. Bodies and answers are JSON, times in seconds unless named. */
const CONTROLS: Readonly<Record<string, Control>> = {
  'GET ': state,
  'GET /objects/:id': (simulation, _input, id) => listEverything(simulation, id),
  'POST /clock': (simulation, input) => advanceClock(simulation, Clock.parse(input)),
  'POST /settings': ({ bank }, input) => Object.assign(bank.settings, SettingsChange.parse(input)),
  'GET /faults': ({ faults }) => ({ rules: faults.list() }),
  'POST /faults'({ faults }, input) {
    const { rules, seed } = z.strictObject({ rules: z.array(FaultRule), seed: Seed }).parse(input);
    if (seed !== undefined) faults.seed(seed);
    faults.add(rules);
    return { rules: faults.list() };
  },
  'DELETE /faults'({ faults }) {
    faults.clear();
    return { rules: [] };
  },
  'POST /webhooks/pause'(simulation) {
    simulation.webhooks.pause();
    return state(simulation);
  },
  'POST /webhooks/resume'(simulation) {
    simulation.webhooks.resume();
    return state(simulation);
  },
  'POST /webhooks/secrets'(simulation, input) {
    const { secrets } = z.strictObject({ secrets: z.array(z.string().min(1)).min(1) }).parse(input);
    simulation.webhooks.useSecrets(secrets);
    return state(simulation);
  },
  'POST /payment_intents/:id/challenge'({ bank }, input, id) {
    const { outcome } = z.strictObject({ outcome: z.enum(['pass', 'fail']) }).parse(input);
    bank.act(undefined, () => answerChallenge(bank, findIntent(bank, id), outcome === 'pass'));
    return findIntent(bank, id);
  },
  'POST /payment_intents/:id/settlement'({ bank }, input, id) {
    const { outcome } = z.strictObject({ outcome: z.enum(['succeed', 'fail']) }).parse(input);
    bank.act(undefined, () => settlePayment(bank, findIntent(bank, id), outcome));
    return findIntent(bank, id);
  },
  'POST /refunds/:id/settlement'({ bank }, input, id) {
    const { outcome, failureReason } = z
      .strictObject({
        outcome: z.enum(['succeed', 'fail']),
        failureReason: z.string().default('expired_or_canceled_card'),
      })
      .parse(input);
    return bank.act(undefined, () =>
      outcome === 'succeed'
        ? settleRefund(bank, findRefund(bank, id))
        : failRefund(bank, findRefund(bank, id), failureReason),
    );
  },
  ...CONNECT_CONTROLS,
  'POST /reset'(simulation, input) {
    const { seed } = z.strictObject({ seed: Seed }).parse(input);
    simulation.webhooks.reset();
    simulation.faults.clear();
    if (seed !== undefined) simulation.faults.seed(seed);
    simulation.bank.reset();
    return state(simulation);
  },
};

/** Answers a request to `/_sim…`: what no client of a bank could do, a test may. */
export function control(
  simulation: Simulation,
  request: { method: string; path: string; body: string },
): Answer {
  const { method, path, body } = request;
  const [resource = '', id = '', act] = path.split('/').slice(2);
  const literal = CONTROLS[`${method} ${path.slice('/_sim'.length)}`];
  const named = CONTROLS[`${method} /${[resource, ':id', ...(act === undefined ? [] : [act])].join('/')}`];
  const chosen = literal ?? named;
  if (chosen === undefined) return json(404, { error: `There is no control ${method} ${path}.` });
  try {
    return json(200, chosen(simulation, body === '' ? {} : JSON.parse(body), id));
  } catch (error) {
    if (error instanceof z.ZodError) return json(400, { error: z.prettifyError(error) });
    if (error instanceof SyntaxError) return json(400, { error: 'The body is not JSON.' });
    if (error instanceof StripeProblem) return json(error.status, { error: error.message });
    throw error;
  }
}

function state({ bank, faults, webhooks }: Simulation): object {
  const counts = Object.fromEntries([...bank.store.collections()].map(({ name, size }) => [name, size]));
  return {
    now: bank.now(),
    clockOffsetSeconds: bank.clockOffset(undefined),
    settings: bank.settings,
    rules: faults.list().length,
    webhooks: { paused: webhooks.paused, undelivered: bank.store.deliveries.size },
    counts,
  };
}

/** All of a collection, oldest first and without pages: for reconciliation. */
function listEverything({ bank }: Simulation, name: string): { data: object[] } {
  const collection = bank.store.collection(name);
  if (collection === undefined) throw new StripeProblem(404, notFound(name));
  return { data: [...collection.values()] };
}

function notFound(name: string): { type: 'invalid_request_error'; message: string } {
  return { type: 'invalid_request_error', message: `There is no collection '${name}'.` };
}

function advanceClock(simulation: Simulation, clock: z.infer<typeof Clock>): object {
  const { bank } = simulation;
  const [entry] = Object.entries(clock.metadata ?? {});
  const scope = clock.paymentIntent ?? (entry && clockScope(...entry));
  const offset = bank.clockOffset(scope);
  const ahead =
    clock.advanceTo === undefined
      ? (clock.advanceSeconds ?? 0)
      : Math.ceil(Date.parse(clock.advanceTo) / 1000) - (bank.now() + (scope === undefined ? 0 : offset));
  bank.setClock(scope, offset + Math.max(0, ahead));
  runDue(bank);
  return { now: bank.now() + (scope === undefined ? 0 : bank.clockOffset(scope)) };
}
