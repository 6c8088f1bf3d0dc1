import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { CLOCK_CONTROLS } from './clock-controls.ts';
import { CONNECT_CONTROLS } from './connect-controls.ts';
import type { Faults } from './faults.ts';
import { FaultRule } from './faults.ts';
import { presentTransaction } from '../objects/balance.ts';
import { presentEvent } from '../objects/events.ts';
import { PAYMENT_CONTROLS } from './payment-controls.ts';
import { StripeProblem } from '../protocol/errors.ts';
import type { Answer } from '../protocol/http.ts';
import { json } from '../protocol/http.ts';
import type { Webhooks } from '../webhooks.ts';

/** What the controls have their hands on. */
export interface Simulation {
  bank: Bank;
  faults: Faults;
  webhooks: Webhooks;
}

type Control = (simulation: Simulation, input: unknown, id: string) => unknown;

const SettingsChange = z.strictObject({
  authorization: z.enum(['at_once', 'processing']).optional(),
  processingSeconds: z.int().min(0).optional(),
  refunds: z.enum(['settle', 'pending', 'fail_later']).optional(),
  refundSeconds: z.int().min(0).optional(),
  refundsBeyondBalance: z.enum(['cover', 'wait']).optional(),
  searchLagSeconds: z.int().min(0).optional(),
});

const Seed = z.int().min(0).optional();

/** The controls, by method and path under `/_sim`. Bodies and answers are JSON, times in seconds unless named. */
const CONTROLS: Readonly<Record<string, Control>> = {
  'GET ': state,
  'GET /objects/:id': (simulation, _input, id) => listEverything(simulation, id),
  'POST /settings': ({ bank }, input) => Object.assign(bank.settings, SettingsChange.parse(input)),
  'GET /faults': ({ faults }) => faults.forecast(),
  'POST /faults'({ faults }, input) {
    const { rules, seed } = z.strictObject({ rules: z.array(FaultRule), seed: Seed }).parse(input);
    if (seed !== undefined) faults.seed(seed);
    faults.add(rules);
    return faults.forecast();
  },
  'POST /faults/on'({ faults }) {
    faults.on = true;
    return faults.forecast();
  },
  'POST /faults/off'({ faults }) {
    faults.on = false;
    return faults.forecast();
  },
  'DELETE /faults'({ faults }) {
    faults.clear();
    return faults.forecast();
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
  ...PAYMENT_CONTROLS,
  ...CLOCK_CONTROLS,
  ...CONNECT_CONTROLS,
  'POST /reset'(simulation, input) {
    const { seed } = z.strictObject({ seed: Seed }).parse(input);
    simulation.webhooks.reset();
    simulation.faults.reset();
    if (seed !== undefined) simulation.faults.seed(seed);
    simulation.bank.reset();
    return state(simulation);
  },
};

export interface ControlRequest {
  method: string;
  path: string;
  body: string;
}

/** Answers a request to `/_sim…`: what no client of a bank could do, a test may. */
export function control(simulation: Simulation, { method, path, body }: ControlRequest): Answer {
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
    rules: faults.forecast().rules.length,
    webhooks: { paused: webhooks.paused, undelivered: bank.store.deliveries.size },
    counts,
  };
}

/** All of a collection, oldest first and without pages: for reconciliation. */
function listEverything({ bank }: Simulation, name: string): { data: object[] } {
  const collection = bank.store.collection(name);
  if (collection === undefined) throw new StripeProblem(404, notFound(name));
  if (name === 'balance_transactions')
    return {
      data: [...bank.store.balanceTransactions.values()].map((each) => presentTransaction(bank, each)),
    };
  if (name === 'events')
    return { data: [...bank.store.events.values()].map((event) => presentEvent(bank, event)) };
  return { data: [...collection.values()] };
}

function notFound(name: string): { type: 'invalid_request_error'; message: string } {
  return { type: 'invalid_request_error', message: `There is no collection '${name}'.` };
}
