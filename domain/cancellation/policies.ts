import type { Stay } from '../nights.ts';
import { nightCount } from '../nights.ts';

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

/** Those that a host chooses among. `long_term` is nobody's choice: it takes the place of any of these. */
export const OFFERED_POLICIES = [
  'flexible',
  'moderate',
  'limited',
  'firm',
  'strict',
  'non_refundable',
] as const satisfies readonly CancellationPolicy[];

/** From so many nights on a stay is a long one. */
export const LONG_TERM_FROM_NIGHTS = 28;

/**
 * What the host keeps of the nights: with `nextNights` those spent and so many more, and in any case a share of the
 * others, in hundredths of a percent.
 */
export interface Keeps {
  nextNights?: number;
  othersBasisPoints: number;
}

/** What holds until so many days before check-in, that instant included. */
interface Step extends Keeps {
  untilDaysBefore: number;
}

export interface Policy {
  /** What is kept while there is time, the earliest deadline first. */
  steps: readonly Step[];
  /** What is kept once the last deadline has passed. */
  afterwards: Keeps;
  hasGrace: boolean;
}

const NOTHING = { othersBasisPoints: 0 } as const satisfies Keeps;
const HALF = { othersBasisPoints: 5_000 } as const satisfies Keeps;
const ALL = { othersBasisPoints: 10_000 } as const satisfies Keeps;

/** RULES.md "Cancellation by the guest", row by row. A host's share never falls from one step to the next. */
export const POLICIES: Readonly<Record<CancellationPolicy, Policy>> = {
  flexible: {
    steps: [{ untilDaysBefore: 1, ...NOTHING }],
    afterwards: { nextNights: 1, othersBasisPoints: 0 },
    hasGrace: true,
  },
  moderate: {
    steps: [{ untilDaysBefore: 5, ...NOTHING }],
    afterwards: { nextNights: 1, othersBasisPoints: 5_000 },
    hasGrace: true,
  },
  limited: {
    steps: [
      { untilDaysBefore: 14, ...NOTHING },
      { untilDaysBefore: 7, ...HALF },
    ],
    afterwards: ALL,
    hasGrace: true,
  },
  firm: {
    steps: [
      { untilDaysBefore: 30, ...NOTHING },
      { untilDaysBefore: 7, ...HALF },
    ],
    afterwards: ALL,
    hasGrace: true,
  },
  strict: { steps: [{ untilDaysBefore: 7, ...HALF }], afterwards: ALL, hasGrace: true },
  non_refundable: { steps: [], afterwards: ALL, hasGrace: false },
  long_term: {
    steps: [{ untilDaysBefore: 30, ...NOTHING }],
    afterwards: { nextNights: 30, othersBasisPoints: 0 },
    hasGrace: false,
  },
};

/** Grace: so soon after confirmation, and so long before check-in, a guest may think again. */
export const GRACE_HOURS = 24;
export const GRACE_CONFIRMED_DAYS_BEFORE = 7;

/** The policy that a stay is under, where its host has chosen this one. */
export function policyFor(chosen: CancellationPolicy, stay: Stay): CancellationPolicy {
  return nightCount(stay) >= LONG_TERM_FROM_NIGHTS ? 'long_term' : chosen;
}
