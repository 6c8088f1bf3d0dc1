import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { REVIEW_SIDES } from '#domain/reviews.ts';
import { STAYS } from './acts.ts';
import type { Act, ActOf, Card, Deed, StayName } from './acts.ts';
import { GUESTS } from './reference.ts';
import type { Home, State } from './reference.ts';

/** One act or two, and which of the bookings they are done to, counted from the newest back. */
export interface Drawn {
  acts: readonly Act[];
  back: number;
}

/** Each as often as it is named, the first as the simplest. */
const oneOf = <T>(...choices: readonly T[]): Arbitrary<T> => fc.constantFrom(...choices);

export const HOMES: Arbitrary<Home> = fc.record({
  bookingMode: oneOf('instant', 'request'),
  isFree: oneOf(false, false, false, false, false, true),
});

const CARD: Arbitrary<Card> = oneOf('good', 'good', 'declined', 'challenged');

export const BOOKINGS: Arbitrary<ActOf<'book'>> = fc.record({
  does: fc.constant('book'),
  by: oneOf(...GUESTS),
  stay: oneOf(...(Object.keys(STAYS) as StayName[])),
  card: oneOf('good', 'none', 'good', 'good', 'none', 'challenged', 'declined'),
});

const SINGLES: Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: BOOKINGS },
  {
    weight: 9,
    arbitrary: fc.record({
      does: fc.constant('clock'),
      comes: oneOf('past', 'past', 'past', 'almost there'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('pay'), card: CARD }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('pay in the browser'), card: CARD }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('challenge'), outcome: oneOf('pass', 'pass', 'fail') }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('cancel') }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('answer'), accepts: oneOf(true, true, false) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('record'),
      by: oneOf('guest', 'host'),
      what: oneOf('check-in', 'no-show', 'check-out'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('review'), by: oneOf(...REVIEW_SIDES) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('let go'), how: oneOf('lapse', 'by hand') }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('never close') }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('old news'), as: oneOf('the same', 'new') }) },
) as Arbitrary<Act>;

const CANCEL: Act = { does: 'cancel' };
const ACCEPT: Act = { does: 'answer', accepts: true };
const REFUSE: Act = { does: 'answer', accepts: false };
const PAY: Act = { does: 'pay', card: 'good' };
const PAY_IN_VAIN: Act = { does: 'pay', card: 'declined' };
const PAY_IN_BROWSER: Act = { does: 'pay in the browser', card: 'good' };
const PASS: Act = { does: 'challenge', outcome: 'pass' };
const COME: Act = { does: 'record', by: 'guest', what: 'check-in' };
const MISS: Act = { does: 'record', by: 'host', what: 'no-show' };
const LEAVE: Act = { does: 'record', by: 'host', what: 'check-out' };
const PRAISE: Act = { does: 'review', by: 'guest' };
const PRAISE_BACK: Act = { does: 'review', by: 'host' };

/**
 * What may well be done at the same moment. Not among them: money that comes to the bank past us while its payer also
 * pays through us, where both are told yes, as neither order alone would have it.
 */
const PAIRS: Arbitrary<readonly [Act, Act]> = fc.oneof(
  fc.tuple(BOOKINGS, BOOKINGS),
  fc.tuple(BOOKINGS, oneOf<Act>(CANCEL, REFUSE, LEAVE)),
  fc.tuple(fc.constant(CANCEL), oneOf<Act>(PAY, PAY_IN_BROWSER, PASS, ACCEPT, REFUSE, LEAVE, CANCEL)),
  oneOf<readonly [Act, Act]>(
    [ACCEPT, REFUSE],
    [ACCEPT, ACCEPT],
    [PAY, PAY],
    [PAY, PAY_IN_VAIN],
    [COME, MISS],
    [COME, LEAVE],
    [PRAISE, PRAISE_BACK],
    [PRAISE, PRAISE],
  ),
);

export const DRAWN: Arbitrary<Drawn> = fc.record({
  acts: fc.oneof({ weight: 4, arbitrary: SINGLES.map((act) => [act]) }, { weight: 1, arbitrary: PAIRS }),
  back: oneOf(0, 0, 0, 1, 2),
});

/** What is drawn, done to bookings that are there; of new ones, those made at the same moment differ by a letter. */
export function deedsOf(
  { acts, back }: Drawn,
  { state: { bookings }, name }: { state: State; name: string },
): Deed[] {
  const newestFirst = Object.keys(bookings).sort().reverse();
  const target = newestFirst[back % Math.max(1, newestFirst.length)] ?? '';
  return acts.map((act, nth) => ({ act, on: act.does === 'book' ? `${name}${'ab'[nth] ?? ''}` : target }));
}
