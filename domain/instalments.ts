import { priceShares, sharesOf } from './ledger.ts';
import type { Shares } from './ledger.ts';
import { coinMinor, minimumChargeMinor, splitInParts } from './money.ts';
import { addDays, addHours, instantOf, millisecondsOf, nightCount } from './nights.ts';
import type { Instant, LocalTime, Stay, TimeZone } from './nights.ts';
import { nightSharesMinor } from './pricing.ts';
import type { StayPrice } from './pricing.ts';
import { lessShares } from './refunds.ts';

/** RULES.md "Booking by request or at once": so many nights are paid for at a time. */
export const NIGHTS_PER_INSTALMENT = 30;

/** How long a guest whose card could not be charged has to pay, counted from when they are told. */
export const INSTALMENT_GRACE_HOURS = 72;
/** So long after the last try the saved card is tried once more, as long as there is time. */
export const INSTALMENT_RETRY_HOURS = 24;
/** So long before check-out the time to pay is over in any case, while there still is something to be cancelled. */
export const INSTALMENT_LAST_MINUTES = 1;

/**
 * `scheduled`: its nights are ahead. `due`: the card could not be charged, and the guest has until `payBy`. `lapsed`:
 * nobody has to pay it any more, because the booking ended before.
 */
export const INSTALMENT_STATUSES = ['scheduled', 'due', 'paid', 'lapsed'] as const;
export type InstalmentStatus = (typeof INSTALMENT_STATUSES)[number];

/** Some of a stay's nights, and the part of the price that is paid for them. The amount in minor units. */
export interface Instalment extends Stay {
  amountMinor: number;
  shares: Shares;
}

/**
 * What is paid when: the first part with the booking, each other when its nights begin. The whole price, fees and taxes
 * too, is divided as the price of the nights is, in coins that the bank takes, and the parts add up to it exactly. A part
 * that is too small to be charged is paid with its neighbour. A stay that fits in one part has one.
 */
export function instalmentsOf(price: StayPrice, stay: Stay): Instalment[] {
  const spans = spansOf(stay);
  const coin = coinMinor(price.total.currency);
  const coins = splitInParts(price.total.amount / coin, weightsOf(price, spans));
  const parts = spans.map((span, at) => ({ ...span, amountMinor: (coins[at] ?? 0) * coin }));
  return withShares(price, chargeable(parts, minimumChargeMinor(price.total.currency)));
}

function spansOf({ checkIn, checkOut }: Stay): Stay[] {
  const nights = nightCount({ checkIn, checkOut });
  const spans: Stay[] = [];
  for (let from = 0; from < nights; from += NIGHTS_PER_INSTALMENT) {
    const to = Math.min(from + NIGHTS_PER_INSTALMENT, nights);
    spans.push({ checkIn: addDays(checkIn, from), checkOut: addDays(checkIn, to) });
  }
  return spans;
}

/** What the nights of each span cost; where they cost nothing, how many they are. */
function weightsOf(price: StayPrice, spans: readonly Stay[]): number[] {
  const nights = nightSharesMinor(price);
  const weights = spans.map((_, n) => {
    const from = n * NIGHTS_PER_INSTALMENT;
    return nights.slice(from, from + NIGHTS_PER_INSTALMENT).reduce((sum, night) => sum + night, 0);
  });
  return weights.some((weight) => weight > 0) ? weights : spans.map(nightCount);
}

type Part = Omit<Instalment, 'shares'>;

function chargeable(parts: readonly Part[], leastMinor: number): Part[] {
  const kept: Part[] = [];
  for (const part of parts) {
    const before = kept.at(-1);
    const isTooSmall = part.amountMinor < leastMinor || (before?.amountMinor ?? leastMinor) < leastMinor;
    if (before === undefined || !isTooSmall) kept.push(part);
    else {
      const { checkIn, amountMinor } = before;
      kept[kept.length - 1] = { ...part, checkIn, amountMinor: amountMinor + part.amountMinor };
    }
  }
  return kept;
}

/** Whose money each part is. Each side gets what is its own of the whole price, over all parts, to the unit. */
function withShares(price: StayPrice, parts: readonly Part[]): Instalment[] {
  let left = priceShares(price);
  return parts.map((part) => {
    const shares = sharesOf(part.amountMinor, left);
    left = lessShares(left, [shares]);
    return { ...part, shares };
  });
}

/**
 * When the nights of a part begin: from then on it is to be paid. Depends on zone data: ask in an activity, not in
 * workflow code.
 */
export function beginsAt({ checkIn }: Stay, at: { checkInTime: LocalTime; timeZone: TimeZone }): Instant {
  return instantOf(checkIn, at.checkInTime, at.timeZone);
}

/** Until when a guest who is told at `at` may pay, that instant included: never past the end of the stay. */
export function payBy({ at, checkOutAt }: { at: Instant; checkOutAt: Instant }): Instant {
  const patience = addHours(at, INSTALMENT_GRACE_HOURS);
  const lastCall = new Date(millisecondsOf(checkOutAt) - INSTALMENT_LAST_MINUTES * 60_000).toISOString();
  return millisecondsOf(patience) < millisecondsOf(lastCall) ? patience : lastCall;
}

/** When the saved card is tried again after a try at `at`; undefined where there is no time left for it. */
export function retryAt({ at, payBy: until }: { at: Instant; payBy: Instant }): Instant | undefined {
  const next = addHours(at, INSTALMENT_RETRY_HOURS);
  return millisecondsOf(next) < millisecondsOf(until) ? next : undefined;
}
