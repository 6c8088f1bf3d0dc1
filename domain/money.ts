import { DomainError } from './errors.ts';

/**
 * ISO 4217 codes of the money people pay with: no funds, metals or test codes. The Iraqi and the Libyan dinar are
 * missing on purpose: ISO gives them three decimals, the bank's list of three-decimal currencies does not have
 * them, so an amount in either would be ambiguous.
 */
export const CURRENCIES: readonly string[] = (
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP ' +
  'CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG ' +
  'HUF IDR ILS INR IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD ' +
  'MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD ' +
  'RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH ' +
  'UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG'
).split(' ');

/** One of `CURRENCIES`: three upper-case letters. */
export type Currency = string;

/** An amount of money: an integer in the minor unit of its currency (pence, yen, fils). */
export interface Money {
  amount: number;
  currency: Currency;
}

const KNOWN_CURRENCIES = new Set(CURRENCIES);
const ZERO_DECIMALS = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));
const THREE_DECIMALS = new Set('BHD JOD KWD OMR TND'.split(' '));

/** The bank's smallest charge, in minor units. It publishes one for these; its own settlement decides the others. */
const MINIMUM_CHARGE_MINOR: Readonly<Record<string, number>> = {
  AED: 200,
  AUD: 50,
  BRL: 50,
  CAD: 50,
  CHF: 50,
  CZK: 1500,
  DKK: 250,
  EUR: 50,
  GBP: 30,
  HKD: 400,
  HUF: 17500,
  INR: 50,
  JPY: 50,
  MXN: 1000,
  MYR: 200,
  NOK: 300,
  NZD: 50,
  PLN: 200,
  RON: 200,
  SEK: 300,
  SGD: 50,
  THB: 1000,
  USD: 50,
};

/**
 * The bank takes eight digits in a charge, and twelve in rupiah, whose minor unit is worth next to nothing. Of the Ugandan
 * shilling it counts hundredths that do not exist, which leaves six.
 */
const MAXIMUM_CHARGE_MINOR = 99_999_999;
const MAXIMUM_CHARGE_MINOR_BY_CURRENCY: Readonly<Record<string, number>> = {
  IDR: 999_999_999_999,
  UGX: 999_999,
};

/** No single amount, in any currency, is larger. Far below 2^53, so that sums of amounts stay exact. */
export const MAX_AMOUNT_MINOR = 999_999_999_999;

/** 100 %, in the unit of `percentOf`. */
export const WHOLE_BASIS_POINTS = 10_000;

export function isCurrency(value: unknown): value is Currency {
  return typeof value === 'string' && KNOWN_CURRENCIES.has(value);
}

/** How many decimals the currency's major unit has: 0, 2 or 3. The bank's lists, which differ from ISO's in places. */
export function exponentOf(currency: Currency): 0 | 2 | 3 {
  if (ZERO_DECIMALS.has(currency)) return 0;
  return THREE_DECIMALS.has(currency) ? 3 : 2;
}

/**
 * Of how many minor units the smallest coin is that the bank charges and gives back: it takes three decimals of a dinar
 * only where the last is a zero, and no fraction of an Icelandic crown.
 */
export function coinMinor(currency: Currency): number {
  if (THREE_DECIMALS.has(currency)) return 10;
  return currency === 'ISK' ? 100 : 1;
}

/** The least the bank will charge, in minor units: 1 where it publishes none, and then the bank itself may refuse. */
export function minimumChargeMinor(currency: Currency): number {
  return MINIMUM_CHARGE_MINOR[currency] ?? 1;
}

/** The most the bank will charge at once, in minor units. */
export function maximumChargeMinor(currency: Currency): number {
  return MAXIMUM_CHARGE_MINOR_BY_CURRENCY[currency] ?? MAXIMUM_CHARGE_MINOR;
}

/**
 * Refuses a total that the bank would refuse. Zero is fine: it needs no payment.
 * @throws DomainError `amount_too_small`; `stay_refused` with rule `amount_too_large`.
 */
export function assertChargeable(total: Money): void {
  const minimum = minimumChargeMinor(total.currency);
  if (total.amount > 0 && total.amount < minimum) {
    const least = formatMoney({ amount: minimum, currency: total.currency });
    throw new DomainError('amount_too_small', `The smallest amount that can be charged is ${least}.`, {
      minimum,
    });
  }
  const maximum = maximumChargeMinor(total.currency);
  if (total.amount > maximum) {
    const most = formatMoney({ amount: maximum, currency: total.currency });
    throw new DomainError('stay_refused', `The largest amount that can be charged is ${most}.`, {
      rule: 'amount_too_large',
      limit: maximum,
    });
  }
}

/**
 * `basisPoints` hundredths of a percent of an amount, to the nearest minor unit, half a unit going away from zero
 * ("half up" for a price). So `percentOf(-a, p)` is `-percentOf(a, p)`: what is reversed mirrors what was charged.
 * Integers only: the amount is taken apart so that no product passes 2^53.
 */
export function percentOf(amountMinor: number, basisPoints: number): number {
  const magnitude = Math.abs(amountMinor);
  const rest = magnitude % WHOLE_BASIS_POINTS;
  const whole = (magnitude - rest) / WHOLE_BASIS_POINTS;
  const share = whole * basisPoints + quotientHalfUp(rest * basisPoints, WHOLE_BASIS_POINTS);
  return amountMinor < 0 ? 0 - share : share;
}

function quotientHalfUp(dividend: number, divisor: number): number {
  const remainder = dividend % divisor;
  return (dividend - remainder) / divisor + (remainder * 2 >= divisor ? 1 : 0);
}

/**
 * Splits an amount in proportion to weights (integers, none negative) so that the parts add up to it exactly: each
 * part is rounded down, and the units left over go one each to the largest remainders, the earlier part first.
 * No part is further than one unit from its exact share. A negative total is split like the positive one.
 * @throws RangeError when an amount other than zero meets weights that are all zero.
 */
export function splitInParts(totalMinor: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((subtotal, weight) => subtotal + BigInt(weight), 0n);
  if (totalMinor === 0) return weights.map(() => 0);
  if (sum <= 0n || weights.some((weight) => weight < 0)) {
    throw new RangeError('An amount can be split only by weights that are not negative and not all zero.');
  }
  // BigInt, since an amount times an amount passes 2^53.
  const total = BigInt(Math.abs(totalMinor));
  const parts = weights.map((weight, index) => {
    const share = total * BigInt(weight);
    return { index, amount: Number(share / sum), remainder: share % sum };
  });
  const leftOver = Number(total) - parts.reduce((subtotal, part) => subtotal + part.amount, 0);
  const byRemainder = [...parts].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1,
  );
  for (const part of byRemainder.slice(0, leftOver)) part.amount += 1;
  return parts.map((part) => (totalMinor < 0 ? 0 - part.amount : part.amount));
}

/** For mails and messages, the same in every locale: `GBP 123.00`, `JPY 12300`, `KWD 1.250`. */
export function formatMoney(money: Money): string {
  return `${money.currency} ${inMajorUnits(money)}`;
}

/** As a number for programs, in the currency's major unit with all of its decimals: `-123.00`, `12300`, `1.250`. */
export function inMajorUnits({ amount, currency }: Money): string {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return exponent === 0 ? sign + digits : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
