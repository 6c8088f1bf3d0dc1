import { coinMinor, percentOf, splitInParts } from './money.ts';
import type { Instant, LocalTime, Stay, TimeZone } from './nights.ts';
import { addHours, deadlineBefore, instantOf, millisecondsOf, nightCount, nightsOf } from './nights.ts';
import type { PriceLineKind, StayPrice } from './pricing.ts';
import { nightSharesMinor, sumOf } from './pricing.ts';

/** What a host may promise about cancelling. */
export const CANCELLATION_POLICIES = [
  'flexible',
  'moderate',
  'limited',
  'firm',
  'strict',
  'non_refundable',
  'long_term',
] as const;
export type CancellationPolicy = (typeof CANCELLATION_POLICIES)[number];

/** Those a host can choose so far: the rest keep their names until their rules are here. */
export const OFFERED_POLICIES = ['flexible'] as const satisfies readonly CancellationPolicy[];
type OfferedPolicy = (typeof OFFERED_POLICIES)[number];

/** Grace: so soon after confirmation, and so long before check-in, a guest may think again. */
export const GRACE_HOURS = 24;
export const GRACE_CONFIRMED_DAYS_BEFORE = 7;
export const GRACE_BELOW_NIGHTS = 28;

export const FLEXIBLE_FULL_REFUND_DAYS = 1;

/** Why the refund is what it is. `partial` and `none` are what the policy leaves once its full refund has lapsed. */
export type RefundReason = 'cancelled_by_host' | 'grace' | 'full' | 'partial' | 'none';

/** A confirmed, paid booking as it was made, and the act of cancelling it. Before check-out: the caller sees to it. */
export interface Cancellation {
  policy: CancellationPolicy;
  price: StayPrice;
  stay: Stay;
  checkInTime: LocalTime;
  zone: TimeZone;
  confirmedAt: Instant;
  at: Instant;
  by: 'guest' | 'host';
}

/** An amount between the two sides, in minor units. */
interface Division {
  refundMinor: number;
  keptMinor: number;
}

const CANCELLED_KINDS = [
  'night',
  'cleaning',
  'pet',
  'service_fee',
  'tax',
] as const satisfies readonly PriceLineKind[];

/** What becomes of one kind of line. `night` stands for nights, their extra guests and their discount. */
export interface CancelledLine extends Division {
  kind: (typeof CANCELLED_KINDS)[number];
}

/** Out of whose share the refund is paid, in minor units: adds up to it. For the ledger. */
export interface RefundSplit {
  fromHostPayable: number;
  fromGuestFee: number;
  fromHostFee: number;
  fromTaxes: number;
}

/** Always: `refundMinor + keptMinor` is what was paid, and each equals the sum of its column of `lines`. */
export interface CancellationOutcome {
  refundMinor: number;
  keptMinor: number;
  reason: RefundReason;
  lines: CancelledLine[];
  refundSplit: RefundSplit;
}

/** What the host keeps: so many nights from the first on, and a share of each of the others. */
interface KeptNights {
  wholeNights: number;
  othersBasisPoints: number;
}
const NOTHING: KeptNights = { wholeNights: 0, othersBasisPoints: 0 };

function isNothing({ wholeNights, othersBasisPoints }: KeptNights): boolean {
  return wholeNights === 0 && othersBasisPoints === 0;
}

/**
 * What each side gets when a booking is cancelled at a moment: as a quote for any moment, and as the deed for its own.
 * A guest's refund never grows as time passes. Depends on zone data: ask in an activity, not in workflow code.
 */
export function cancellationOutcome(cancellation: Cancellation): CancellationOutcome {
  const { kept, fullBecause } = judge(cancellation);
  const parts = divide(cancellation.price, kept);
  const lines = CANCELLED_KINDS.map((kind) => ({ kind, ...parts[kind] }));
  const refundMinor = sum(lines.map((line) => line.refundMinor));
  const ofHost = parts.night.refundMinor + parts.cleaning.refundMinor + parts.pet.refundMinor;
  return {
    refundMinor,
    keptMinor: cancellation.price.total.amount - refundMinor,
    reason: fullBecause ?? (refundMinor > 0 ? 'partial' : 'none'),
    lines: lines.filter((line) => line.refundMinor + line.keptMinor > 0),
    refundSplit: {
      fromHostPayable: ofHost - parts.host_fee.refundMinor,
      fromGuestFee: parts.service_fee.refundMinor,
      fromHostFee: parts.host_fee.refundMinor,
      fromTaxes: parts.tax.refundMinor,
    },
  };
}

