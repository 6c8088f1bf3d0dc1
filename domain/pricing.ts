import type { Currency, Money } from './money.ts';
import { assertChargeable, coinMinor, percentOf, splitInParts } from './money.ts';
import type { CalendarDate, Stay } from './nights.ts';
import { nightsOf, weekdayOf } from './nights.ts';

/** Who comes along. Infants sleep with their parents: they are neither counted in the capacity nor paid for. */
export interface Guests {
  adults: number;
  children: number;
  infants: number;
  pets: number;
}

/** What a host asks for a property. Amounts in minor units of the property's currency, percents whole. */
export interface Pricing {
  nightly: number;
  /** For Friday and Saturday nights, in place of `nightly`. */
  weekend?: number | undefined;
  /** Once a stay. */
  cleaningFee?: number | undefined;
  /** Per night and guest above those included. */
  extraGuestFee?: number | undefined;
  /** How many guests the nightly price covers; 1 unless set. */
  guestsIncluded?: number | undefined;
  /** Once a stay with pets. */
  petFee?: number | undefined;
  /** From 7 nights. 0 is none. */
  weeklyDiscountPercent?: number | undefined;
  /** From 28 nights, in place of the weekly one. 0 is none. */
  monthlyDiscountPercent?: number | undefined;
}

/** The platform's fees, in hundredths of a percent of what the host's side of the stay costs (`hostBaseMinor`). */
export const GUEST_SERVICE_FEE_BASIS_POINTS = 1400;
export const HOST_SERVICE_FEE_BASIS_POINTS = 300;

export const WEEKLY_DISCOUNT_FROM_NIGHTS = 7;
export const MONTHLY_DISCOUNT_FROM_NIGHTS = 28;
export const MAX_DISCOUNT_PERCENT = 100;

export const PRICE_LINE_KINDS = [
  'night',
  'extra_guest',
  'cleaning',
  'pet',
  'removed_night',
  'discount',
  'service_fee',
  'tax',
] as const;
export type PriceLineKind = (typeof PRICE_LINE_KINDS)[number];

/** One line of a bill. `amount` is that of the whole line, in minor units; a discount's is negative. */
export interface PriceLine {
  kind: PriceLineKind;
  label: string;
  quantity: number;
  amount: number;
}

/**
 * What a stay costs and who gets it; kept with the quote and the booking, so plain JSON. Amounts in minor units.
 * Always: the lines add up to `total`, and so do `hostPayoutMinor`, the two service fees and the taxes.
 */
export interface StayPrice {
  lines: PriceLine[];
  total: Money;
  /** The price of each night in order, before extra guests and discounts. */
  nightRatesMinor: number[];
  /** Nights, also removed ones, extra guests, cleaning and pets, less discounts: what both service fees are reckoned on. */
  hostBaseMinor: number;
  guestServiceFeeMinor: number;
  /** Taken from the host's side: no line of the guest's bill. */
  hostServiceFeeMinor: number;
  taxMinor: number;
  hostPayoutMinor: number;
}

export interface PriceRequest {
  stay: Stay;
  guests: Guests;
  pricing: Pricing;
  currency: Currency;
}

const FRIDAY = 5;
const SATURDAY = 6;

/**
 * The price of a stay. The same request gives the same price, to the unit.
 * @throws DomainError `amount_too_small`, or `stay_refused` with rule `amount_too_large`, where the bank would refuse
 *   the total.
 */
export function priceStay({ stay, guests, pricing, currency }: PriceRequest): StayPrice {
  const nights = nightsOf(stay).map((night) => nightToday(night, pricing));
  const nightRatesMinor = nights.map(({ rateMinor }) => rateMinor);
  const lines = [
    ...nightLines(nights),
    ...extraGuestLines(nights.length, guests, pricing),
    ...discountLines(nightRatesMinor, pricing),
    ...feeLine('cleaning', pricing.cleaningFee),
    ...feeLine('pet', guests.pets > 0 ? pricing.petFee : undefined),
  ];
  const price = withFees({ lines, nightRatesMinor, currency });
  assertChargeable(price.total);
  return price;
}

/** What the host's side of a stay asks of the guest. */
export interface HostsBill {
  lines: readonly PriceLine[];
  nightRatesMinor: number[];
  currency: Currency;
  /** What the guest pays the platform beyond the fee on this bill: fees that did not go back with what is no longer on it. */
  feeKeptMinor?: number;
}

/** The whole price: the host's bill, and the platform's fees on it. */
export function withFees({ lines, nightRatesMinor, currency, feeKeptMinor = 0 }: HostsBill): StayPrice {
  const hostBaseMinor = sumOf(lines);
  const guestServiceFeeMinor = guestServiceFee(hostBaseMinor, currency, feeKeptMinor);
  const hostServiceFeeMinor = percentOf(hostBaseMinor, HOST_SERVICE_FEE_BASIS_POINTS);
  const all = [...lines, ...feeLine('service_fee', guestServiceFeeMinor)];
  return {
    lines: all,
    total: { amount: sumOf(all), currency },
    nightRatesMinor,
    hostBaseMinor,
    guestServiceFeeMinor,
    hostServiceFeeMinor,
    taxMinor: 0,
    hostPayoutMinor: hostBaseMinor - hostServiceFeeMinor,
  };
}

