import { coinMinor, percentOf, splitInParts, WHOLE_BASIS_POINTS } from '../money.ts';
import type { PriceLineKind, StayPrice } from '../pricing.ts';
import { includedTaxMinor, nightSharesMinor, sumOf } from '../pricing.ts';

/** An amount between the two sides, in minor units. */
export interface Division {
  refundMinor: number;
  keptMinor: number;
}

export const CANCELLED_KINDS = [
  'night',
  'cleaning',
  'pet',
  'removed_night',
  'service_fee',
  'tax',
] as const satisfies readonly PriceLineKind[];
/** `night` stands for nights, their extra guests and their discount; `removed_night` for what was kept of earlier ones. */
export type CancelledKind = (typeof CANCELLED_KINDS)[number];

/**
 * Every part of the bill, divided; and what comes out of the host's part of it without a line of its own: the platform's
 * fee to the host, and the taxes that the host's prices include.
 */
export type DividedPrice = Record<CancelledKind | 'host_fee' | 'included_tax', Division>;

/** What the host keeps: so many nights from the first on, and a share of each of the others. */
export interface KeptNights {
  wholeNights: number;
  othersBasisPoints: number;
}

/** Everything goes back, as it was paid: fees, fractions of a coin and what was kept of removed nights too. */
export function divideInFull(price: StayPrice): DividedPrice {
  const back = (refundMinor: number): Division => ({ refundMinor, keptMinor: 0 });
  return {
    night: back(sum(nightSharesMinor(price))),
    cleaning: back(sumOf(price.lines, 'cleaning')),
    pet: back(sumOf(price.lines, 'pet')),
    removed_night: back(sumOf(price.lines, 'removed_night')),
    service_fee: back(price.guestServiceFeeMinor),
    tax: back(sumOf(price.lines, 'tax')),
    host_fee: back(price.hostServiceFeeMinor),
    included_tax: back(includedTaxMinor(price)),
  };
}

/**
 * More goes back than `parts` say, to a sum in minor units: out of each part that is kept, in proportion. No less than
 * they say does, whatever the sum.
 */
export function divideUpTo(price: StayPrice, parts: DividedPrice, refundMinor: number): DividedPrice {
  if (refundMinor >= refundOf(parts) + keptOf(parts)) return giveAllBack(price, parts);
  const coin = coinMinor(price.total.currency);
  const missing = refundMinor - (refundMinor % coin) - refundOf(parts);
  if (missing <= 0) return parts;
  const shares = splitInParts(
    missing,
    CANCELLED_KINDS.map((kind) => parts[kind].keptMinor),
  );
  const [night, cleaning, pet, removed_night, service_fee, tax] = CANCELLED_KINDS.map((kind, at) => {
    const { keptMinor, refundMinor: already } = parts[kind];
    const more = shares[at] ?? 0;
    return { keptMinor: keptMinor - more, refundMinor: already + more };
  }) as SixDivisions;
  return outOfHostsPart(price, { night, cleaning, pet, removed_night, service_fee, tax });
}

type SixDivisions = [Division, Division, Division, Division, Division, Division];

/**
 * Not all has been paid yet: what is not there cannot go back, and where that is more than would, cannot be kept either.
 * Of each part in proportion. The amount in minor units.
 */
export function lessUnpaid(price: StayPrice, parts: DividedPrice, paidMinor: number): DividedPrice {
  const unpaidMinor = price.total.amount - paidMinor;
  if (unpaidMinor === 0) return parts;
  const ofRefund = Math.min(unpaidMinor, refundOf(parts));
  const fromRefunds = splitInParts(
    ofRefund,
    CANCELLED_KINDS.map((kind) => parts[kind].refundMinor),
  );
  const fromKept = splitInParts(
    unpaidMinor - ofRefund,
    CANCELLED_KINDS.map((kind) => parts[kind].keptMinor),
  );
  const [night, cleaning, pet, removed_night, service_fee, tax] = CANCELLED_KINDS.map((kind, at) => ({
    refundMinor: parts[kind].refundMinor - (fromRefunds[at] ?? 0),
    keptMinor: parts[kind].keptMinor - (fromKept[at] ?? 0),
  })) as SixDivisions;
  return outOfHostsPart(price, { night, cleaning, pet, removed_night, service_fee, tax });
}

/** All that was paid goes back. */
function giveAllBack(price: StayPrice, parts: DividedPrice): DividedPrice {
  const [night, cleaning, pet, removed_night, service_fee, tax] = CANCELLED_KINDS.map((kind) => ({
    refundMinor: parts[kind].refundMinor + parts[kind].keptMinor,
    keptMinor: 0,
  })) as SixDivisions;
  return outOfHostsPart(price, { night, cleaning, pet, removed_night, service_fee, tax });
}

