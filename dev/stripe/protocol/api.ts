import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bank, Cause } from '../bank.ts';
import { API_VERSION, newId } from '../bank.ts';
import type { ErrorBody } from './errors.ts';
import { Declined, invalid, StripeProblem } from './errors.ts';
import { findAccount } from '../objects/accounts.ts';
import { expand } from './expand.ts';
import type { Faults, RequestFault } from '../controls/faults.ts';
import type { Form } from './form.ts';
import { parseForm } from './form.ts';
import type { Answer } from './http.ts';
import { json, pathOf } from './http.ts';
import { fingerprint, Idempotency } from './idempotency.ts';
import { Params } from './params.ts';
import type { Route } from './routes.ts';
import { routeTo } from './routes.ts';

/** One request with all that the steps of its way need. */
interface Exchange {
  cause: Cause;
  method: string;
  path: string;
  form: Form;
  /** Stands for the call and its parameters, where an idempotency key is to be compared. */
  fingerprint: string;
  headers: Record<string, string>;
}

/** Where a request goes, and by whose key. */
interface Target {
  route: Route;
  id: string;
  publishable: boolean;
  account: string | undefined;
}

/**
 * The API as the world sees it: keys, idempotency, faults, then the endpoint in one transaction with its
 * kept answer. `undefined` means that the connection is to be cut without an answer.
 */
export class Api {
  readonly #bank: Bank;
  readonly #faults: Faults;
  readonly #idempotency: Idempotency;

  constructor(bank: Bank, faults: Faults) {
    this.#bank = bank;
    this.#faults = faults;
    this.#idempotency = new Idempotency(bank);
  }

  async answer(request: IncomingMessage, body: string): Promise<Answer | undefined> {
    const exchange = begin(request, body);
    const answer = await this.#answer(request, exchange, body).catch((error: unknown) => refusal(error));
    return answer && { ...answer, headers: { ...exchange.headers, ...answer.headers } };
  }

  async #answer(request: IncomingMessage, exchange: Exchange, body: string): Promise<Answer | undefined> {
    const { method, path } = exchange;
    const query = queryOf(request);
    exchange.form = parseForm(method === 'POST' ? body : query);
    const key = exchange.cause.idempotency_key ?? undefined;
    const fault = this.#faults.takeForRequest({ method, path, idempotencyKey: key });
    if (fault?.kind === 'close') return undefined;
    if (fault?.kind === '429') return { ...TOO_MANY, headers: retryHeaders(fault) };
    const target = routeTo(method, path);
    if (target === undefined) throw unknownUrl(method, path);
    const publishable = authenticate(request, exchange.form, target.route);
    const account = accountOf(this.#bank, request, target.route);
    const work = async () => {
      if (fault !== undefined && fault.kind !== 'answer_late') await sleep(fault.delayMs);
      return this.#perform(exchange, { ...target, publishable, account }, fault);
    };
    exchange.fingerprint = fingerprint(method, path, body);
    const answer = await (key === undefined || method !== 'POST' ? work() : this.#once(key, exchange, work));
    if (fault?.kind === 'answer_late') await sleep(fault.delayMs);
    if (fault?.kind === 'answer_lost') return undefined;
    const isBroken = fault?.kind === '500_before' || fault?.kind === '500_after';
    return isBroken ? { ...answer, headers: { ...answer.headers, ...retryHeaders(fault) } } : answer;
  }

  /** Repeats the kept answer, or does the work while no other request with this key may. */
  async #once(key: string, exchange: Exchange, work: () => Promise<Answer>): Promise<Answer> {
    const kept = this.#idempotency.begin(key, exchange.fingerprint);
    if (kept !== undefined) {
      const headers = { 'idempotent-replayed': 'true', 'original-request': kept.requestId };
      return { status: kept.status, body: kept.body, headers };
    }
    try {
      return await work();
    } finally {
      this.#idempotency.end(key);
    }
  }

