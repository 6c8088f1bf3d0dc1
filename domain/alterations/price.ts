import { nightsKept } from '../cancellation.ts';
import type { Timing } from '../cancellation.ts';
import type { KeptNights } from '../cancellation/division.ts';
import { assertChargeable, percentOf, splitInParts } from '../money.ts';
import { daysBetween, nightsOf } from '../nights.ts';
import type { CalendarDate } from '../nights.ts';
import {
  extraGuestLine,
  feeLine,
  guestsIncluded,
  nightSharesMinor,
  payingGuests,
  PRICE_LINE_KINDS,
  sumOf,
  withFees,
} from '../pricing.ts';
import type { Guests, PriceLineKind, Pricing, StayPrice } from '../pricing.ts';
import { discountLines } from '../pricing/discounts.ts';
import type { DaysAhead } from '../pricing/discounts.ts';
import { guestServiceFee, SERVICE_FEES } from '../pricing/fees.ts';
import { nightLines, nightToday } from '../pricing/nights.ts';
import type { PricedNight } from '../pricing/nights.ts';
import { isSameStay } from '../alterations.ts';
import type { Wanted } from '../alterations.ts';

/** A booking as it is made, and what one of its sides wants it to become, at the prices that the host asks now. */
export interface Altering extends Timing {
  price: StayPrice;
  guests: Guests;
  to: Wanted;
  pricing: Pricing;
  by: 'guest' | 'host';
}

/** What one kind of line comes to before and after, in minor units. */
export interface ChangedLine {
  kind: PriceLineKind;
  beforeMinor: number;
  afterMinor: number;
}

/** Always: what the booking cost, less `refundMinor`, and `chargeMinor` on top, is `price.total`; one of the two is zero. */
export interface Offer {
  price: StayPrice;
  chargeMinor: number;
  refundMinor: number;
  lines: ChangedLine[];
}

/**
 * RULES.md "Alteration". Nights that are kept keep their price, with their extra guests; added ones have today's. Where the dates
 * change, discounts are reckoned anew by what the host gives now; fees and taxes always are, by what held when it was booked.
 * What the guest gives up counts as cancelled by whoever asks for it: of what a
 * guest gives up the policy keeps its part for the host, night by night, and the platform its fee. Depends on zone data:
 * ask in an activity, not in workflow code.
 * @throws DomainError `amount_too_small`, `stay_refused` (`amount_too_large`) where the bank would refuse the difference
 */
export function alterationOffer(altering: Altering): Offer {
  const { price: before, to } = altering;
  const kept = altering.by === 'guest' ? nightsKept(altering) : undefined;
  const nights = nightsOf(to.stay).map((night) => alteredNight(night, altering));
  const nightRatesMinor = nights.map(({ rateMinor }) => rateMinor);
  const givenUp = divideGivenUp(altering, kept);
  const daysAhead = daysAheadOf(altering);
  const lines = [
    ...nightLines(nights),
    ...extraGuestLine(
      sum(nights.map(({ extra }) => extra.quantity)),
      sum(nights.map(({ extra }) => extra.amountMinor)),
    ),
    ...(isSameStay(altering.stay, to.stay)
      ? before.lines.filter(({ kind }) => kind === 'discount')
      : discountLines(nightRatesMinor, altering.pricing, daysAhead)),
    ...feeLine('cleaning', sumOf(before.lines, 'cleaning')),
    ...feeLine('pet', petFee(altering, kept)),
    ...feeLine('removed_night', sumOf(before.lines, 'removed_night') + givenUp.keptMinor),
  ];
  const { serviceFees = 'split', taxes } = before;
  const { guestBasisPoints } = SERVICE_FEES[serviceFees];
  const feeKeptMinor = kept === undefined ? 0 : percentOf(givenUp.backMinor, guestBasisPoints);
  const price = withFees({
    lines,
    nightRatesMinor,
    guests: to.guests,
    currency: before.total.currency,
    serviceFees,
    taxes,
    daysAhead,
    feeKeptMinor: feeKeptBefore(before) + feeKeptMinor,
  });
  const difference = price.total.amount - before.total.amount;
  assertChargeable({ ...price.total, amount: Math.max(0, difference) });
  return {
    price,
    chargeMinor: Math.max(0, difference),
    refundMinor: Math.max(0, -difference),
    lines: changedLines(before, price),
  };
}

function daysAheadOf({ price: { daysAhead }, stay, to }: Altering): DaysAhead | undefined {
  if (daysAhead === undefined) return undefined;
  const now = daysAhead.now + daysBetween(stay.checkIn, to.stay.checkIn);
  return { now, least: Math.min(daysAhead.least, now), most: Math.max(daysAhead.most, now) };
}

interface AlteredNight extends PricedNight {
  extra: { quantity: number; amountMinor: number };
}

/** The bill has extra guests of all nights in one line: a night has its even part, and knows the whole. */
interface BookedNight extends AlteredNight {
  extra: AlteredNight['extra'] & { ofAll: { quantity: number; nights: number } };
}

