import Stripe from 'stripe';
import { DomainError, invalidInput } from '#domain/errors.ts';
import { BankUnavailable } from './bank.ts';
import { intentOf } from './stripe-words.ts';

/** How often the bank may fail anew in one ask. What it only repeats is walked past, with a look each time. */
const FAILURES_PER_ASK = 2;
/** More keys than a day of asking at the longest pause between tries can use up. */
const MAX_KEYS = 500;

/**
 * Asks under a key. A 500 ends the execution at the bank but is replayed to the same key for a day, as is the refusal of
 * an act for the state that the intent was in: then the bank's records tell whether it had an effect, and only if it had
 * none the key is raised. The chain of keys is the same in every process, so an ask that is repeated after a crash walks
 * it to the same end; and it is as long as the bank's bad spell, so that what has to happen is not put off until the bank
 * forgets.
 */
export async function withKey<T>(
  key: string,
  find: () => Promise<T | undefined>,
  ask: (idempotencyKey: string) => Promise<T>,
): Promise<T> {
  let failures = 0;
  for (let attempt = 1; attempt <= MAX_KEYS && failures < FAILURES_PER_ASK; attempt += 1) {
    try {
      return await translated(() => ask(`${key}:${attempt.toString()}`));
    } catch (error) {
      const failure = storedFailure(error);
      if (failure === undefined) throw error;
      // After an old failure too: another who asks at this moment may have failed so since we looked last.
      const found = await find();
      if (found !== undefined) return found;
      if (!failure.isRepeated) failures += 1;
    }
  }
  throw new BankUnavailable('The bank answers nothing but errors.');
}

function storedFailure(error: unknown): { isRepeated: boolean } | undefined {
  const cause = error instanceof BankUnavailable ? error.cause : undefined;
  if (isOfAnotherState(cause) && isRepeated(cause)) return { isRepeated: true };
  if (!(cause instanceof Stripe.errors.StripeAPIError) || (cause.statusCode ?? 0) < 500) return undefined;
  return { isRepeated: isRepeated(cause) };
}

/** Refused for the state that the intent is in, or was in when this was first asked. */
export function isOfAnotherState(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError &&
    error.code === 'payment_intent_unexpected_state'
  );
}

/** Said before, to the same key, and not thought about again. */
export function isRepeated({ headers }: Stripe.errors.StripeError): boolean {
  return headers?.['idempotent-replayed'] === 'true';
}

/** A card that is declined is an answer; what cannot be charged is a refusal; all else is a bank to be asked again. */
async function translated<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError && error.payment_intent !== undefined) {
      return intentOf(error.payment_intent) as T;
    }
    if (isOfAnotherState(error) && isRepeated(error))
      throw new BankUnavailable('The bank repeats what is over.', { cause: error });
    if (error instanceof Stripe.errors.StripeInvalidRequestError) throw refusalOf(error);
    if (error instanceof Stripe.errors.StripeError)
      throw new BankUnavailable(error.message, { cause: error });
    throw error;
  }
}

/**
 * What the bank has on record. There is nothing to refuse in a look: a bank that does not know what it has told us of is
 * not in its right mind, or not the one that was meant, and is asked again until somebody has seen to it.
 */
export async function lookedUp<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    throw new BankUnavailable(error.message, { cause: error });
  }
}

function refusalOf(error: Stripe.errors.StripeInvalidRequestError): DomainError {
  if (error.code === 'amount_too_small' || error.code === 'amount_too_large') {
    return new DomainError('amount_too_small', 'The bank cannot charge this amount.', {
      bankCode: error.code,
    });
  }
  const path = error.param?.startsWith('payment_method') === true ? 'paymentMethodId' : '';
  return invalidInput(path, `The bank refused the payment: ${error.message}`);
}
