import type { Currency, Money } from './money.ts';
import { assertChargeable, splitInParts } from './money.ts';
import type { Stay } from './nights.ts';
import { nightsOf } from './nights.ts';
import { discountLines } from './pricing/discounts.ts';
import type { DaysAhead, Discounts } from './pricing/discounts.ts';
import { guestServiceFee, hostServiceFee, plainGuestFee } from './pricing/fees.ts';
import type { ServiceFeeMode } from './pricing/fees.ts';
import { nightLines, nightToday } from './pricing/nights.ts';
import type { NightPrices } from './pricing/nights.ts';
import { taxesOn } from './pricing/taxes.ts';
import type { Tax, TaxLine } from './pricing/taxes.ts';

/** Who comes along. Infants sleep with their parents: they are neither counted in the capacity nor paid for. */
export interface Guests {
  adults: number;
  children: number;
  infants: number;
  pets: number;
}

/** What a host asks for a property. Amounts in minor units of the property's currency. */
export interface Pricing extends NightPrices, Discounts {
  /** Once a stay. */
  cleaningFee?: number | undefined;
  /** Per night and guest above those included. */
  extraGuestFee?: number | undefined;
  /** How many guests the nightly price covers; 1 unless set. */
  guestsIncluded?: number | undefined;
  /** Once a stay with pets. */
  petFee?: number | undefined;
  /** By both sides unless set. */
  serviceFees?: ServiceFeeMode | undefined;
  taxes?: readonly Tax[] | undefined;
}

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
  /** All taxes: those that are lines of the bill, and those that its other lines include. */
  taxMinor: number;
  hostPayoutMinor: number;
  /** The taxes that other lines of the bill include, where there are any. */
  includedTaxes?: TaxLine[];
  /** What the price is reckoned by when the booking is altered; a price from before there was a choice has none of it. */
  serviceFees?: ServiceFeeMode;
  taxes?: readonly Tax[];
  daysAhead?: DaysAhead;
}

export interface PriceRequest {
  stay: Stay;
  guests: Guests;
  pricing: Pricing;
  currency: Currency;
  /** From today, by the calendar of the property, to the check-in: it decides whether the stay is booked early or late. */
  daysAhead?: number | undefined;
}

/**
 * The price of a stay. The same request gives the same price, to the unit.
 * @throws DomainError `amount_too_small`, or `stay_refused` with rule `amount_too_large`, where the bank would refuse
 *   the total.
 */
export function priceStay(request: PriceRequest): StayPrice {
  const price = reckonStay(request);
  assertChargeable(price.total);
  return price;
}

/** The same, whether or not the bank would take it. */
export function reckonStay({ stay, guests, pricing, currency, daysAhead: days }: PriceRequest): StayPrice {
  const daysAhead = days === undefined ? undefined : { now: days, least: days, most: days };
  const nights = nightsOf(stay).map((night) => nightToday(night, pricing));
  const nightRatesMinor = nights.map(({ rateMinor }) => rateMinor);
  const lines = [
    ...nightLines(nights),
    ...extraGuestLines(nights.length, guests, pricing),
    ...discountLines(nightRatesMinor, pricing, daysAhead),
    ...feeLine('cleaning', pricing.cleaningFee),
    ...feeLine('pet', guests.pets > 0 ? pricing.petFee : undefined),
  ];
  const { serviceFees, taxes } = pricing;
  return withFees({ lines, nightRatesMinor, guests, currency, serviceFees, taxes, daysAhead });
}

/** What the host's side of a stay asks of the guest. */
export interface HostsBill extends Pick<StayPrice, 'nightRatesMinor'> {
  lines: readonly PriceLine[];
  guests: Guests;
  currency: Currency;
  serviceFees?: ServiceFeeMode | undefined;
  taxes?: readonly Tax[] | undefined;
  daysAhead?: DaysAhead | undefined;
  /** What the guest pays the platform beyond the fee on this bill: fees that did not go back with what is no longer on it. */
  feeKeptMinor?: number;
}

