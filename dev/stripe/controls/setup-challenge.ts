import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { answerSetupChallenge } from '../objects/setup-course.ts';
import { findSetupIntent } from '../objects/setup-intents.ts';
import { parseForm } from '../protocol/form.ts';
import type { Answer } from '../protocol/http.ts';
import { cardName, factList, leadBack, MERCHANT, sheet } from './challenge-sheet.ts';

/** The page on which a cardholder agrees, or not, that a card be kept and charged later. */
export function setupChallenge(
  bank: Bank,
  intent: Stripe.SetupIntent,
  { method, body }: { method: string; body: string },
): Answer {
  if (intent.status !== 'requires_action') return end(intent, 'This challenge has been answered. ');
  if (method !== 'POST') return question(bank, intent);
  const returnUrl = intent.next_action?.redirect_to_url?.return_url ?? null;
  const passed = parseForm(body).outcome === 'pass';
  bank.act(undefined, () => answerSetupChallenge(bank, intent, passed));
  const answered = findSetupIntent(bank, intent.id);
  if (returnUrl === null) return end(answered);
  return leadBack(returnUrl, {
    setup_intent: answered.id,
    setup_intent_client_secret: answered.client_secret ?? '',
    redirect_status: answered.status === 'succeeded' ? 'succeeded' : 'failed',
  });
}

function question(bank: Bank, intent: Stripe.SetupIntent): Answer {
  const use = intent.usage === 'off_session' ? 'Charges while you are away' : 'Charges that you confirm';
  const facts = { Card: cardName(bank, intent), For: use };
  return sheet({
    title: 'Is it you who saves this card?',
    body: `<p>${MERCHANT} wants to keep your card for later. Nothing is charged now.</p>
${factList(facts)}
<form method="post">
<button name="outcome" value="pass">Save card</button>
<button name="outcome" value="fail" class="second">Decline</button>
</form>`,
  });
}

/** What has become of the card, for whoever is not led anywhere. */
function end({ status }: Stripe.SetupIntent, before = ''): Answer {
  const tell = (title: string, words: string) =>
    sheet({ title, body: `<p role="status">${before}${words} You may close this page and go back.</p>` });
  if (status === 'succeeded') return tell('Card saved', `${MERCHANT} keeps it for later.`);
  if (status === 'canceled')
    return tell('Request withdrawn', 'It is no longer asked for. No card was saved.');
  return tell('Card not saved', 'Nothing was kept.');
}
