import Stripe from 'stripe';
import type { Obstacle } from '#domain/payouts.ts';
import type { TakenBack, TakingBack, Transfer, TransferResult } from './payees.ts';
import { lookedUp, withKey } from './stripe-asking.ts';
import { atBank, inMinor } from './stripe-words.ts';

/** All transfers for a booking are one group. One that was taken back whole is no longer there. */
export async function send(
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
    return { is: 'refused', obstacle: obstacleOf(error) };
  }
}

const CHARGE_IS_SPENT = 'transfer_source_balance_parameters_mismatch';

/** The account's holder can help it in two ways; whatever else the bank has against it is for an operator to see to. */
function obstacleOf({ code = '', param }: Refusal): Obstacle {
  if (param === 'currency') return 'currency';
  return ACCOUNTS_FAULT.has(code) ? 'account' : 'bank';
}

/** What the bank has against the account. */
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

export async function takeBack(
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
