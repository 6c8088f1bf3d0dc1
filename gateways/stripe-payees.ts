import Stripe from 'stripe';
import { invalidInput } from '#domain/errors.ts';
import type { PayoutId } from '#domain/ids.ts';
import type { Payee } from '#domain/payouts.ts';
import type {
  Payees,
  TakenBack,
  TakingBack,
  Transfer,
  TransferResult,
  Transferred,
  WayBack,
} from './payees.ts';
import { lookedUp, withKey } from './stripe-asking.ts';
import { atBank, inMinor } from './stripe-words.ts';

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

/** All transfers for a booking are one group. One that was taken back whole is no longer there. */
async function send(
  stripe: Stripe,
  transfer: Transfer,
  { again }: { again: boolean },
): Promise<TransferResult> {
  const { payoutId, bookingId, step, attempt, chargeId: source } = transfer;
  const find = () =>
    lookedUp(async (): Promise<TransferResult | undefined> => {
      for await (const found of stripe.transfers.list({ transfer_group: bookingId, limit: 100 })) {
        if (found.metadata.payoutId === payoutId && !found.reversed) return { is: 'sent', id: found.id };
      }
      return undefined;
    });
  if (again) {
    const existing = await find();
    if (existing !== undefined) return existing;
  }
  const key = `${bookingId}:${step}:${attempt}`;
  const outOfCharge = await withKey<TransferResult | undefined>(key, find, (idempotencyKey) =>
    transferred(stripe, transfer, { idempotencyKey, source }),
  );
  if (outOfCharge !== undefined) return outOfCharge;
  // A debt has paid back what the charge had given before: the same money is in our balance, from another.
  const outOfBalance = await withKey<TransferResult | undefined>(`${key}:balance`, find, (idempotencyKey) =>
    transferred(stripe, transfer, { idempotencyKey, source: undefined }),
  );
  return outOfBalance ?? { is: 'refused', obstacle: 'bank' };
}

/** Undefined where so much is not left of the charge that it was to come out of. */
async function transferred(
  stripe: Stripe,
  { payoutId, bookingId, amountMinor, currency, accountId }: Transfer,
  { idempotencyKey, source }: { idempotencyKey: string; source: string | undefined },
): Promise<TransferResult | undefined> {
  try {
    const { id } = await stripe.transfers.create(
      {
        amount: atBank(amountMinor, currency),
        currency: currency.toLowerCase(),
        destination: accountId,
        transfer_group: bookingId,
        metadata: { payoutId, bookingId },
        ...(source !== undefined && { source_transaction: source }),
      },
      { idempotencyKey },
    );
    return { is: 'sent', id };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error.code === CHARGE_IS_SPENT) return undefined;
    return { is: 'refused', obstacle: ACCOUNTS_FAULT.has(error.code ?? '') ? 'account' : 'bank' };
  }
}

const CHARGE_IS_SPENT = 'transfer_source_balance_parameters_mismatch';

/** What the bank has against the account; whatever else it has is for an operator to see to. */
const ACCOUNTS_FAULT = new Set([
  'account_invalid',
  'insufficient_capabilities_for_transfer',
  'resource_missing',
  'transfers_not_allowed',
]);

type Refusal = Stripe.errors.StripeInvalidRequestError | Stripe.errors.StripePermissionError;

function isRefusal(error: unknown): error is Refusal {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError ||
    error instanceof Stripe.errors.StripePermissionError
  );
}

async function takeBack(
  stripe: Stripe,
  taking: TakingBack,
  { again }: { again: boolean },
): Promise<TakenBack> {
  const { transferId, reason, amountMinor, currency, inPart } = taking;
  const find = () =>
    lookedUp(async (): Promise<TakenBack | undefined> => {
      for await (const found of stripe.transfers.listReversals(transferId, { limit: 100 })) {
        if (found.metadata?.reason === reason) return takenBackOf(found);
      }
      return undefined;
    });
  if (again) {
    const existing = await find();
    if (existing !== undefined) return existing;
  }
  const take = (minor: number) =>
    withKey(`${transferId}:take-back:${reason}:${minor}`, find, async (idempotencyKey) => {
      try {
        const amount = atBank(minor, currency);
        const how = { amount, metadata: { reason } };
        return takenBackOf(await stripe.transfers.createReversal(transferId, how, { idempotencyKey }));
      } catch (error) {
        if (isRefusal(error)) return { is: 'nothing' } as const;
        throw error;
      }
    });
  const whole = await take(amountMinor);
  if (whole.is === 'taken' || !inPart) return whole;
  const left = Math.min(await fundsOf(stripe, taking), await leftOf(stripe, taking));
  return left > 0 && left < amountMinor ? take(left) : whole;
}

/** What of a transfer was not taken back before, in minor units. */
async function leftOf(stripe: Stripe, { transferId, currency }: TakingBack): Promise<number> {
  return lookedUp(async () => {
    const { amount, amount_reversed: back } = await stripe.transfers.retrieve(transferId);
    return inMinor(amount - back, currency);
  });
}

function takenBackOf({ id, amount, currency }: Stripe.TransferReversal): TakenBack {
  return { is: 'taken', id, amountMinor: inMinor(amount, currency) };
}

/** What the account has in the currency, in minor units; nothing where it is no longer ours to ask. */
async function fundsOf(stripe: Stripe, { accountId, currency }: TakingBack): Promise<number> {
  return lookedUp(async () => {
    try {
      const { available, pending } = await stripe.balance.retrieve({}, { stripeAccount: accountId });
      const ours = [...available, ...pending].filter((each) => each.currency === currency.toLowerCase());
      return ours.reduce((sum, { amount }) => sum + inMinor(amount, currency), 0);
    } catch (error) {
      if (isRefusal(error)) return 0;
      throw error;
    }
  });
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
