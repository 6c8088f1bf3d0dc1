import { percentOf } from '../money.ts';
import type { PriceLine } from '../pricing.ts';

export const WEEKLY_DISCOUNT_FROM_NIGHTS = 7;
export const MONTHLY_DISCOUNT_FROM_NIGHTS = 28;
export const MAX_DISCOUNT_PERCENT = 100;
/** So many days ahead, at most, can be what makes a booking an early one, or one of the last minute. */
export const MAX_DISCOUNT_DAYS_AHEAD = 730;

/** For those who book so many days ahead: `days` at least where it is for early birds, at most at the last minute. */
export interface LeadDiscount {
  percent: number;
  days: number;
}

/**
 * How many days lie between a booking and its check-in, by the calendar of the property: now, and at least and at most over
 * all the dates that it has had. A stay that is moved is early, or late, only if it always was.
 */
export interface DaysAhead {
  now: number;
  least: number;
  most: number;
}

/** What a host takes off the price of the nights. Percents whole, the amount in minor units. */
export interface Discounts {
  /** From 7 nights. 0 is none. */
  weeklyDiscountPercent?: number | undefined;
  /** From 28 nights, in place of the weekly one. 0 is none. */
  monthlyDiscountPercent?: number | undefined;
  earlyBird?: LeadDiscount | undefined;
  lastMinute?: LeadDiscount | undefined;
  /** Discounts take the nights together no lower than to so much for each; prices that are lower anyway stay. */
  lowestNightly?: number | undefined;
}

/**
 * RULES.md "Price": one length discount on the price of the nights, then, on what is left, one for when it is booked. Where
 * that is not known it is neither early nor late.
 */
export function discountLines(
  nightRatesMinor: readonly number[],
  discounts: Discounts,
  daysAhead: DaysAhead | undefined,
): PriceLine[] {
  const nights = nightRatesMinor.length;
  const lowestMinor = nights * (discounts.lowestNightly ?? 0);
  let leftMinor = nightRatesMinor.reduce((sum, rate) => sum + rate, 0);
  const lines: PriceLine[] = [];
  for (const { name, percent } of [lengthDiscount(nights, discounts), leadDiscount(discounts, daysAhead)]) {
    const wholeMinor = percentOf(leftMinor, percent * 100);
    const amountMinor = Math.min(wholeMinor, Math.max(0, leftMinor - lowestMinor));
    if (amountMinor === 0) continue;
    const label = `${name}, ${percent} %`;
    const asFarAs = amountMinor < wholeMinor ? ', as far as the lowest price of a night allows' : '';
    lines.push({ kind: 'discount', label: label + asFarAs, quantity: 1, amount: -amountMinor });
    leftMinor -= amountMinor;
  }
  return lines;
}

interface Discount {
  name: string;
  percent: number;
}

/** One at most: they do not stack. */
function lengthDiscount(nights: number, discounts: Discounts): Discount {
  const { monthlyDiscountPercent: monthly = 0, weeklyDiscountPercent: weekly = 0 } = discounts;
  if (nights >= MONTHLY_DISCOUNT_FROM_NIGHTS && monthly > 0)
    return { name: 'Monthly discount', percent: monthly };
  return { name: 'Weekly discount', percent: nights >= WEEKLY_DISCOUNT_FROM_NIGHTS ? weekly : 0 };
}

/** Whichever is larger, where a stay is booked both early and at the last minute. */
function leadDiscount({ earlyBird, lastMinute }: Discounts, daysAhead: DaysAhead | undefined): Discount {
  const early = daysAhead && earlyBird && daysAhead.least >= earlyBird.days ? earlyBird.percent : 0;
  const late = daysAhead && lastMinute && daysAhead.most <= lastMinute.days ? lastMinute.percent : 0;
  return late > early
    ? { name: 'Last-minute discount', percent: late }
    : { name: 'Early-bird discount', percent: early };
}
