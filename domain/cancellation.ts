import type { CancelledKind, DividedPrice, Division, KeptNights } from './cancellation/division.ts';
import {
  CANCELLED_KINDS,
  divide,
  divideInFull,
  divideUpTo,
  keptOf,
  lessUnpaid,
  refundOf,
} from './cancellation/division.ts';
import type { CancellationPolicy, Keeps } from './cancellation/policies.ts';
import { GRACE_CONFIRMED_DAYS_BEFORE, GRACE_HOURS, POLICIES, policyFor } from './cancellation/policies.ts';
import type { CalendarDate, Instant, LocalMoment, LocalTime, Stay, TimeZone } from './nights.ts';
import { addHours, deadlineBefore, instantOf, millisecondsOf, nightsOf } from './nights.ts';
import { sumOf } from './pricing.ts';
import type { StayPrice } from './pricing.ts';

/**
 * Why the refund is what it is. `partial` and `none` are what the policy leaves once its full refund has lapsed;
 * `override` is more than that, by an operator.
 */
export const CANCELLATION_REASONS = [
  'cancelled_by_host',
  'override',
  'grace',
  'full',
  'partial',
  'none',
] as const;
export type CancellationReason = (typeof CANCELLATION_REASONS)[number];

/** Whoever can ask for it. */
export const CANCELLING_SIDES = ['guest', 'host', 'operator'] as const;
export type CancellingSide = (typeof CANCELLING_SIDES)[number];
/** `platform`: nobody has asked for it, but its guest has not paid an instalment in time. They are under their policy. */
export const CANCELLED_BY = [...CANCELLING_SIDES, 'platform'] as const;
export type CancelledBy = (typeof CANCELLED_BY)[number];

/** What an operator gives the guest beyond the policy: an amount in minor units, or all; in a disruptive event all. */
export interface Override {
  refund?: 'full' | number | undefined;
  disruptive?: true | undefined;
}

/** A confirmed booking as it was made, and the act of cancelling it. Before check-out: the caller sees to it. */
export interface Cancellation {
  /** As the host had chosen it: of a long stay another one holds. */
  policy: CancellationPolicy;
  price: StayPrice;
  /** What has been paid of it so far, in minor units, where that is not all. */
  paidMinor?: number;
  stay: Stay;
  /** Where an alteration has put the check-in off: the one that the nights were booked for. Deadlines are counted from it. */
  policyCheckIn?: CalendarDate | undefined;
  checkInTime: LocalTime;
  zone: TimeZone;
  confirmedAt: Instant;
  at: Instant;
  by: CancelledBy;
  /** Of an operator. */
  override?: Override;
}

/** What becomes of one kind of line. */
export interface CancelledLine extends Division {
  kind: CancelledKind;
}

/** Out of whose share the refund is paid, in minor units: adds up to it. For the ledger. */
export interface RefundSplit {
  fromHostPayable: number;
  fromGuestFee: number;
  fromHostFee: number;
  fromTaxes: number;
}

/** Always: `refundMinor + keptMinor` is what has been paid, and each equals the sum of its column of `lines`. */
export interface CancellationOutcome {
  refundMinor: number;
  keptMinor: number;
  reason: CancellationReason;
  lines: CancelledLine[];
  refundSplit: RefundSplit;
}

/**
 * What each side gets when a booking is cancelled at a moment: as a quote for any moment, and as the deed for its own.
 * A guest's refund never grows as time passes. Depends on zone data: ask in an activity, not in workflow code.
 */
export function cancellationOutcome(cancellation: Cancellation): CancellationOutcome {
  const { price, by, override } = cancellation;
  if (by === 'host') {
    const parts = lessUnpaid(price, divideInFull(price), paidOf(cancellation));
    return outcomeOf(parts, 'cancelled_by_host');
  }
  const underPolicy = outcomeUnderPolicy(cancellation);
  return by === 'operator' && override !== undefined
    ? overridden(cancellation, underPolicy, override)
    : underPolicy.outcome;
}

/** What the policy gives the guest, and how it is made up. */
interface UnderPolicy {
  outcome: CancellationOutcome;
  parts: DividedPrice;
}

function outcomeUnderPolicy(cancellation: Cancellation): UnderPolicy {
  const { price } = cancellation;
  const judgement = judge(cancellation);
  if ('fullBecause' in judgement && sumOf(price.lines, 'removed_night') === 0) {
    const parts = lessUnpaid(price, divideInFull(price), paidOf(cancellation));
    return { parts, outcome: outcomeOf(parts, judgement.fullBecause) };
  }
  // What was kept of nights that an alteration removed was judged then, and is not judged anew.
  const kept = 'kept' in judgement ? judgement.kept : NO_NIGHTS;
  const parts = lessUnpaid(price, divide(price, kept), paidOf(cancellation));
  return { parts, outcome: outcomeOf(parts, refundOf(parts) > 0 ? 'partial' : 'none') };
}

