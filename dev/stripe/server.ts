import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { runDue } from './agenda.ts';
import { Api } from './protocol/api.ts';
import { Bank } from './bank.ts';
import { challengePage, isChallenge } from './controls/challenge-page.ts';
import { isOnboarding, onboardingPage } from './controls/onboarding-page.ts';
import { nextAction } from './objects/confirmation.ts';
import type { Simulation } from './controls/controls.ts';
import { desk } from './controls/state-page.ts';
import { fits } from './objects/events.ts';
import { Faults } from './controls/faults.ts';
import type { Answer } from './protocol/http.ts';
import { json, pathOf, readBody, write } from './protocol/http.ts';
import { Store } from './state/store.ts';
import type { WebhookEndpoint } from './webhooks.ts';
import { Webhooks } from './webhooks.ts';

const AGENDA_TICK_MS = 200;
const KEEP_ALIVE_MS = 75_000;

export interface SimulatorOptions {
  /** The loopback when absent: it is a bank without a lock. */
  host?: string;
  /** 0 chooses a free one. */
  port: number;
  /** Where the state outlives the process; in memory alone when absent. */
  directory?: string;
  /** `events`: which types the endpoint wants (`charge.*` and `*` are families); all when absent. */
  webhook?: WebhookEndpoint & { events?: readonly string[] };
}

export interface Simulator extends AsyncDisposable {
  /** Without trailing slash: `http://127.0.0.1:1234`. */
  readonly url: string;
  readonly port: number;
}

/** Starts the simulated bank on the loopback interface. Disposing it closes the server; the state stays on disk. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const store = await Store.open(options.directory);
  const faults = new Faults();
  const wanted = options.webhook?.events ?? ['*'];
  const bank: Bank = new Bank({
    store,
    delivers: (type) => options.webhook !== undefined && wanted.some((pattern) => fits(type, pattern)),
    onEvents: (ids) => webhooks.enqueue(ids),
  });
  const webhooks = new Webhooks(bank, faults, options.webhook);
  const api = new Api(bank, faults);
  const simulation: Simulation = { bank, faults, webhooks };
  const server = createServer((request, response) => void respond({ api, simulation }, request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const port = await listen(server, options.port, options.host);
  bank.baseUrl = `http://127.0.0.1:${port}`;
  moveChallenges(bank);
  webhooks.enqueue([...store.deliveries.values()].map(({ id }) => id));
  const ticker = setInterval(() => runDue(bank), AGENDA_TICK_MS);
  return {
    url: bank.baseUrl,
    port,
    async [Symbol.asyncDispose]() {
      clearInterval(ticker);
      webhooks[Symbol.dispose]();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      store.close();
    },
  };
}

async function respond(
  { api, simulation }: { api: Api; simulation: Simulation },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await readBody(request);
    const method = request.method ?? 'GET';
    const path = pathOf(request);
    let answer: Answer | undefined;
    if (method === 'OPTIONS') answer = PREFLIGHT;
    else if (isChallenge(path)) answer = challengePage(simulation.bank, { method, path, body });
    else if (isOnboarding(path)) answer = onboardingPage(simulation.bank, { method, path, body });
    else if (path === '/_sim' || path.startsWith('/_sim/'))
      answer = desk(simulation, { method, path, body }, request.headers);
    else answer = await api.answer(request, body);
    if (answer === undefined) request.socket.destroy();
    else write(response, answer);
  } catch (error) {
    if (request.socket.destroyed) return; // Nobody is left to hear it: the client died while it spoke.
    console.error(error);
    write(response, json(500, { error: { type: 'api_error', message: String(error) } }));
  }
}

/** A browser's page is of another origin than the bank, and may call it all the same. */
const PREFLIGHT: Answer = {
  status: 204,
  body: '',
  headers: {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key, Stripe-Version',
    'access-control-max-age': '600',
  },
};

async function listen(server: Server, port: number, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** After a restart on another port, the pages of open challenges have a new address. */
function moveChallenges(bank: Bank): void {
  bank.act(undefined, () => {
    const { paymentIntents, setupIntents } = bank.store;
    const moved = (intent: Stripe.PaymentIntent | Stripe.SetupIntent) =>
      nextAction(bank.baseUrl, intent, intent.next_action?.redirect_to_url?.return_url ?? null);
    for (const intent of paymentIntents.values())
      if (intent.status === 'requires_action') paymentIntents.put({ ...intent, next_action: moved(intent) });
    for (const intent of setupIntents.values())
      if (intent.status === 'requires_action') setupIntents.put({ ...intent, next_action: moved(intent) });
  });
}
