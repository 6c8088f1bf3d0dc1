import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canBecome, isEnded } from '#domain/bookings.ts';
import { LIVE_PAYMENT_STATUSES } from '#domain/payments.ts';
import { useWorld } from '../support/journeys.ts';
import { deedsOf, DRAWN, HOMES } from '../support/model/drawing.ts';
import type { Drawn } from '../support/model/drawing.ts';
import { outcomesOf } from '../support/model/outcomes.ts';
import { mayBePaidLate, overlap, priceMinor } from '../support/model/reference.ts';
import type { Booked, State } from '../support/model/reference.ts';
import { isPossible } from '../support/model/rules.ts';
import { findCounterExample, inFull, randomSeed } from '../support/model/running.ts';

/** `npm run model` makes hundreds; a run of the tests makes a few, others every time. */
const RUNS = 12;
/** A counter-example is tried shorter for two minutes. */
const LONG_MS = 300_000;

describe('the model of a booking', () => {
  /** Every state that some acts may lead to, each with the one before it. */
  function* statesOf(
    home: State['home'],
    drawn: readonly Drawn[],
  ): Generator<{ before: State; after: State }> {
    let before: State = { home, bookings: {} };
    for (const [nth, one] of drawn.entries()) {
      const deeds = deedsOf(one, { state: before, name: String(nth).padStart(3, '0') });
      if (!deeds.every((deed) => isPossible(deed, before))) continue;
      const ends = outcomesOf(deeds, before).map(({ state }) => state);
      for (const after of ends) yield { before, after };
      before = ends[nth % ends.length] ?? before;
    }
  }

  const holds = (isTrue: (states: { before: State; after: State }) => boolean) =>
    fc.assert(
      fc.property(HOMES, fc.array(DRAWN, { maxLength: 40 }), (home, drawn) => {
        for (const states of statesOf(home, drawn)) assert.ok(isTrue(states), JSON.stringify(states));
      }),
    );
  const each = ({ after }: { after: State }, isTrue: (booked: Booked) => boolean) =>
    Object.values(after.bookings).every(isTrue);

  it('sells no night twice', () =>
    holds(({ after }) => {
      const taken = Object.values(after.bookings).map(({ nights }) => nights);
      return taken.every((nights, at) => taken.slice(at + 1).every((others) => !overlap(nights, others)));
    }));

  it('gives back no more than was paid, and that never changes', () =>
    holds(({ before, after }) =>
      Object.entries(after.bookings).every(([name, { refundMinor, stay }]) => {
        const earlier = before.bookings[name]?.refundMinor ?? refundMinor;
        return earlier === refundMinor && (refundMinor ?? 0) <= priceMinor(after.home, stay);
      }),
    ));

  it('lets nobody pay for what is over, unless the bank keeps it open', () =>
    holds((states) =>
      each(states, (booked) => {
        const isLive = LIVE_PAYMENT_STATUSES.some((live) => live === booked.payment);
        return !isEnded(booked.status) || !isLive || (booked.staysOpen && mayBePaidLate(booked));
      }),
    ));

  it('goes along the edges of the state graph alone', () =>
    holds(({ before, after }) =>
      Object.entries(after.bookings).every(([name, { status }]) => {
        const earlier = before.bookings[name]?.status ?? 'requested';
        return earlier === status || canBecome(earlier, status);
      }),
    ));
});

describe('bookings at random', function () {
  this.timeout(LONG_MS);
  const world = useWorld();

  it('are as their model has them, whatever guests, host, bank and clock do, and come to an end', async () => {
    const found = await findCounterExample(world(), { runs: RUNS, seed: randomSeed() });
    assert.equal(found && inFull(found), undefined);
  });
});