  #perform(exchange: Exchange, target: Target, fault: RequestFault | undefined): Answer {
    if (fault?.kind !== '500_before') return this.#effect(exchange, target, fault);
    return this.#bank.act(exchange.cause, () => this.#keep(exchange, { status: 500, body: UNEXPECTED }));
  }

  #effect(exchange: Exchange, target: Target, fault: RequestFault | undefined): Answer {
    const { route, ...whose } = target;
    const bank = this.#bank;
    try {
      return bank.act(exchange.cause, () => {
        const params = new Params(exchange.form);
        const outcome = route.endpoint({ bank, params, ...whose });
        const answer =
          outcome instanceof Declined
            ? problem(outcome.status, outcome.body)
            : json(200, expand(bank, outcome, params.texts('expand') ?? []));
        return this.#keep(exchange, fault?.kind === '500_after' ? { status: 500, body: UNEXPECTED } : answer);
      });
    } catch (error) {
      if (!(error instanceof StripeProblem) || !error.kept) throw error;
      return bank.act(exchange.cause, () => this.#keep(exchange, problem(error.status, error.body)));
    }
  }

  #keep(exchange: Exchange, answer: Answer): Answer {
    const { idempotency_key: key, id } = exchange.cause;
    if (key !== null && exchange.method === 'POST')
      this.#idempotency.keep(key, { ...answer, request: exchange.fingerprint, requestId: id ?? '' });
    return answer;
  }
}

function begin(request: IncomingMessage, body: string): Exchange {
  const id = newId('req');
  const key = request.headers['idempotency-key'];
  const version = request.headers['stripe-version'];
  const idempotencyKey = typeof key === 'string' && key !== '' ? key : null;
  return {
    cause: { id, idempotency_key: idempotencyKey },
    method: request.method ?? 'GET',
    path: pathOf(request),
    form: {},
    fingerprint: body,
    headers: {
      'request-id': id,
      'stripe-version': typeof version === 'string' ? version : API_VERSION,
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Request-Id, Idempotent-Replayed',
      ...(idempotencyKey !== null && { 'idempotency-key': idempotencyKey }),
    },
  };
}

function queryOf(request: IncomingMessage): string {
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

/** True for a browser's publishable key, which opens few doors. Throws 401 and 403. */
function authenticate(request: IncomingMessage, form: Form, route: Route): boolean {
  const header = request.headers.authorization ?? '';
  const basic = header.startsWith('Basic ')
    ? Buffer.from(header.slice(6), 'base64').toString().split(':')[0]
    : '';
  const bearer = header.startsWith('Bearer ') ? header.slice(7).trim() : basic;
  const key = bearer !== '' ? bearer : typeof form.key === 'string' ? form.key : '';
  if (key?.startsWith('sk_test_') === true) return false;
  if (key?.startsWith('pk_test_') !== true)
    throw new StripeProblem(401, {
      type: 'invalid_request_error',
      message:
        'You did not provide an API key that the simulator takes: one that starts with sk_test_ or pk_test_.',
    });
  if (!route.publishable)
    throw new StripeProblem(403, {
      type: 'invalid_request_error',
      code: 'secret_key_required',
      message: 'This API call cannot be made with a publishable API key. Please use a secret API key.',
    });
  return true;
}

/** The connected account that is asked about, where it may be. */
function accountOf(bank: Bank, request: IncomingMessage, { ofAccounts }: Route): string | undefined {
  const account = request.headers['stripe-account'];
  if (typeof account !== 'string') return undefined;
  if (!ofAccounts) throw invalid('The simulator knows Stripe-Account for balances and payouts alone.');
  return findAccount(bank, account).id;
}

function problem(status: number, error: ErrorBody): Answer {
  return json(status, { error });
}

const UNEXPECTED = JSON.stringify({
  error: { type: 'api_error', message: 'An unknown error occurred.' } satisfies ErrorBody,
});

function refusal(error: unknown): Answer {
  if (error instanceof StripeProblem) return problem(error.status, error.body);
  console.error(error);
  return { status: 500, body: UNEXPECTED };
}

const TOO_MANY = problem(429, {
  type: 'invalid_request_error',
  code: 'rate_limit',
  message: 'Too many requests hit the API too quickly.',
});

/** What the bank advises about trying again. */
function retryHeaders({ retryAfterSeconds, shouldRetry }: RequestFault): Record<string, string> {
  return {
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(shouldRetry !== undefined && { 'stripe-should-retry': String(shouldRetry) }),
  };
}

function unknownUrl(method: string, path: string): StripeProblem {
  return new StripeProblem(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}).`,
  });
}