/** With what comes out of the host's part of the bill: the platform's fee to the host and the taxes that are included go back with it. */
function outOfHostsPart(price: StayPrice, parts: Record<CancelledKind, Division>): DividedPrice {
  const { night, cleaning, pet, removed_night: removed } = parts;
  const backMinor = night.refundMinor + cleaning.refundMinor + pet.refundMinor + removed.refundMinor;
  const { hostServiceFeeMinor: feeMinor, hostPayoutMinor } = price;
  const taxMinor = includedTaxMinor(price);
  // Divided together, so that no side gives back more than it has.
  const [ofFee = 0, ofTax = 0] = splitInParts(backMinor, [feeMinor, taxMinor, hostPayoutMinor]);
  return {
    ...parts,
    host_fee: { refundMinor: ofFee, keptMinor: feeMinor - ofFee },
    included_tax: { refundMinor: ofTax, keptMinor: taxMinor - ofTax },
  };
}

/** What goes back of the whole bill, in minor units. */
export function refundOf(parts: DividedPrice): number {
  return sum(CANCELLED_KINDS.map((kind) => parts[kind].refundMinor));
}

/** What stays of the whole bill, in minor units. */
export function keptOf(parts: DividedPrice): number {
  return sum(CANCELLED_KINDS.map((kind) => parts[kind].keptMinor));
}

/** Something is kept: then so is the guest's fee. Of every line whole coins go back; what is less stays where it is. */
export function divide(price: StayPrice, kept: KeptNights): DividedPrice {
  const coin = coinMinor(price.total.currency);
  const night = inCoins(divideNights(nightSharesMinor(price), kept), coin);
  const cleaning = inCoins(divideNights(spreadOverNights(price, 'cleaning'), kept), coin);
  const pet = inCoins(divideNights(spreadOverNights(price, 'pet'), kept), coin);
  // It was cancelled before, and divided then: what was kept of it stays so.
  const removed_night = { refundMinor: 0, keptMinor: sumOf(price.lines, 'removed_night') };
  const keptMinor = sum([night, cleaning, pet, removed_night].map((part) => part.keptMinor));
  const { hostBaseMinor } = price;
  // A tax that is owed for nights given away has no price to follow: it follows the nights.
  const taxed = hostBaseMinor === 0 ? nightsIn(price, kept) : [keptMinor, hostBaseMinor - keptMinor];
  const service_fee = { refundMinor: 0, keptMinor: price.guestServiceFeeMinor };
  const tax = inCoins(divideIn(sumOf(price.lines, 'tax'), taxed), coin);
  return outOfHostsPart(price, { night, cleaning, pet, removed_night, service_fee, tax });
}

function nightsIn(
  { nightRatesMinor }: StayPrice,
  { wholeNights, othersBasisPoints }: KeptNights,
): [number, number] {
  const others = Math.max(0, nightRatesMinor.length - wholeNights);
  const keptOthers = others * othersBasisPoints;
  const whole = (nightRatesMinor.length - others) * WHOLE_BASIS_POINTS;
  return [whole + keptOthers, others * WHOLE_BASIS_POINTS - keptOthers];
}

/** What is less than a coin cannot be given back, and stays where it is. */
function inCoins({ keptMinor, refundMinor }: Division, coin: number): Division {
  const rest = refundMinor % coin;
  return { keptMinor: keptMinor + rest, refundMinor: refundMinor - rest };
}

function divideNights(
  sharesMinor: readonly number[],
  { wholeNights, othersBasisPoints }: KeptNights,
): Division {
  const whole = sum(sharesMinor.slice(0, wholeNights));
  const others = sum(sharesMinor.slice(wholeNights));
  const keptMinor = whole + percentOf(others, othersBasisPoints);
  return { keptMinor, refundMinor: whole + others - keptMinor };
}

function divideIn(amountMinor: number, proportion: readonly number[]): Division {
  const [keptMinor = 0, refundMinor = 0] = splitInParts(amountMinor, proportion);
  return { keptMinor, refundMinor };
}

/** A fee paid once for the stay belongs to all its nights alike. */
function spreadOverNights({ lines, nightRatesMinor }: StayPrice, kind: 'cleaning' | 'pet'): number[] {
  return splitInParts(
    sumOf(lines, kind),
    nightRatesMinor.map(() => 1),
  );
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((subtotal, amount) => subtotal + amount, 0);
}
