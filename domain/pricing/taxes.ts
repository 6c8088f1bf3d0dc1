import { formatMoney } from '../money.ts';
import type { Currency } from '../money.ts';

/** What a tax is counted by. */
export const TAX_CHARGES = ['percent', 'per_night', 'per_guest', 'per_guest_night', 'flat'] as const;
export type TaxCharge = (typeof TAX_CHARGES)[number];

/**
 * What a percentage is taken of: the nights less their discounts; these with extra guests, cleaning and pets; or all
 * that with the guest's service fee.
 */
export const TAX_BASES = ['nights', 'stay', 'stay_and_fee'] as const;
export type TaxBase = (typeof TAX_BASES)[number];

export const TAX_LIMITS = { taxes: 10, nameLength: 60, percent: 100, nights: 365 } as const;
/** A percentage has so many decimals at most. */
export const TAX_PERCENT_DECIMALS = 3;

/** A tax on stays at a property. What is included is in the host's prices already, and comes out of the host's share. */
export type Tax = {
  name: string;
  included: boolean;
  /** Only so many nights of a stay are taxed; of a percentage, so much of its base in proportion. */
  maxNights?: number | undefined;
  /** A stay longer than so many nights is exempt. */
  exemptOverNights?: number | undefined;
} & ({ charge: 'percent'; percent: number; base: TaxBase } | { charge: FixedCharge; amount: number });
type FixedCharge = Exclude<TaxCharge, 'percent'>;

/** What is taxed. Guests are those who pay; amounts in minor units. */
export interface TaxedStay {
  nights: number;
  guests: number;
  baseMinor: Readonly<Record<TaxBase, number>>;
  currency: Currency;
}

/** What a tax comes to, in words and in minor units. */
export interface TaxLine {
  label: string;
  quantity: number;
  amount: number;
}

/**
 * The taxes that come on top of the bill, and those that are in it already. Of the latter there are never more than
 * `hostMinor`, what is left to the host of the bill: where nothing is paid, nothing can be passed on.
 */
export function taxesOn(
  taxed: TaxedStay,
  taxes: readonly Tax[],
  hostMinor: number,
): { added: TaxLine[]; included: TaxLine[] } {
  const due = taxes.filter(
    ({ exemptOverNights = Number.POSITIVE_INFINITY }) => taxed.nights <= exemptOverNights,
  );
  let leftMinor = hostMinor;
  const included = linesOf(due.filter((tax) => tax.included)).map((line) => {
    const amount = Math.min(line.amount, leftMinor);
    leftMinor -= amount;
    return { ...line, amount };
  });
  return { added: linesOf(due.filter((tax) => !tax.included)), included: included.filter(hasAmount) };

  function linesOf(some: readonly Tax[]): TaxLine[] {
    return some.map((tax) => lineOf(tax, taxed)).filter(hasAmount);
  }
}

const hasAmount = ({ amount }: TaxLine): boolean => amount > 0;

function lineOf(tax: Tax, taxed: TaxedStay): TaxLine {
  const nights = Math.min(taxed.nights, tax.maxNights ?? taxed.nights);
  const capped = nights < taxed.nights ? `, on the first ${nights} nights` : '';
  if (tax.charge === 'percent') {
    const amount = percentage(tax, taxed, nights);
    return { label: `${tax.name}, ${tax.percent} % of ${NAMES[tax.base]}${capped}`, quantity: 1, amount };
  }
  const quantity = QUANTITY[tax.charge]({ ...taxed, nights });
  const price = formatMoney({ amount: tax.amount, currency: taxed.currency });
  const label = `${tax.name}, ${price} ${PER[tax.charge]}${tax.charge.endsWith('night') ? capped : ''}`;
  return { label, quantity, amount: quantity * tax.amount };
}

const NAMES: Readonly<Record<TaxBase, string>> = {
  nights: 'the nights',
  stay: 'the stay',
  stay_and_fee: 'the stay and the service fee',
};
const PER: Readonly<Record<FixedCharge, string>> = {
  per_night: 'a night',
  per_guest: 'a guest',
  per_guest_night: 'a guest and night',
  flat: 'a stay',
};
const QUANTITY: Readonly<Record<FixedCharge, (taxed: Pick<TaxedStay, 'nights' | 'guests'>) => number>> = {
  per_night: ({ nights }) => nights,
  per_guest: ({ guests }) => guests,
  per_guest_night: ({ nights, guests }) => nights * guests,
  flat: () => 1,
};

/**
 * Half up, once, at the very end. An included percentage is that of the price without it: 10 % in 110 are 10. BigInt, since
 * an amount times a percentage times nights passes 2^53.
 */
function percentage(
  { percent, base, included }: Extract<Tax, { charge: 'percent' }>,
  { nights, baseMinor }: TaxedStay,
  taxedNights: number,
): number {
  const scale = 10 ** TAX_PERCENT_DECIMALS;
  const rate = BigInt(Math.round(percent * scale));
  const whole = BigInt(100 * scale) + (included ? rate : 0n);
  const dividend = BigInt(baseMinor[base]) * rate * BigInt(taxedNights);
  const divisor = whole * BigInt(nights);
  return Number((2n * dividend + divisor) / (2n * divisor));
}