function alteredNight(night: CalendarDate, altering: Altering): AlteredNight {
  const { pricing, to, guests } = altering;
  const booked = bookedNights(altering).get(night);
  const included = guestsIncluded(pricing);
  const fee = pricing.extraGuestFee ?? 0;
  const party = payingGuests(to.guests);
  if (booked === undefined) {
    const quantity = Math.max(0, party - included);
    return { ...nightToday(night, pricing), extra: { quantity, amountMinor: quantity * fee } };
  }
  const came = payingGuests(guests);
  if (party < came) return { ...booked, extra: lessGuests(booked.extra, came - party) };
  const more = Math.max(0, party - Math.max(came, included));
  const { quantity, amountMinor } = booked.extra;
  return {
    ...booked,
    extra: { ...booked.extra, quantity: quantity + more, amountMinor: amountMinor + more * fee },
  };
}

/** Those above the included number are the first who stay away. */
function lessGuests(
  { quantity, amountMinor, ofAll }: BookedNight['extra'],
  fewer: number,
): AlteredNight['extra'] {
  const left = Math.max(0, ofAll.quantity - fewer * ofAll.nights);
  const gone = Math.max(1, ofAll.quantity - left);
  const [amountLeft = 0] = splitInParts(amountMinor, [left, gone]);
  return { quantity: Math.max(0, quantity - fewer), amountMinor: amountLeft };
}

/** What each night was booked at, by its date. */
function bookedNights({ stay, price, pricing }: Altering): Map<CalendarDate, BookedNight> {
  const { lines, nightRatesMinor } = price;
  const evenly = nightRatesMinor.map(() => 1);
  const extras = lines.filter(({ kind }) => kind === 'extra_guest');
  const ofAll = { quantity: sum(extras.map(({ quantity }) => quantity)), nights: evenly.length };
  const quantities = splitInParts(ofAll.quantity, evenly);
  const amounts = splitInParts(sumOf(lines, 'extra_guest'), evenly);
  const labels = new Map(
    lines
      .filter(({ kind }) => kind === 'night')
      .map(({ amount, quantity, label }) => [amount / quantity, label]),
  );
  return new Map(
    nightsOf(stay).map((night, at) => {
      const rateMinor = nightRatesMinor[at] ?? 0;
      const label = labels.get(rateMinor) ?? nightToday(night, pricing).label;
      const extra = { quantity: quantities[at] ?? 0, amountMinor: amounts[at] ?? 0, ofAll };
      return [night, { label, rateMinor, extra }];
    }),
  );
}

/** What the guest gives up of what was booked, divided as if each night of it had been cancelled. */
function divideGivenUp(
  altering: Altering,
  kept: KeptNights | undefined,
): { keptMinor: number; backMinor: number } {
  const booked = bookedNights(altering);
  const stays = new Set(nightsOf(altering.to.stay));
  let keptMinor = 0;
  let backMinor = 0;
  nightSharesMinor(altering.price).forEach((shareMinor, at) => {
    const night = nightsOf(altering.stay)[at] ?? '';
    const extraMinor =
      (booked.get(night)?.extra.amountMinor ?? 0) - alteredNight(night, altering).extra.amountMinor;
    const upMinor = stays.has(night) ? Math.max(0, extraMinor) : shareMinor;
    const keptOfIt = keptOf(upMinor, kept, at);
    keptMinor += keptOfIt;
    backMinor += upMinor - keptOfIt;
  });
  return { keptMinor, backMinor };
}

function keptOf(minor: number, kept: KeptNights | undefined, night: number): number {
  if (kept === undefined) return 0;
  return night < kept.wholeNights ? minor : percentOf(minor, kept.othersBasisPoints);
}

/** Once for the stay: what was paid for pets stays paid, unless all that is given up goes back. */
function petFee({ price, guests, to, pricing }: Altering, kept: KeptNights | undefined): number {
  const paid = sumOf(price.lines, 'pet');
  if (paid > 0) return to.guests.pets > 0 || kept !== undefined ? paid : 0;
  return to.guests.pets > 0 && guests.pets === 0 ? (pricing.petFee ?? 0) : 0;
}

/** What earlier alterations have left of the guest's fee beyond that on what is booked. */
function feeKeptBefore(price: StayPrice): number {
  const { guestServiceFeeMinor, hostBaseMinor, lines, total, serviceFees: mode = 'split' } = price;
  const addedTaxMinor = sumOf(lines, 'tax');
  const { currency } = total;
  return Math.max(
    0,
    guestServiceFeeMinor - guestServiceFee({ hostBaseMinor, mode, currency, addedTaxMinor }),
  );
}

function changedLines(before: StayPrice, after: StayPrice): ChangedLine[] {
  return PRICE_LINE_KINDS.map((kind) => ({
    kind,
    beforeMinor: sumOf(before.lines, kind),
    afterMinor: sumOf(after.lines, kind),
  })).filter(({ beforeMinor, afterMinor }) => beforeMinor !== 0 || afterMinor !== 0);
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((subtotal, amount) => subtotal + amount, 0);
}
