import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import type { Answer } from '../protocol/http.ts';
import { idOf } from '../state/store.ts';
import { escaped } from './markup.ts';

/** In whose name the account at this bank asks for money. */
export const MERCHANT = 'Stayward';

const STYLE = `:root { color-scheme: light dark; --ink: #17202b; --quiet: #566270; --paper: #fff; --ground: #eef1f5; --line: #dde2e8;
  --strong: #1d4f91; --on-strong: #fff; --notice: #fff4d6; --on-notice: #5c4300 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --quiet: #a5afb9; --paper: #1d2227; --ground: #12161a; --line: #39424b;
  --strong: #8ab8f5; --on-strong: #0d2036; --notice: #3a3115; --on-notice: #f5e2ac } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: start center; padding: 12vh 1rem 2rem; background: var(--ground);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 28rem; overflow: hidden; border-radius: 14px; background: var(--paper);
  box-shadow: 0 1px 2px #0002, 0 12px 32px #0002 }
header { display: flex; align-items: center; gap: .6rem; padding: 1rem 1.5rem; border-bottom: 1px solid var(--line); font-weight: 600 }
header span { margin-left: auto; color: var(--quiet); font-weight: 400; font-size: .875rem }
svg { flex: none; fill: var(--strong) }
section { padding: 1.5rem }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; line-height: 1.25 }
p { margin: 0; color: var(--quiet) }
dl { display: grid; align-items: baseline; grid-template-columns: auto 1fr; gap: .5rem 1.25rem; margin: 1.25rem 0; padding: 1rem 0;
  border: solid var(--line); border-width: 1px 0 }
dt { color: var(--quiet) }
dd { margin: 0; overflow-wrap: anywhere; text-align: right; font-weight: 550 }
dt:first-child, dd:nth-child(2) { font-size: 1.25rem }
dt:nth-of-type(3) + dd { font-size: .75rem; font-weight: 400 }
form { display: grid; gap: .75rem }
button { padding: .8rem 1rem; border: 1px solid var(--strong); border-radius: 9px; background: var(--strong); color: var(--on-strong);
  font: inherit; font-weight: 600; cursor: pointer }
button.second { background: none; color: var(--strong) }
button:hover { filter: brightness(1.08) }
button:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px }
footer { padding: .75rem 1.5rem; background: var(--notice); color: var(--on-notice); font-size: .875rem }`;

const SHIELD = `<svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2 4 5v6c0 5 3.4 9.6 8 11 4.6-1.4 8-6 8-11V5Z"/></svg>`;

/** One sheet of paper from the bank, complete in itself. Its address is a secret, so it is passed on to nobody. */
export function sheet({
  status = 200,
  about = '3-D Secure',
  title,
  body,
}: {
  status?: number;
  /** What the bank is doing. */
  about?: string;
  title: string;
  body: string;
}): Answer {
  return {
    status,
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Simulated bank</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<header>${SHIELD} Simulated bank <span>${about}</span></header>
<section><h1>${escaped(title)}</h1>
${body}</section>
<footer>A rehearsal: no card is real here, and no money moves.</footer>
</main>
</body>
</html>
`,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  };
}

/** What is asked about, point by point. */
export function factList(facts: Readonly<Record<string, string>>): string {
  const rows = Object.entries(facts).map(([name, fact]) => `<dt>${name}</dt><dd>${escaped(fact)}</dd>`);
  return `<dl>${rows.join('')}</dl>`;
}

/** The card that an intent names, as its holder knows it. */
export function cardName(
  bank: Bank,
  intent: Pick<Stripe.PaymentIntent | Stripe.SetupIntent, 'payment_method'>,
): string {
  const { card } = bank.store.paymentMethods.get(idOf(intent.payment_method) ?? '') ?? {};
  return card === undefined ? 'A card' : `${card.brand.toUpperCase()} ending in ${card.last4}`;
}

/** Sends the browser back to whoever sent it here, with how it ended. */
export function leadBack(returnUrl: string, outcome: Readonly<Record<string, string>>): Answer {
  const back = new URL(returnUrl);
  for (const [name, value] of Object.entries(outcome)) back.searchParams.set(name, value);
  return { status: 303, body: '', headers: { location: back.href } };
}
