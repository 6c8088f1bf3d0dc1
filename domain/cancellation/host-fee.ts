import type { Currency } from '../money.ts';
import { percentOf } from '../money.ts';
import type { Instant, LocalMoment } from '../nights.ts';
import { addHours, deadlineBefore, instantOf, millisecondsOf } from '../nights.ts';
import type { StayPrice } from '../pricing.ts';

/**
 * RULES.md "Cancellation by the host": what it costs the host, in hundredths of a percent of their part of the bill
 * (`hostBaseMinor`). A stay that costs nothing costs nothing to call off.
 */
export const HOST_FEE_BASIS_POINTS = { early: 1_000, late: 2_500, last: 5_000 } as const;
/** Days before check-in, counted on the wall: earlier than that, that instant excluded, is early. */
export const HOST_FEE_EARLY_DAYS = 30;
/** Elapsed hours before check-in: until then, that instant included, it is late, and from then on the last moment. */
export const HOST_FEE_LATE_HOURS = 48;

/** At least and at most, in minor units. A currency without a row has no fee until one is set here. */
export const HOST_FEE_BOUNDS: Readonly<Record<Currency, { leastMinor: number; mostMinor: number }>> = {
  USD: { leastMinor: 5_000, mostMinor: 100_000 },
  GBP: { leastMinor: 4_000, mostMinor: 80_000 },
  EUR: { leastMinor: 4_500, mostMinor: 90_000 },
  JPY: { leastMinor: 7_500, mostMinor: 150_000 },
};

/**
 * What a host owes for cancelling a booking that was certain, in minor units. Depends on zone data: ask in an activity,
 * not in workflow code.
 */
export function hostFeeMinor(
  { hostBaseMinor, total }: Pick<StayPrice, 'hostBaseMinor' | 'total'>,
  { checkIn, at }: { checkIn: LocalMoment; at: Instant },
): number {
  const bounds = HOST_FEE_BOUNDS[total.currency];
  if (bounds === undefined || hostBaseMinor === 0) return 0;
  const fee = percentOf(hostBaseMinor, HOST_FEE_BASIS_POINTS[howLate(checkIn, at)]);
  return Math.min(Math.max(fee, bounds.leastMinor), bounds.mostMinor);
}

function howLate(checkIn: LocalMoment, at: Instant): keyof typeof HOST_FEE_BASIS_POINTS {
  const now = millisecondsOf(at);
  if (now < millisecondsOf(deadlineBefore(checkIn, HOST_FEE_EARLY_DAYS))) return 'early';
  const checkInAt = instantOf(checkIn.date, checkIn.time, checkIn.zone);
  return now <= millisecondsOf(addHours(checkInAt, -HOST_FEE_LATE_HOURS)) ? 'late' : 'last';
}
