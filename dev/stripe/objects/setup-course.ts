import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { cardOf } from './cards.ts';
import type { Decline } from './cards.ts';
import { nextAction } from './confirmation.ts';
import { conflict, Declined, docUrl } from '../protocol/errors.ts';
import { asksForHolder, attach, refusalToSave, setUp } from './saved-methods.ts';
import { idOf } from '../state/store.ts';

const CONFIRMABLE: readonly Stripe.SetupIntent.Status[] = [
  'requires_action',
  'requires_confirmation',
  'requires_payment_method',
];

/** Saves the payment method: at once, after its holder has passed a challenge, or not at all. */
export function confirmSetup(
  bank: Bank,
  intent: Stripe.SetupIntent,
  returnUrl: string | null,
): Stripe.SetupIntent | Declined {
  if (!CONFIRMABLE.includes(intent.status)) throw wrongSetupState(intent, 'confirmed');
  const method = methodOf(bank, intent);
  if (method === undefined)
    throw conflict(
      'setup_intent_unexpected_state',
      "You cannot confirm this SetupIntent because it's missing a payment method.",
      { setup_intent: intent },
    );
  const card = cardOf(method);
  if (!asksForHolder(bank, { method, card, offSession: false })) return save(bank, intent, method);
  const waiting = bank.store.setupIntents.put({
    ...intent,
    status: 'requires_action',
    last_setup_error: null,
    next_action: nextAction(bank.baseUrl, intent, returnUrl),
  });
  bank.emit('setup_intent.requires_action', waiting);
  return waiting;
}

/** The holder's answer to a challenge. A failed one leaves the intent ready for another attempt. */
export function answerSetupChallenge(
  bank: Bank,
  intent: Stripe.SetupIntent,
  passed: boolean,
): Stripe.SetupIntent | Declined {
  const method = methodOf(bank, intent);
  if (intent.status !== 'requires_action' || method === undefined)
    throw wrongSetupState(intent, 'authenticated');
  if (passed) return save(bank, intent, method);
  return fail(bank, intent, {
    type: 'invalid_request_error',
    code: 'setup_intent_authentication_failure',
    doc_url: docUrl('setup_intent_authentication_failure'),
    message: 'The cardholder could not be authenticated. Choose another payment method or try again.',
    payment_method: method,
  });
}

export function wrongSetupState(intent: Stripe.SetupIntent, act: string): Error {
  return conflict(
    'setup_intent_unexpected_state',
    `This SetupIntent could not be ${act} because it has a status of ${intent.status}.`,
    { setup_intent: intent },
  );
}

function save(
  bank: Bank,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
): Stripe.SetupIntent | Declined {
  const refused = refusalToSave(cardOf(method));
  if (refused !== undefined) return decline(bank, { intent, method, why: refused });
  const customer = idOf(intent.customer);
  if (customer !== undefined) attach(bank, method, customer);
  if (intent.usage === 'off_session') setUp(bank, method);
  const saved = bank.store.setupIntents.put({
    ...intent,
    status: 'succeeded',
    last_setup_error: null,
    next_action: null,
  });
  bank.emit('setup_intent.succeeded', saved);
  return saved;
}

function decline(
  bank: Bank,
  { intent, method, why }: { intent: Stripe.SetupIntent; method: Stripe.PaymentMethod; why: Decline },
): Declined {
  const failure = {
    type: 'card_error',
    code: why.code,
    decline_code: why.declineCode,
    doc_url: docUrl(why.code),
    message: why.message,
    payment_method: method,
  } as const;
  return new Declined({ ...failure, setup_intent: fail(bank, intent, failure) });
}

/** Back to the start: the payment method is spent, the reason stays to be read. */
function fail(
  bank: Bank,
  intent: Stripe.SetupIntent,
  failure: Stripe.SetupIntent.LastSetupError,
): Stripe.SetupIntent {
  const failed = bank.store.setupIntents.put({
    ...intent,
    status: 'requires_payment_method',
    last_setup_error: failure,
    next_action: null,
    payment_method: null,
  });
  bank.emit('setup_intent.setup_failed', failed);
  return failed;
}

function methodOf(bank: Bank, intent: Stripe.SetupIntent): Stripe.PaymentMethod | undefined {
  return bank.store.paymentMethods.get(idOf(intent.payment_method) ?? '');
}
