import Stripe from 'stripe';
import { invalidInput } from '#domain/errors.ts';
import type { PayoutId } from '#domain/ids.ts';
import type { Payee } from '#domain/payouts.ts';
import type { Payees, Transferred, WayBack } from './payees.ts';
import { lookedUp, withKey } from './stripe-asking.ts';
import { send, takeBack } from './stripe-transfers.ts';

/** Stripe Connect: hosts have accounts that Stripe onboards and pays out; we transfer, and bear fees and losses. */
export function payeesOf(stripe: Stripe): Payees {
  return {
    openPayee: (person) => openPayee(stripe, person),
    onboard: (accountId, way) => onboard(stripe, accountId, way),
    readPayee: (accountId) => readPayee(stripe, accountId),
    transfer: (transfer, how) => send(stripe, transfer, how),
    takeBack: (taking, how) => takeBack(stripe, taking, how),
    payoutsIn: (theirs) => payoutsIn(stripe, theirs),
  };
}

async function openPayee(stripe: Stripe, { userId, email, replaces }: Parameters<Payees['openPayee']>[0]) {
  const notFound = () => Promise.resolve(undefined);
  return withKey(`${userId}:account:${replaces ?? 'first'}`, notFound, async (idempotencyKey) => {
    const account = await stripe.accounts.create(
      {
        controller: {
          fees: { payer: 'application' },
          losses: { payments: 'application' },
          requirement_collection: 'stripe',
          stripe_dashboard: { type: 'express' },
        },
        capabilities: { transfers: { requested: true } },
        email,
        metadata: { userId },
      },
      { idempotencyKey },
    );
    return account.id;
  });
}

async function onboard(
  stripe: Stripe,
  account: string,
  { returnUrl: return_url, refreshUrl: refresh_url }: WayBack,
): Promise<string> {
  const type = 'account_onboarding';
  return lookedUp(async () => {
    try {
      return (await stripe.accountLinks.create({ account, type, return_url, refresh_url })).url;
    } catch (error) {
      const isOurs = error instanceof Stripe.errors.StripeInvalidRequestError && isWayBack(error.param);
      if (isOurs) throw invalidInput('returnUrl', `The bank does not lead back there: ${error.message}`);
      throw error;
    }
  });
}

function isWayBack(param: string | undefined): boolean {
  return param === 'return_url' || param === 'refresh_url';
}

async function readPayee(stripe: Stripe, accountId: string): Promise<Payee | undefined> {
  return lookedUp(async () => {
    try {
      return payeeOf(await stripe.accounts.retrieve(accountId));
    } catch (error) {
      if (error instanceof Stripe.errors.StripePermissionError) return undefined;
      throw error;
    }
  });
}

function payeeOf({ id, capabilities, requirements, ...account }: Stripe.Account): Payee {
  const why = requirements?.disabled_reason ?? undefined;
  return {
    accountId: id,
    isOnboarded: account.details_submitted,
    isPayable: account.payouts_enabled && capabilities?.transfers === 'active',
    missing: requirements?.currently_due ?? [],
    ...(why !== undefined && { disabledReason: why }),
  };
}

/** The holder's payout lists what came into the account, each the other side of a transfer of ours. */
async function payoutsIn(
  stripe: Stripe,
  { bankPayoutId, accountId }: { bankPayoutId: string; accountId: string },
): Promise<Transferred[]> {
  return lookedUp(async () => {
    const arrived = new Set<string>();
    const within = { payout: bankPayoutId, type: 'payment', limit: 100 };
    for await (const { source } of stripe.balanceTransactions.list(within, { stripeAccount: accountId })) {
      if (typeof source === 'string') arrived.add(source);
    }
    const transferred: Transferred[] = [];
    for await (const transfer of stripe.transfers.list({ destination: accountId, limit: 100 })) {
      const { id: transferId, destination_payment: arrival, metadata } = transfer;
      if (typeof arrival === 'string' && arrived.has(arrival) && metadata.payoutId !== undefined)
        transferred.push({ payoutId: metadata.payoutId as PayoutId, transferId });
    }
    return transferred;
  });
}