export function isOfferedPolicy(policy: CancellationPolicy): policy is OfferedPolicy {
  return (OFFERED_POLICIES as readonly string[]).includes(policy);
}

function judge(cancellation: Cancellation): { kept: KeptNights; fullBecause?: RefundReason } {
  const { policy, by } = cancellation;
  if (by === 'host') return { kept: NOTHING, fullBecause: 'cancelled_by_host' };
  if (!isOfferedPolicy(policy)) throw new RangeError(`No booking is made under the policy ${policy} yet.`);
  const kept = POLICIES[policy](cancellation);
  if (isNothing(kept)) return { kept, fullBecause: 'full' };
  return isInGrace(cancellation) ? { kept: NOTHING, fullBecause: 'grace' } : { kept };
}

const POLICIES: Readonly<Record<OfferedPolicy, (cancellation: Cancellation) => KeptNights>> = {
  /** Until a day before check-in nothing; then the nights spent and one more, so before check-in the first. */
  flexible(cancellation) {
    if (isInTime(cancellation, FLEXIBLE_FULL_REFUND_DAYS)) return NOTHING;
    return { wholeNights: spentNights(cancellation) + 1, othersBasisPoints: 0 };
  },
};

/**
 * Within 24 hours of a confirmation that came at least 7 days before check-in, for a stay under 28 nights; both
 * limits included. What counts is when the booking was confirmed: cancelling it may come less than 7 days before.
 */
export function isInGrace({
  stay,
  checkInTime,
  zone,
  confirmedAt,
  at,
}: Omit<Cancellation, 'price'>): boolean {
  const checkIn = { date: stay.checkIn, time: checkInTime, zone };
  return (
    nightCount(stay) < GRACE_BELOW_NIGHTS &&
    isNoLaterThan(confirmedAt, deadlineBefore(checkIn, GRACE_CONFIRMED_DAYS_BEFORE)) &&
    isNoLaterThan(at, addHours(confirmedAt, GRACE_HOURS))
  );
}

/** The deadline itself is in time. */
function isInTime({ stay, checkInTime, zone, at }: Cancellation, daysBefore: number): boolean {
  return isNoLaterThan(at, deadlineBefore({ date: stay.checkIn, time: checkInTime, zone }, daysBefore));
}

/** A night is spent once check-in time has come on its date, that instant included. */
function spentNights({ stay, checkInTime, zone, at }: Cancellation): number {
  return nightsOf(stay).filter((night) => isNoLaterThan(instantOf(night, checkInTime, zone), at)).length;
}

function isNoLaterThan(a: Instant, b: Instant): boolean {
  return millisecondsOf(a) <= millisecondsOf(b);
}

/** Every part of the price, divided between the sides. The parts of a part add up to it. */
function divide(price: StayPrice, kept: KeptNights): Record<CancelledLine['kind'] | 'host_fee', Division> {
  const isFull = isNothing(kept);
  // The whole total can be given back as it was paid; of a part of it each line gives whole coins.
  const coin = isFull ? 1 : coinMinor(price.total.currency);
  const night = inCoins(divideNights(nightSharesMinor(price), kept), coin);
  const cleaning = inCoins(divideNights(spreadOverNights(price, 'cleaning'), kept), coin);
  const pet = inCoins(divideNights(spreadOverNights(price, 'pet'), kept), coin);
  const keptMinor = night.keptMinor + cleaning.keptMinor + pet.keptMinor;
  const proportion = isFull ? [0, 1] : [keptMinor, price.hostBaseMinor - keptMinor];
  if (price.hostBaseMinor === 0 && !isFull) proportion[0] = 1; // A stay for nothing still has one side.
  return {
    night,
    cleaning,
    pet,
    service_fee: divideIn(price.guestServiceFeeMinor, isFull ? [0, 1] : [1, 0]),
    tax: inCoins(divideIn(price.taxMinor, proportion), coin),
    host_fee: divideIn(price.hostServiceFeeMinor, proportion),
  };
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
