import type Stripe from 'stripe';
import { formatMoney } from '#domain/money.ts';
import type { Bank } from '../bank.ts';
import { answerChallenge } from '../objects/confirmation.ts';
import { findIntent } from '../objects/payment-intents.ts';
import { parseForm } from '../protocol/form.ts';
import type { Answer } from '../protocol/http.ts';
import { cardName, factList, leadBack, MERCHANT, sheet } from './challenge-sheet.ts';
import { setupChallenge } from './setup-challenge.ts';

const PREFIX = '/_sim/challenges/';

export function isChallenge(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** The page on which a cardholder passes or fails a 3-D Secure challenge. Who has its address needs no more. */
export function challengePage(bank: Bank, request: { method: string; path: string; body: string }): Answer {
  const secret = request.path.slice(PREFIX.length);
  const id = secret.split('_secret_')[0] ?? '';
  const setup = bank.store.setupIntents.get(id);
  if (setup?.client_secret === secret) return setupChallenge(bank, setup, request);
  const intent = bank.store.paymentIntents.get(id);
  if (intent?.client_secret !== secret)
    return sheet({ status: 404, title: 'There is no such challenge', body: '' });
  if (intent.status !== 'requires_action') return end(intent, 'answered');
  if (request.method !== 'POST') return question(bank, intent);
  const returnUrl = intent.next_action?.redirect_to_url?.return_url ?? null;
  const passed = parseForm(request.body).outcome === 'pass';
  bank.act(undefined, () => answerChallenge(bank, intent, passed));
  const answered = findIntent(bank, intent.id);
  if (returnUrl === null) return end(answered, passed ? 'passed' : 'failed');
  return leadBack(returnUrl, {
    payment_intent: answered.id,
    payment_intent_client_secret: secret,
    redirect_status: isPaid(answered) ? 'succeeded' : 'failed',
  });
}

function question(bank: Bank, intent: Stripe.PaymentIntent): Answer {
  const facts = {
    Amount: amountOf(intent),
    To: MERCHANT,
    ...purposeOf(intent),
    Card: cardName(bank, intent),
  };
  return sheet({
    title: 'Is it you who pays?',
    body: `<p>${MERCHANT} asks for a payment by your card. Approve it only if you are booking this stay.</p>
${factList(facts)}
<form method="post">
<button name="outcome" value="pass">Approve payment</button>
<button name="outcome" value="fail" class="second">Decline</button>
</form>`,
  });
}

function amountOf({ amount, currency }: Stripe.PaymentIntent): string {
  return formatMoney({ amount, currency: currency.toUpperCase() });
}

function purposeOf({ description, metadata }: Stripe.PaymentIntent): Record<string, string> {
  if (description !== null) return { For: description };
  return metadata.bookingId === undefined ? {} : { Booking: metadata.bookingId };
}

function isPaid({ status }: Stripe.PaymentIntent): boolean {
  return ['processing', 'requires_capture', 'succeeded'].includes(status);
}

/** What has become of the payment, for whoever is not led anywhere. */
function end(intent: Stripe.PaymentIntent, how: 'passed' | 'failed' | 'answered'): Answer {
  const before = how === 'answered' ? 'This challenge has been answered. ' : '';
  const after = 'You may close this page and go back.';
  const tell = (title: string, words: string) =>
    sheet({ title, body: `<p role="status">${before}${words} ${after}</p>` });
  if (isPaid(intent)) return tell('Payment approved', `${amountOf(intent)} go to ${MERCHANT}.`);
  if (intent.status === 'canceled')
    return tell('Payment withdrawn', 'It is no longer asked for. Nothing was charged.');
  if (how === 'passed')
    return tell('Card declined', 'We know that it is you, but the card did not pay. Nothing was charged.');
  return tell('Payment declined', 'Nothing was charged.');
}
