import Stripe from 'stripe';
import { invalidInput } from '#domain/errors.ts';
import type { BankRefundResult, Collection, Intent, RefundAtBank } from '#domain/payments.ts';
import type { Bank, BankEvent, BankRefund, Collecting } from './bank.ts';
import { cardsOf } from './stripe-cards.ts';
import { payeesOf } from './stripe-payees.ts';
import { isOfAnotherState, isRepeated, lookedUp, withKey } from './stripe-asking.ts';
import { answerDispute, readDispute } from './stripe-disputes.ts';
import { eventOf, statementsOf } from './stripe-statements.ts';
import { atBank, inMinor, intentOf, isLiveKey, refundOf } from './stripe-words.ts';

export interface StripeOptions {
  secretKey: string;
  /** Several while a secret is being rotated. */
  webhookSecrets: string[];
  /** Another address than the bank's own: the simulator's. */
  apiBase?: string | undefined;
  /** One call's patience. */
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 15_000;
/** The bank's clock and ours may differ by this much when its records are searched. */
const CLOCK_SKEW_SECONDS = 300;

/** The adapter: with its two neighbours, how it asks and what the answers mean, all that speaks to Stripe. */
export function createStripeBank(options: StripeOptions): Bank {
  const { secretKey, webhookSecrets, apiBase, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const address = apiBase === undefined ? {} : addressOf(apiBase);
  // Retries are Temporal's: the SDK's own keys would die with the process.
  const stripe = new Stripe(secretKey, {
    ...address,
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
  });
  const isLive = isLiveKey(secretKey);
  return {
    collect: (collection, how) => collect(stripe, collection, how),
    read: (collection, intentId) => read(stripe, collection, intentId),
    confirm: (intentId, paymentMethodId, attempt) => confirm(stripe, intentId, { paymentMethodId, attempt }),
    capture: (intentId) => capture(stripe, intentId),
    close: (intentId) => close(stripe, intentId),
    refund: (refund, how) => refundAtBank(stripe, refund, how),
    readRefund: (bankRefundId) => readRefund(stripe, bankRefundId),
    ...payeesOf(stripe),
    ...statementsOf(stripe, { isLive }),
    ...cardsOf(stripe, {
      read: (collection, intentId) => read(stripe, collection, intentId),
      open: (collection, customerId) =>
        collect(stripe, collection, { capture: 'at_once', keepsCard: { customerId }, again: true }),
    }),
    readDispute: (id) => readDispute(stripe, id),
    answerDispute: (id, evidence) => answerDispute(stripe, id, evidence),
    readWebhook: (body, signature) =>
      readWebhook(stripe, { body, signature, secrets: webhookSecrets, isLive }),
  };
}

function addressOf(apiBase: string): Pick<Stripe.StripeConfig, 'host' | 'port' | 'protocol'> {
  const { hostname, port, protocol } = new URL(apiBase);
  return { host: hostname, port, protocol: protocol === 'http:' ? 'http' : 'https' };
}

async function collect(
  stripe: Stripe,
  collection: Collection,
  { paymentMethodId, capture: when, keepsCard, again }: Collecting,
): Promise<Intent> {
  const find = () => read(stripe, collection);
  if (again) {
    const existing = await find();
    if (existing !== undefined) return existing;
  }
  const keeping = keepsCard && (await keepingFor(stripe, collection, keepsCard.customerId));
  return withKey(`${collection.bookingId}:reserve:${collection.paymentId}`, find, async (idempotencyKey) => {
    const pays: Pick<Stripe.PaymentIntentCreateParams, 'payment_method' | 'confirm'> =
      paymentMethodId === undefined ? {} : { payment_method: paymentMethodId, confirm: true };
    const intent = await stripe.paymentIntents.create(
      {
        amount: atBank(collection.amountMinor, collection.currency),
        currency: collection.currency.toLowerCase(),
        capture_method: when === 'at_once' ? 'automatic' : 'manual',
        allowed_payment_method_types: ['card'],
        metadata: { bookingId: collection.bookingId, paymentId: collection.paymentId },
        ...keeping,
        ...pays,
        ...WITH_CHARGE,
      },
      { idempotencyKey },
    );
    return intentOf(intent);
  });
}

/** Under a key of its own the customer is the same however often this is asked, and so is what the intent is asked for. */
async function keepingFor(
  stripe: Stripe,
  { bookingId }: Collection,
  known?: string,
): Promise<Pick<Stripe.PaymentIntentCreateParams, 'customer' | 'setup_future_usage'>> {
  const customer =
    known ??
    (await withKey(
      `${bookingId}:customer`,
      () => Promise.resolve(undefined),
      async (idempotencyKey) =>
        (await stripe.customers.create({ metadata: { bookingId } }, { idempotencyKey })).id,
    ));
  return { customer, setup_future_usage: 'off_session' };
}

/** By id, or by walking the bank's records since the payment was asked for: unlike its search they are never behind. */
async function read(stripe: Stripe, collection: Collection, intentId?: string): Promise<Intent | undefined> {
  return lookedUp(async () => {
    if (intentId !== undefined) return retrieve(stripe, intentId);
    const since = Math.floor(Date.parse(collection.since) / 1000) - CLOCK_SKEW_SECONDS;
    for await (const intent of stripe.paymentIntents.list({ created: { gte: since }, limit: 100 })) {
      if (intent.metadata.paymentId === collection.paymentId) return retrieve(stripe, intent.id);
    }
    return undefined;
  });
}

/** The charge is where the bank says by which card it was made, and until when it keeps what is reserved. */
const WITH_CHARGE = { expand: ['latest_charge'] };

async function retrieve(stripe: Stripe, intentId: string): Promise<Intent> {
  return intentOf(await stripe.paymentIntents.retrieve(intentId, WITH_CHARGE));
}

async function confirm(
  stripe: Stripe,
  intentId: string,
  { paymentMethodId, attempt }: { paymentMethodId: string; attempt: string },
): Promise<Intent> {
  const find = () =>
    lookedUp(async () => {
      const intent = await retrieve(stripe, intentId);
      return intent.status === 'pending' || intent.status === 'requires_action' ? undefined : intent;
    });
  return withKey(`${intentId}:confirm:${attempt}`, find, async (idempotencyKey) => {
    try {
      const pays = { payment_method: paymentMethodId, ...WITH_CHARGE };
      return intentOf(await stripe.paymentIntents.confirm(intentId, pays, { idempotencyKey }));
    } catch (error) {
      // Paid in another tab, or let go: what it is now is the answer.
      if (isOfAnotherState(error) && !isRepeated(error)) return lookedUp(() => retrieve(stripe, intentId));
      throw error;
    }
  });
}

function isRefusal(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  return error instanceof Stripe.errors.StripeInvalidRequestError;
}

async function capture(stripe: Stripe, intentId: string): Promise<Intent> {
  return conclude(stripe, intentId, {
    key: `${intentId}:post`,
    act: (how) => stripe.paymentIntents.capture(intentId, WITH_CHARGE, how),
  });
}

async function close(stripe: Stripe, intentId: string): Promise<Intent> {
  return conclude(stripe, intentId, {
    key: `${intentId}:void`,
    act: (how) => stripe.paymentIntents.cancel(intentId, {}, how),
  });
}

interface LastAct {
  key: string;
  act: (how: { idempotencyKey: string }) => Promise<Stripe.PaymentIntent>;
}

/**
 * What ends an intent, one way or the other. Already taken, already let go, or on its way: whatever the bank has against
 * it, what the intent is now is the answer, unless the bank only repeats what it said of an intent that was on its way
 * and is so no more. A refusal would help nobody: somebody waits for an end.
 */
async function conclude(stripe: Stripe, intentId: string, { key, act }: LastAct): Promise<Intent> {
  const find = () =>
    lookedUp(async () => {
      const intent = await retrieve(stripe, intentId);
      return intent.status === 'posted' || intent.status === 'voided' ? intent : undefined;
    });
  return withKey(key, find, async (idempotencyKey) => {
    try {
      return intentOf(await act({ idempotencyKey }));
    } catch (error) {
      if (!isRefusal(error) || (isOfAnotherState(error) && isRepeated(error))) throw error;
      return lookedUp(() => retrieve(stripe, intentId));
    }
  });
}

async function refundAtBank(
  stripe: Stripe,
  refund: BankRefund,
  { again }: { again: boolean },
): Promise<BankRefundResult> {
  const find = () =>
    lookedUp(async () => {
      for await (const found of stripe.refunds.list({ payment_intent: refund.intentId, limit: 100 })) {
        if (found.metadata?.refundId === refund.refundId) return refundOf(found);
      }
      return undefined;
    });
  if (again) {
    const existing = await find();
    if (existing !== undefined) return existing;
  }
  return withKey(`${refund.refundId}:refund`, find, async (idempotencyKey) => {
    try {
      const metadata = { refundId: refund.refundId };
      const payment_intent = refund.intentId;
      const amount = atBank(refund.amountMinor, refund.currency);
      return refundOf(await stripe.refunds.create({ payment_intent, amount, metadata }, { idempotencyKey }));
    } catch (error) {
      // Given back by hand, disputed, not there: no later ask changes it, so it is on record for a person to see.
      if (!isRefusal(error)) throw error;
      return { status: 'failed', failure: error.code ?? error.type };
    }
  });
}

async function readRefund(stripe: Stripe, bankRefundId: string): Promise<RefundAtBank> {
  return lookedUp(async () => {
    const refund = await stripe.refunds.retrieve(bankRefundId);
    return { amountMinor: inMinor(refund.amount, refund.currency), result: refundOf(refund) };
  });
}

function readWebhook(
  stripe: Stripe,
  said: { body: Buffer; signature: string; secrets: string[]; isLive: boolean },
): BankEvent {
  const { body, signature, secrets, isLive } = said;
  for (const secret of secrets) {
    let event: Stripe.Event;
    try {
      event = stripe.webhooks.constructEvent(body, signature, secret);
    } catch {
      continue; // Whatever the package makes of a header that anybody may write: it proves nothing.
    }
    return eventOf(event, isLive);
  }
  throw invalidInput(
    'Stripe-Signature',
    'The signature does not fit the body, or is older than five minutes.',
  );
}