/** The guest's fee in minor units: its percentage, and what is missing to a total that can be paid in coins. */
export function guestServiceFee(hostBaseMinor: number, currency: Currency, keptMinor = 0): number {
  const coin = coinMinor(currency);
  const total = hostBaseMinor + percentOf(hostBaseMinor, GUEST_SERVICE_FEE_BASIS_POINTS) + keptMinor;
  return Math.ceil(total / coin) * coin - hostBaseMinor;
}

/** What all lines of the given kinds, or simply all lines, come to, in minor units. */
export function sumOf(lines: readonly PriceLine[], ...kinds: readonly PriceLineKind[]): number {
  let sum = 0;
  for (const line of lines) if (kinds.length === 0 || kinds.includes(line.kind)) sum += line.amount;
  return sum;
}

/**
 * What each night costs in the end, in order: its rate and extra guests, less its share of the length discount.
 * Adds up to the lines for nights, extra guests and discounts exactly. Cleaning and pets are not in it.
 */
export function nightSharesMinor({ lines, nightRatesMinor }: StayPrice): number[] {
  const evenly = nightRatesMinor.map(() => 1);
  const extraGuests = splitInParts(sumOf(lines, 'extra_guest'), evenly);
  const discounts = splitInParts(sumOf(lines, 'discount'), nightRatesMinor);
  return nightRatesMinor.map((rate, night) => rate + (extraGuests[night] ?? 0) + (discounts[night] ?? 0));
}

function isWeekendNight(night: CalendarDate): boolean {
  const weekday = weekdayOf(night);
  return weekday === FRIDAY || weekday === SATURDAY;
}

/** A night and what it costs before extra guests and discounts, in minor units. */
export interface PricedNight {
  label: string;
  rateMinor: number;
}

/** What a night costs whoever books it now. */
export function nightToday(night: CalendarDate, { nightly, weekend }: Pricing): PricedNight {
  const rateMinor = weekend !== undefined && isWeekendNight(night) ? weekend : nightly;
  return { label: rateMinor === nightly ? 'Night' : 'Weekend night', rateMinor };
}

/** Nights of one price are one line, in the order in which that price first occurs. */
export function nightLines(nights: readonly PricedNight[]): PriceLine[] {
  const lines = new Map<number, PriceLine>();
  for (const { label, rateMinor } of nights) {
    const line = lines.get(rateMinor);
    if (line === undefined) {
      lines.set(rateMinor, { kind: 'night', label, quantity: 1, amount: rateMinor });
    } else {
      line.quantity += 1;
      line.amount += rateMinor;
    }
  }
  return [...lines.values()];
}

function extraGuestLines(nights: number, guests: Guests, pricing: Pricing): PriceLine[] {
  const quantity = Math.max(0, payingGuests(guests) - guestsIncluded(pricing)) * nights;
  return extraGuestLine(quantity, quantity * (pricing.extraGuestFee ?? 0));
}

/** So many guests above those included, each counted once a night. */
export function extraGuestLine(quantity: number, amount: number): PriceLine[] {
  return amount === 0 ? [] : [{ kind: 'extra_guest', label: 'Extra guest, per night', quantity, amount }];
}

/** How many of a party pay from a certain number on: infants and pets do not. */
export function payingGuests({ adults, children }: Guests): number {
  return adults + children;
}

export function guestsIncluded({ guestsIncluded: included = 1 }: Pricing): number {
  return included;
}

/** One length discount at most: they do not stack. */
export function discountLines(nightRatesMinor: readonly number[], pricing: Pricing): PriceLine[] {
  const { label, percent } = lengthDiscount(nightRatesMinor.length, pricing);
  const nightsMinor = nightRatesMinor.reduce((sum, rate) => sum + rate, 0);
  const amount = percentOf(nightsMinor, percent * 100);
  return amount === 0
    ? []
    : [{ kind: 'discount', label: `${label}, ${percent} %`, quantity: 1, amount: -amount }];
}

function lengthDiscount(nights: number, pricing: Pricing): { label: string; percent: number } {
  const { monthlyDiscountPercent: monthly = 0, weeklyDiscountPercent: weekly = 0 } = pricing;
  if (nights >= MONTHLY_DISCOUNT_FROM_NIGHTS && monthly > 0)
    return { label: 'Monthly discount', percent: monthly };
  return { label: 'Weekly discount', percent: nights >= WEEKLY_DISCOUNT_FROM_NIGHTS ? weekly : 0 };
}

const FEES = {
  cleaning: 'Cleaning fee',
  pet: 'Pet fee',
  service_fee: 'Service fee',
  removed_night: 'Removed nights, kept under the cancellation policy',
} as const satisfies Partial<Record<PriceLineKind, string>>;

/** What is paid once for the stay, if anything is. */
export function feeLine(kind: keyof typeof FEES, amount = 0): PriceLine[] {
  return amount === 0 ? [] : [{ kind, label: FEES[kind], quantity: 1, amount }];
}
