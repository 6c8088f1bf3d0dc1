import type { Bank } from '../bank.ts';
import { answerChallenge } from '../objects/confirmation.ts';
import { parseForm } from '../protocol/form.ts';
import type { Answer } from '../protocol/http.ts';
import { findIntent } from '../objects/payment-intents.ts';

const PREFIX = '/_sim/challenges/';

export function isChallenge(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** The page on which a cardholder passes or fails a 3-D Secure challenge. Who has its address needs no more. */
export function challengePage(bank: Bank, request: { method: string; path: string; body: string }): Answer {
  const secret = request.path.slice(PREFIX.length);
  const intent = bank.store.paymentIntents.get(secret.split('_secret_')[0] ?? '');
  if (intent?.client_secret !== secret) return page(404, '<p>There is no such challenge.</p>');
  if (intent.status !== 'requires_action') return page(200, '<p>This challenge has been answered.</p>');
  if (request.method !== 'POST') {
    const amount = `${intent.amount} ${intent.currency.toUpperCase()} (in its smallest unit)`;
    return page(
      200,
      `<p>${escaped(intent.description ?? 'A payment')}: ${escaped(amount)}</p>
       <form method="post"><button name="outcome" value="pass">Complete authentication</button>
       <button name="outcome" value="fail">Fail authentication</button></form>`,
    );
  }
  const returnUrl = intent.next_action?.redirect_to_url?.return_url ?? null;
  bank.act(undefined, () => answerChallenge(bank, intent, parseForm(request.body).outcome === 'pass'));
  const { status } = findIntent(bank, intent.id);
  const paid = ['processing', 'requires_capture', 'succeeded'].includes(status);
  if (returnUrl === null)
    return page(200, `<p>${paid ? 'Authenticated and paid.' : 'Not paid.'} You may close this page.</p>`);
  const back = new URL(returnUrl);
  back.searchParams.set('payment_intent', intent.id);
  back.searchParams.set('payment_intent_client_secret', secret);
  back.searchParams.set('redirect_status', paid ? 'succeeded' : 'failed');
  return { status: 303, body: '', headers: { location: back.href } };
}

function page(status: number, content: string): Answer {
  return {
    status,
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>3-D Secure (simulated)</title>
<h1>3-D Secure, simulated</h1>${content}</html>`,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
