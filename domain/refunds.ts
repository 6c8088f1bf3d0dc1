import { DomainError } from './errors.ts';
import { sharesOf, sumOf } from './ledger.ts';
import type { Shares } from './ledger.ts';
import { coinMinor } from './money.ts';
import type { Currency } from './money.ts';

/** Who gives money back of free will: a host of their own share, the platform of everyone's in proportion. */
export type Giver = 'host' | 'operator';

/** What is left of a payment once some of it has been promised back. */
export function lessShares(whole: Shares, promised: readonly Shares[]): Shares {
  const less = (of: keyof Shares) => promised.reduce((left, shares) => left - shares[of], whole[of]);
  return {
    hostMinor: less('hostMinor'),
    platformMinor: less('platformMinor'),
    taxesMinor: less('taxesMinor'),
  };
}

/** What is owed, as far as it is still there: what was given of free will before is not given again. */
export function withinShares(owed: Shares, left: Shares): Shares {
  const within = (of: keyof Shares) => Math.max(0, Math.min(owed[of], left[of]));
  return {
    hostMinor: within('hostMinor'),
    platformMinor: within('platformMinor'),
    taxesMinor: within('taxesMinor'),
  };
}

/** The same in coins of the bank, which gives back no fraction of one: what is less stays where it is. */
export function coinsWithin(owed: Shares, left: Shares, coin: number): Shares {
  const within = withinShares(owed, left);
  return sharesOf(sumOf(within) - (sumOf(within) % coin), within);
}

/**
 * Out of whose share a gift comes, in minor units; without an amount, all that its giver can give.
 * @throws DomainError `refund_exceeds_payment` with `refundable`, what could be given; `invalid_input` for a part that
 * the bank has no coins for
 */
export function giftShares(
  left: Shares,
  { by, amountMinor, currency }: { by: Giver; amountMinor: number | undefined; currency: Currency },
): Shares {
  const theirs = by === 'host' ? { ...left, platformMinor: 0, taxesMinor: 0 } : left;
  const refundable = Math.max(0, sumOf(theirs));
  const amount = amountMinor ?? refundable;
  if (amount === 0 || amount > refundable) {
    const message =
      refundable === 0 ? 'Nothing is left to be given back.' : `At most ${refundable} can be given back.`;
    throw new DomainError('refund_exceeds_payment', message, { refundable });
  }
  const coin = coinMinor(currency);
  // All that is left can be given back as it came; of a part the bank gives whole coins.
  if (amount !== sumOf(left) && amount % coin !== 0) throw notInCoins(coin);
  return sharesOf(amount, theirs);
}

function notInCoins(coin: number): DomainError {
  const message = `Must be a multiple of ${coin}: the bank gives back whole coins.`;
  return new DomainError('invalid_input', message, { errors: [{ path: 'amount', message }] });
}

export function addShares(several: readonly Shares[]): Shares {
  const all = (of: keyof Shares) => several.reduce((sum, shares) => sum + shares[of], 0);
  return { hostMinor: all('hostMinor'), platformMinor: all('platformMinor'), taxesMinor: all('taxesMinor') };
}

/** A sum out of what is left, in minor units: as near to the proportion of `like` as what is left of each share allows. */
export function partOf(left: Shares, amountMinor: number, like: Shares): Shares {
  const near = withinShares(sharesOf(amountMinor, sumOf(like) > 0 ? like : left), left);
  const rest = lessShares(left, [near]);
  return addShares([near, sharesOf(amountMinor - sumOf(near), rest)]);
}

/**
 * What is owed of several payments, one by one in their order, as far as it is there: each gives all that it has of what
 * is still owed, in whole coins, and what is less than a coin the next one that can. `lefts` is what is left of each.
 */
export function divideOver(lefts: readonly Shares[], owed: Shares, coin: number): Shares[] {
  const owing = coinsWithin(owed, addShares(lefts), coin);
  if (lefts.length === 1) return [owing];
  let rest = owing;
  const parts = lefts.map((left) => {
    const within = withinShares(rest, left);
    const part = partOf(within, sumOf(within) - (sumOf(within) % coin), within);
    rest = lessShares(rest, [part]);
    return part;
  });
  return parts.map((part, at) => {
    const room = lessShares(lefts[at] ?? part, [part]);
    const more = Math.min(sumOf(rest), sumOf(room) - (sumOf(room) % coin));
    if (more === 0) return part;
    const added = partOf(room, more, rest);
    rest = partOf(rest, sumOf(rest) - more, rest);
    return addShares([part, added]);
  });
}
