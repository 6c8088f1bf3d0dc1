import type { CalendarDate, Stay } from '../nights.ts';
import { addDays, weekdayOf } from '../nights.ts';
import type { PriceLine } from '../pricing.ts';

/** What a host asks for a night, in minor units of the property's currency. */
export interface NightPrices {
  nightly: number;
  /** For Friday and Saturday nights, in place of `nightly`. */
  weekend?: number | undefined;
  /** For single nights, in place of both. Of the nights that are priced, all that there are. */
  dated?: Readonly<Record<CalendarDate, number>> | undefined;
}

/** How many spans of nights can be priced at once, how long a season is that is copied, and how far ahead. */
export const NIGHT_PRICE_LIMITS = { spans: 100, seasonNights: 366, daysAhead: 1_096 } as const;

/** The nights that can be given a price of their own: today's, by the calendar of the property, to three years from now. */
export function nightsInReach(today: CalendarDate): Stay {
  return { checkIn: today, checkOut: addDays(today, NIGHT_PRICE_LIMITS.daysAhead + 1) };
}

const FRIDAY = 5;
const SATURDAY = 6;

/** A bill with more prices of nights than this names each kind of night once, whatever the price. */
export const MAX_NIGHT_LINES = 10;

/** A night and what it costs before extra guests and discounts, in minor units. */
export interface PricedNight {
  label: string;
  rateMinor: number;
}

/** What a night costs whoever books it now. */
export function nightToday(night: CalendarDate, { nightly, weekend, dated }: NightPrices): PricedNight {
  const own = dated?.[night];
  if (own !== undefined) return { label: 'Night at a price of its own', rateMinor: own };
  const rateMinor = weekend !== undefined && isWeekendNight(night) ? weekend : nightly;
  return { label: rateMinor === nightly ? 'Night' : 'Weekend night', rateMinor };
}

export function isWeekendNight(night: CalendarDate): boolean {
  const weekday = weekdayOf(night);
  return weekday === FRIDAY || weekday === SATURDAY;
}

/** Nights of one kind and price are one line, in the order in which they first occur. */
export function nightLines(nights: readonly PricedNight[]): PriceLine[] {
  const lines = linesBy(nights, ({ label, rateMinor }) => `${label} ${rateMinor}`);
  return lines.length <= MAX_NIGHT_LINES ? lines : linesBy(nights, ({ label }) => label);
}

function linesBy(nights: readonly PricedNight[], keyOf: (night: PricedNight) => string): PriceLine[] {
  const lines = new Map<string, PriceLine>();
  for (const night of nights) {
    const line = lines.get(keyOf(night));
    if (line === undefined) {
      const { label, rateMinor: amount } = night;
      lines.set(keyOf(night), { kind: 'night', label, quantity: 1, amount });
    } else {
      line.quantity += 1;
      line.amount += night.rateMinor;
    }
  }
  return [...lines.values()];
}