/** An operator may give the guest more than the policy does, never less. */
function overridden(
  cancellation: Cancellation,
  { outcome, parts }: UnderPolicy,
  { refund = 'full', disruptive }: Override,
): CancellationOutcome {
  const wanted = refund === 'full' || disruptive === true ? paidOf(cancellation) : refund;
  const raised = divideUpTo(cancellation.price, parts, wanted);
  return refundOf(raised) > outcome.refundMinor ? outcomeOf(raised, 'override') : outcome;
}

function paidOf({ price, paidMinor = price.total.amount }: Cancellation): number {
  return paidMinor;
}

function outcomeOf(parts: DividedPrice, reason: CancellationReason): CancellationOutcome {
  const lines = CANCELLED_KINDS.map((kind) => ({ kind, ...parts[kind] }));
  const refundMinor = refundOf(parts);
  const { night, cleaning, pet, removed_night: removed } = parts;
  const ofHost = night.refundMinor + cleaning.refundMinor + pet.refundMinor + removed.refundMinor;
  return {
    refundMinor,
    keptMinor: keptOf(parts),
    reason,
    lines: lines.filter((line) => line.refundMinor + line.keptMinor > 0),
    refundSplit: {
      fromHostPayable: ofHost - parts.host_fee.refundMinor - parts.included_tax.refundMinor,
      fromGuestFee: parts.service_fee.refundMinor,
      fromHostFee: parts.host_fee.refundMinor,
      fromTaxes: parts.tax.refundMinor + parts.included_tax.refundMinor,
    },
  };
}

const NO_NIGHTS: KeptNights = { wholeNights: 0, othersBasisPoints: 0 };

/**
 * What the host would keep of the nights if the guest cancelled at that moment; undefined where everything would go
 * back. Depends on zone data: ask in an activity, not in workflow code.
 */
export function nightsKept(timing: Timing): KeptNights | undefined {
  const judgement = judge(timing);
  return 'kept' in judgement ? judgement.kept : undefined;
}

type Judgement = { fullBecause: 'grace' | 'full' } | { kept: KeptNights };

function judge(timing: Timing): Judgement {
  const { steps, afterwards } = policyOf(timing);
  const kept = keptNights(
    steps.find(({ untilDaysBefore }) => isInTime(timing, untilDaysBefore)) ?? afterwards,
    timing,
  );
  if (kept.wholeNights === 0 && kept.othersBasisPoints === 0) return { fullBecause: 'full' };
  return isInGrace(timing) ? { fullBecause: 'grace' } : { kept };
}

/** When a booking is cancelled, and under what. */
export type Timing = Omit<Cancellation, 'price' | 'by' | 'override'>;

function policyOf({ policy, stay }: Timing) {
  return POLICIES[policyFor(policy, stay)];
}

function keptNights({ nextNights, othersBasisPoints }: Keeps, timing: Timing): KeptNights {
  return { wholeNights: nextNights === undefined ? 0 : spentNights(timing) + nextNights, othersBasisPoints };
}

/**
 * Within 24 hours of a confirmation that came at least 7 days before check-in, where the policy has such a grace; both
 * limits included. What counts is when the booking was confirmed: cancelling it may come less than 7 days before.
 */
export function isInGrace(timing: Timing): boolean {
  const { confirmedAt, at } = timing;
  return (
    policyOf(timing).hasGrace &&
    isNoLaterThan(confirmedAt, deadlineBefore(policyMoment(timing), GRACE_CONFIRMED_DAYS_BEFORE)) &&
    isNoLaterThan(at, addHours(confirmedAt, GRACE_HOURS))
  );
}

/** The deadline itself is in time. */
function isInTime(timing: Timing, daysBefore: number): boolean {
  return isNoLaterThan(timing.at, deadlineBefore(policyMoment(timing), daysBefore));
}

/** What the policy's deadlines are so many days before. */
function policyMoment({ stay, policyCheckIn = stay.checkIn, checkInTime: time, zone }: Timing): LocalMoment {
  return { date: policyCheckIn, time, zone };
}

/** A night is spent once check-in time has come on its date, that instant included. */
function spentNights({ stay, checkInTime, zone, at }: Timing): number {
  const nights = nightsOf(stay);
  const firstAhead = nights.findIndex((night) => !isNoLaterThan(instantOf(night, checkInTime, zone), at));
  return firstAhead < 0 ? nights.length : firstAhead;
}

function isNoLaterThan(a: Instant, b: Instant): boolean {
  return millisecondsOf(a) <= millisecondsOf(b);
}
