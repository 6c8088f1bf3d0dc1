import type Stripe from 'stripe';

/** The `error` of an answer, as the SDK reads it into its error classes. */
export interface ErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  charge?: string;
  doc_url?: string;
  payment_intent?: Stripe.PaymentIntent;
  payment_method?: Stripe.PaymentMethod;
  setup_intent?: Stripe.SetupIntent;
}

/**
 * A request that the bank refuses without effect. `kept` says whether an idempotency key remembers the answer:
 * not for one that failed validation, but for one that was begun and then met the wrong state.
 */
export class StripeProblem extends Error {
  override readonly name = 'StripeProblem';
  readonly status: number;
  readonly body: ErrorBody;
  readonly kept: boolean;

  constructor(status: number, body: ErrorBody, kept = false) {
    super(body.message);
    this.status = status;
    this.body = body.code === undefined ? body : { ...body, doc_url: docUrl(body.code) };
    this.kept = kept;
  }
}

/** A refusal that *did* something: the attempt is recorded, its charge exists, its events go out. */
export class Declined {
  readonly status = 402;
  readonly body: ErrorBody;

  constructor(body: ErrorBody) {
    this.body = body;
  }
}

export function docUrl(code: string): string {
  return `https://docs.stripe.com/error-codes#${code.replaceAll('_', '-')}`;
}

/** 400, for a parameter that can not be right whatever the state. */
export function invalid(message: string, param?: string, code?: string): StripeProblem {
  return new StripeProblem(400, {
    type: 'invalid_request_error',
    message,
    ...(param !== undefined && { param }),
    ...(code !== undefined && { code }),
  });
}

/** 400, for an act that the object's present state does not allow. */
export function conflict(
  code: string,
  message: string,
  about: Pick<ErrorBody, 'charge' | 'param' | 'payment_intent' | 'setup_intent'> = {},
): StripeProblem {
  return new StripeProblem(400, { type: 'invalid_request_error', code, message, ...about }, true);
}

/** 404 for an address, 400 for an id in a parameter: as Stripe does. */
export function missing(what: string, id: string, param = 'id'): StripeProblem {
  const message = `No such ${what}: '${id}'`;
  return new StripeProblem(param === 'id' ? 404 : 400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message,
    param,
  });
}
