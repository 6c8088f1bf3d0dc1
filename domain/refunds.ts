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