/** The whole price: the host's bill, and on it the platform's fees, and then the taxes. */
export function withFees(bill: HostsBill): StayPrice {
  const { lines, nightRatesMinor, guests, currency, daysAhead, serviceFees: mode = 'split' } = bill;
  const { taxes = [], feeKeptMinor: keptMinor } = bill;
  const hostBaseMinor = sumOf(lines);
  const basis = { hostBaseMinor, mode, currency, ...(keptMinor !== undefined && { keptMinor }) };
  const hostServiceFeeMinor = hostServiceFee(basis);
  const taxed = {
    nights: nightRatesMinor.length,
    guests: payingGuests(guests),
    baseMinor: {
      nights: sumOf(lines, 'night', 'discount', 'removed_night'),
      stay: hostBaseMinor,
      stay_and_fee: hostBaseMinor + plainGuestFee(basis),
    },
    currency,
  };
  const { added, included } = taxesOn(taxed, taxes, hostBaseMinor - hostServiceFeeMinor);
  const [addedTaxMinor, includedTaxMinor] = [amountOf(added), amountOf(included)];
  const guestServiceFeeMinor = guestServiceFee({ ...basis, addedTaxMinor });
  const all = [
    ...lines,
    ...guestFeeLine(mode, guestServiceFeeMinor),
    ...added.map((line) => ({ kind: 'tax' as const, ...line })),
  ];
  return {
    lines: all,
    total: { amount: sumOf(all), currency },
    nightRatesMinor,
    hostBaseMinor,
    guestServiceFeeMinor,
    hostServiceFeeMinor,
    taxMinor: addedTaxMinor + includedTaxMinor,
    hostPayoutMinor: hostBaseMinor - hostServiceFeeMinor - includedTaxMinor,
    ...(included.length > 0 && { includedTaxes: included }),
    ...(mode !== 'split' && { serviceFees: mode }),
    ...(taxes.length > 0 && { taxes }),
    ...(daysAhead !== undefined && { daysAhead }),
  };
}

/** Where the host pays all fees the guest still pays in whole coins. */
function guestFeeLine(mode: ServiceFeeMode, amount: number): PriceLine[] {
  const lines = feeLine('service_fee', amount);
  return mode === 'split' ? lines : lines.map((line) => ({ ...line, label: 'Rounding to whole coins' }));
}

/** What of the taxes the other lines of the bill include, in minor units. */
export function includedTaxMinor({ taxMinor, lines }: StayPrice): number {
  return taxMinor - sumOf(lines, 'tax');
}

function amountOf(lines: readonly TaxLine[]): number {
  return lines.reduce((sum, { amount }) => sum + amount, 0);
}

/** What all lines of the given kinds, or simply all lines, come to, in minor units. */
export function sumOf(lines: readonly PriceLine[], ...kinds: readonly PriceLineKind[]): number {
  let sum = 0;
  for (const line of lines) if (kinds.length === 0 || kinds.includes(line.kind)) sum += line.amount;
  return sum;
}

/**
 * What each night costs in the end, in order: its rate and extra guests, less its share of the discounts.
 * Adds up to the lines for nights, extra guests and discounts exactly. Cleaning and pets are not in it.
 */
export function nightSharesMinor({ lines, nightRatesMinor }: StayPrice): number[] {
  const evenly = nightRatesMinor.map(() => 1);
  const extraGuests = splitInParts(sumOf(lines, 'extra_guest'), evenly);
  const discounts = splitInParts(sumOf(lines, 'discount'), nightRatesMinor);
  return nightRatesMinor.map((rate, night) => rate + (extraGuests[night] ?? 0) + (discounts[night] ?? 0));
}

function extraGuestLines(nights: number, guests: Guests, pricing: Pricing): PriceLine[] {
  const quantity = Math.max(0, payingGuests(guests) - guestsIncluded(pricing)) * nights;
  return extraGuestLine(quantity, quantity * (pricing.extraGuestFee ?? 0));
}

/** So many guests above those included, each counted once a night; where anything is left of their price, one at least. */
export function extraGuestLine(counted: number, amount: number): PriceLine[] {
  const quantity = Math.max(1, counted);
  return amount === 0 ? [] : [{ kind: 'extra_guest', label: 'Extra guest, per night', quantity, amount }];
}

/** How many of a party pay from a certain number on: infants and pets do not. */
export function payingGuests({ adults, children }: Guests): number {
  return adults + children;
}

export function guestsIncluded({ guestsIncluded: included = 1 }: Pricing): number {
  return included;
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
