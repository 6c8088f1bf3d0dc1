import { priceShares, sharesOf } from '../ledger.ts';
import type { Shares } from '../ledger.ts';
import type { StayPrice } from '../pricing.ts';

/** What moves between the two sides, the platform and the tax office, and how. The three add up in each part. */
export interface Settlement {
  /** Whose the money is that the guest pays, or is given back: never less than nothing. */
  money: Shares;
  /** What changes hands of what is here already: adds up to nothing. Positive is more for them. */
  redivided: Shares;
}

/** How the ledger comes from the shares in one price to those in another. */
export function settlementOf(before: StayPrice, after: StayPrice): Settlement {
  const [from, to] = [priceShares(before), priceShares(after)];
  const change = of(from, to, (a, b) => b - a);
  const total = change.hostMinor + change.platformMinor + change.taxesMinor;
  const sign = Math.sign(total);
  const money = sharesOf(
    Math.abs(total),
    of(change, change, (minor) => Math.max(0, sign * minor)),
  );
  return { money, redivided: of(change, money, (minor, paid) => minor - sign * paid) };
}

function of(a: Shares, b: Shares, each: (a: number, b: number) => number): Shares {
  return {
    hostMinor: each(a.hostMinor, b.hostMinor),
    platformMinor: each(a.platformMinor, b.platformMinor),
    taxesMinor: each(a.taxesMinor, b.taxesMinor),
  };
}
