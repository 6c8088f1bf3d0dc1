import type { Bank } from '../bank.ts';
import { ONBOARDING_PREFIX } from '../objects/account-links.ts';
import type { OnboardingLink } from '../objects/account-links.ts';
import { findAccount, setStanding } from '../objects/accounts.ts';
import { parseForm } from '../protocol/form.ts';
import type { Answer } from '../protocol/http.ts';
import { sheet } from './challenge-sheet.ts';
import { escaped } from './markup.ts';

export function isOnboarding(path: string): boolean {
  return path.startsWith(ONBOARDING_PREFIX);
}

/** The page on which somebody who is to be paid tells the bank who they are. Who has its address needs no more. */
export function onboardingPage(bank: Bank, request: { method: string; path: string; body: string }): Answer {
  const link = bank.store.accountLinks.get(request.path.slice(ONBOARDING_PREFIX.length));
  if (link === undefined)
    return sheet({ status: 404, about: ABOUT, title: 'This link leads nowhere any more', body: '' });
  if (link.expiresAt < bank.now()) return seeOther(link.refreshUrl);
  if (request.method !== 'POST') return question(bank, link);
  const isComplete = parseForm(request.body).outcome === 'complete';
  bank.act(undefined, () => {
    bank.store.accountLinks.delete(link.id);
    if (isComplete) setStanding(bank, findAccount(bank, link.account), 'complete');
  });
  return seeOther(link.returnUrl);
}

const ABOUT = 'Payouts';

function question(bank: Bank, { account: id }: OnboardingLink): Answer {
  const { email } = findAccount(bank, id);
  return sheet({
    about: ABOUT,
    title: 'Who is to be paid?',
    body: `<p>Stayward wants to pay you. A real bank would ask here for your name, your papers and your bank account.</p>
<dl><dt>Account</dt><dd>${escaped(id)}</dd><dt>Mail</dt><dd>${escaped(email ?? 'none')}</dd></dl>
<form method="post">
<button name="outcome" value="complete">Give all details</button>
<button name="outcome" value="later" class="second">Do it later</button>
</form>`,
  });
}

function seeOther(location: string): Answer {
  return { status: 303, body: '', headers: { location } };
}
