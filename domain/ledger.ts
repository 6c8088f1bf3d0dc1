import type { DisputeMoney } from './disputes.ts';
import { splitInParts } from './money.ts';
import type { Currency } from './money.ts';
import type { StayPrice } from './pricing.ts';

/**
 * Double entry in minor units: a debit is positive, a credit negative, and a transaction's sum per currency is zero.
 * RULES.md "Money between parties, in the ledger".
 */
export const ACCOUNTS = {
  bank_clearing: 'On its way between cards and our balance at the bank.',
  bank_balance: 'Ours at the bank, to be paid out of. Below nothing where the clearing has not come in yet.',
  host_payable: 'What hosts are owed for stays.',
  host_debt: 'What hosts owe: netted from their next payouts.',
  platform_revenue: 'The fees of guests and hosts.',
  platform_loss: 'What nobody else bears.',
  taxes_payable: 'What tax offices are owed.',
  disputes: 'Withheld by the bank until it has decided.',
  bank_fees: 'What the bank keeps for itself.',
  exchange: 'The difference that an exchange of currencies leaves.',
} as const;
export type Account = keyof typeof ACCOUNTS;

export interface Entry {
  account: Account;
  amountMinor: number;
  /** Where it is not that of the step. */
  currency?: Currency;
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

/** Whose money it was that came in with these entries. */
export function sharesIn(posted: readonly Entry[]): Shares {
  const of = (account: Account) =>
    posted.reduce((sum, entry) => (entry.account === account ? sum - entry.amountMinor : sum), 0);
  return {
    hostMinor: of('host_payable'),
    platformMinor: of('platform_revenue'),
    taxesMinor: of('taxes_payable'),
  };
}

/**
 * Money went back: the mirror image, share by share. Of the host's share `owedMinor` is not with us any more, since it
 * has been paid out: that part the host owes.
 */
export function refundEntries(shares: Shares, owedMinor = 0): Entry[] {
  return balanced([
    { account: 'bank_clearing', amountMinor: -sumOf(shares) },
    { account: 'host_payable', amountMinor: shares.hostMinor - owedMinor },
    { account: 'host_debt', amountMinor: owedMinor },
    { account: 'platform_revenue', amountMinor: shares.platformMinor },
    { account: 'taxes_payable', amountMinor: shares.taxesMinor },
  ]);
}

/**
 * What is here already changes hands, since what was paid for has changed. The parts are what each has more, and add up to
 * nothing. Of what the host has less `owedMinor` is not with us any more: that part the host owes.
 */
export function redivisionEntries(more: Shares, owedMinor = 0): Entry[] {
  return balanced([
    { account: 'host_payable', amountMinor: -more.hostMinor - owedMinor },
    { account: 'host_debt', amountMinor: owedMinor },
    { account: 'platform_revenue', amountMinor: -more.platformMinor },
    { account: 'taxes_payable', amountMinor: -more.taxesMinor },
  ]);
}

/** What a host gets of what they are owed, once their debts are netted. Both parts together are what is no longer owed. */
export interface PayoutParts {
  amountMinor: number;
  debtNettedMinor: number;
}

/** The host is paid out of our balance at the bank; what they owed is theirs no more, and no longer owed. */
export function payoutEntries({ amountMinor, debtNettedMinor }: PayoutParts): Entry[] {
  return balanced([
    { account: 'host_payable', amountMinor: amountMinor + debtNettedMinor },
    { account: 'bank_balance', amountMinor: -amountMinor },
    { account: 'host_debt', amountMinor: -debtNettedMinor },
  ]);
}

/** Money that was paid to a host is with us again: it is owed again. Debts that were netted stay so. */
export function takenBackEntries(amountMinor: number): Entry[] {
  return payoutEntries({ amountMinor: -amountMinor, debtNettedMinor: 0 });
}

/**
 * What a host was paid of disputed money is theirs no more until the verdict: it is payable again as a whole, what was
 * taken back of it as money, the rest against a debt of the same amount.
 */
export function frozenEntries({ takenMinor, debtMinor }: { takenMinor: number; debtMinor: number }): Entry[] {
  return balanced([
    { account: 'bank_balance', amountMinor: takenMinor },
    { account: 'host_debt', amountMinor: debtMinor },
    { account: 'host_payable', amountMinor: -takenMinor - debtMinor },
  ]);
}

/** Takes a step back, line by line. */
export function oppositeOf(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ ...entry, amountMinor: -entry.amountMinor }));
}

/** A host owes us for calling off a stay: it is netted from what they are paid next. */
export function hostFeeEntries(feeMinor: number): Entry[] {
  return balanced([
    { account: 'host_debt', amountMinor: feeMinor },
    { account: 'platform_revenue', amountMinor: -feeMinor },
  ]);
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
  return oppositeOf(withdrawalEntries(money));
}

/**
 * A dispute is lost: everyone bears the part that was theirs, as if it had been refunded. The host's only as far as they
 * have so much coming (`payableMinor`), which what they had been paid is again by then; for the rest the platform is liable.
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

/** What has moved our balance at the bank: the amount, and what of it the bank keeps for itself. */
export interface Settled {
  amountMinor: number;
  feeMinor: number;
  currency: Currency;
}

/** What the ledger has in clearing of a movement, and how much of that an operator has taken as lost. */
export interface Cleared {
  clearedMinor: number;
  lostMinor?: number;
  currency: Currency;
}

/**
 * Money is through: out of clearing, where the ledger has it, into the balance. What does not get there the bank has kept
 * as its fee. In another currency each side balances against `exchange`, which keeps the difference.
 */
export function settlementEntries(
  { clearedMinor, lostMinor = 0, currency }: Cleared,
  settled: Settled,
): Entry[] {
  const netMinor = settled.amountMinor - settled.feeMinor;
  if (settled.currency === currency)
    return balanced([
      { account: 'bank_clearing', amountMinor: -clearedMinor },
      { account: 'bank_balance', amountMinor: netMinor },
      { account: 'bank_fees', amountMinor: clearedMinor - lostMinor - netMinor },
      { account: 'platform_loss', amountMinor: lostMinor },
    ]);
  const there = settled.currency;
  return balanced([
    { account: 'bank_clearing', amountMinor: -clearedMinor, currency },
    { account: 'exchange', amountMinor: clearedMinor, currency },
    { account: 'exchange', amountMinor: -settled.amountMinor, currency: there },
    { account: 'bank_balance', amountMinor: netMinor, currency: there },
    { account: 'bank_fees', amountMinor: settled.feeMinor, currency: there },
  ]);
}

/** Taken as the bank has it, though nobody can say whose it is: the platform's gain, or its loss. */
export function acceptanceEntries({ amountMinor, feeMinor }: Omit<Settled, 'currency'>): Entry[] {
  return balanced([
    { account: 'bank_balance', amountMinor: amountMinor - feeMinor },
    { account: 'bank_fees', amountMinor: feeMinor },
    { account: 'platform_loss', amountMinor: -amountMinor },
  ]);
}

/** What the ledger has too much on an account of the bank's, or too little, is taken off it. */
export function writeOffEntries(account: Account, tooMuchMinor: number): Entry[] {
  return balanced([
    { account, amountMinor: -tooMuchMinor },
    { account: 'platform_loss', amountMinor: tooMuchMinor },
  ]);
}

/** Without the lines of nothing. An unbalanced set is a defect of this file, and the database refuses it too. */
function balanced(entries: Entry[]): Entry[] {
  return entries.filter((entry) => entry.amountMinor !== 0);
}
