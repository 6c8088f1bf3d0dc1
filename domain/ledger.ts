import type { DisputeMoney } from './disputes.ts';
import { splitInParts } from './money.ts';
import type { StayPrice } from './pricing.ts';

/** Double entry in minor units: a debit is positive, a credit negative, and a transaction's sum per currency is zero. */
export const ACCOUNTS = [
  'bank_clearing',
  'bank_balance',
  'host_payable',
  'host_debt',
  'platform_revenue',
  'platform_loss',
  'taxes_payable',
  'disputes',
  'bank_fees',
  'exchange',
] as const;
export type Account = (typeof ACCOUNTS)[number];

export interface Entry {
  account: Account;
  amountMinor: number;
}

/** Whose money a sum from a guest is. The parts add up to the sum. */
export interface Shares {
  hostMinor: number;
  platformMinor: number;
  taxesMinor: number;
}

/** Whose money the whole price of a stay is. */
export function priceShares(price: StayPrice): Shares {
  return {
    hostMinor: price.hostPayoutMinor,
    platformMinor: price.guestServiceFeeMinor + price.hostServiceFeeMinor,
    taxesMinor: price.taxMinor,
  };
}

export function sumOf(shares: Shares): number {
  return shares.hostMinor + shares.platformMinor + shares.taxesMinor;
}

/** Whose money a part of the sum is, or the whole of it: each has its proportion. */
export function sharesOf(amountMinor: number, whole: Shares): Shares {
  const { hostMinor, platformMinor, taxesMinor } = whole;
  const [host = 0, platform = 0, taxes = 0] = splitInParts(amountMinor, [
    hostMinor,
    platformMinor,
    taxesMinor,
  ]);
  return { hostMinor: host, platformMinor: platform, taxesMinor: taxes };
}

/** Money came in: the bank owes it to us, we owe it to host, ourselves and the tax office. */
export function postEntries(shares: Shares): Entry[] {
  return balanced([
    { account: 'bank_clearing', amountMinor: sumOf(shares) },
    { account: 'host_payable', amountMinor: -shares.hostMinor },
    { account: 'platform_revenue', amountMinor: -shares.platformMinor },
    { account: 'taxes_payable', amountMinor: -shares.taxesMinor },
  ]);
}

/** Money went back: the mirror image, share by share. */
export function refundEntries(shares: Shares): Entry[] {
  return mirrored(postEntries(shares));
}

function mirrored(entries: Entry[]): Entry[] {
  return entries.map((entry) => ({ ...entry, amountMinor: -entry.amountMinor }));
}

/** The bank has taken back what a cardholder disputes, and its own fee. Whose loss it is, is open until the verdict. */
export function withdrawalEntries({ amountMinor, feeMinor }: DisputeMoney): Entry[] {
  return balanced([
    { account: 'disputes', amountMinor },
    { account: 'bank_fees', amountMinor: feeMinor },
    { account: 'bank_clearing', amountMinor: -amountMinor - feeMinor },
  ]);
}

/** A dispute is won: what the bank gives back of it, which may be without its fee. */
export function reinstatementEntries(money: DisputeMoney): Entry[] {
  return mirrored(withdrawalEntries(money));
}

/**
 * A dispute is lost: everyone bears the part that was theirs, as if it had been refunded. The host's only as far as they
 * still have so much coming (`payableMinor`); for what has been paid out to them the platform is liable.
 */
export function lossEntries(shares: Shares, payableMinor: number): Entry[] {
  const ofHost = Math.max(0, Math.min(shares.hostMinor, payableMinor));
  return balanced([
    { account: 'disputes', amountMinor: -sumOf(shares) },
    { account: 'host_payable', amountMinor: ofHost },
    { account: 'platform_revenue', amountMinor: shares.platformMinor },
    { account: 'taxes_payable', amountMinor: shares.taxesMinor },
    { account: 'platform_loss', amountMinor: shares.hostMinor - ofHost },
  ]);
}

/** Without the lines of nothing. An unbalanced set is a defect of this file, and the database refuses it too. */
function balanced(entries: Entry[]): Entry[] {
  return entries.filter((entry) => entry.amountMinor !== 0);
}
