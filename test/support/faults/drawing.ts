import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { Card } from '../model/acts.ts';

/** What is done to a booking that is there. Shares are percents of its price. */
export type Move =
  | { does: 'pay' | 'pay in the browser'; card: Card }
  | { does: 'challenge'; outcome: 'pass' | 'fail' }
  | { does: 'cancel' }
  | { does: 'answer'; accepts: boolean }
  | { does: 'goodwill'; share: number }
  | { does: 'refund in the dashboard'; share: number }
  | { does: 'record'; what: 'check-in' | 'check-out' }
  /** Past the next instant that the booking waits for. */
  | { does: 'clock' };

/** One booking: who asks for what, and the moves after it. Those of one moment are made at once. */
export interface Plan {
  /** Among the homes and among the guests; both are counted on from the first again. */
  home: number;
  guest: number;
  firstNight: number;
  nights: number;
  card: Card | 'none';
  moments: readonly (readonly Move[])[];
}

const MOST = 1_000_000;
const DAYS = 20;
const MOST_NIGHTS = 3;

const oneOf = <T>(...choices: readonly T[]): Arbitrary<T> => fc.constantFrom(...choices);
const CARD: Arbitrary<Card> = oneOf('good', 'good', 'good', 'declined', 'challenged');
const SHARE = oneOf(5, 20, 50, 100);

/** What has a booking paid, or its host's answer, where that was not at once. */
const FIRST: Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: oneOf('pay', 'pay in the browser'), card: CARD }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('challenge'), outcome: oneOf('pass', 'pass', 'fail') }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('answer'), accepts: oneOf(true, true, false) }) },
) as Arbitrary<Move>;

const THEN: Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ does: 'cancel' }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('goodwill'), share: SHARE }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('refund in the dashboard'), share: SHARE }) },
  { weight: 3, arbitrary: fc.constant({ does: 'clock' }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('record'), what: oneOf('check-in', 'check-out') }) },
  { weight: 1, arbitrary: FIRST },
) as Arbitrary<Move>;

const atOnce = (move: Arbitrary<Move>) => fc.array(move, { minLength: 1, maxLength: 2, size: 'max' });

const PLAN: Arbitrary<Plan> = fc.record({
  home: fc.nat({ max: MOST }),
  guest: fc.nat({ max: MOST }),
  firstNight: fc.nat({ max: DAYS }),
  nights: fc.integer({ min: 1, max: MOST_NIGHTS }),
  card: oneOf('good', 'good', 'good', 'none', 'challenged', 'declined'),
  moments: fc
    .tuple(
      fc.array(atOnce(FIRST), { maxLength: 2, size: 'max' }),
      fc.array(atOnce(THEN), { maxLength: 3, size: 'max' }),
    )
    .map(([first, then]) => [...first, ...then]),
});

/** The same plans for the same seed and number, on any machine. */
export function drawPlans(seed: number, bookings: number): Plan[] {
  return fc.sample(PLAN, { seed, numRuns: bookings });
}

export function inWords({ does, ...how }: Move): string {
  return [does, ...Object.values(how).map(String)].join(' ');
}
