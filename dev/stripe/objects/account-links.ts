import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { unguessable } from '../bank.ts';
import type { Call } from '../protocol/endpoint.ts';
import type { Identified } from '../state/collection.ts';
import { findAccount } from './accounts.ts';

const LINK_SECONDS = 300;

/** A way into the onboarding of one account; `id` is the secret in its address. It leads there once. */
export interface OnboardingLink extends Identified {
  readonly account: string;
  readonly expiresAt: number;
  readonly returnUrl: string;
  readonly refreshUrl: string;
}

export function createAccountLink({ bank, params }: Call): Stripe.AccountLink {
  const accountId = params.requiredText('account');
  const returnUrl = params.requiredText('return_url');
  const refreshUrl = params.requiredText('refresh_url');
  params.requiredText('type');
  params.done();
  const { id: account } = findAccount(bank, accountId);
  const created = bank.now();
  const expiresAt = created + LINK_SECONDS;
  const id = unguessable(32);
  bank.store.accountLinks.put({ id, account, expiresAt, returnUrl, refreshUrl });
  return { object: 'account_link', created, expires_at: expiresAt, url: onboardingUrl(bank, id) };
}

export const ONBOARDING_PREFIX = '/_sim/onboarding/';

function onboardingUrl(bank: Bank, secret: string): string {
  return `${bank.baseUrl}${ONBOARDING_PREFIX}${secret}`;
}
