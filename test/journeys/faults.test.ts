import assert from 'node:assert/strict';
import { drawPlans } from '../support/faults/drawing.ts';
import { weather } from '../support/faults/weather.ts';
import { useWorld } from '../support/journeys.ts';

/** `npm run faults` makes hundreds, of any seed; a run of the tests makes a few, always the same. */
const SLICE = { seed: 5, bookings: 20 };
const LONG_MS = 600_000;

describe('a bank in bad weather', function () {
  this.timeout(LONG_MS);
  const world = useWorld('apart');

  it('has the same bookings asked for by the same seed, and others by another', () => {
    assert.deepEqual(drawPlans(7, 30), drawPlans(7, 30));
    assert.notDeepEqual(drawPlans(8, 30), drawPlans(7, 30));
  });

  it('keeps nobody from an answer, no booking from its end, and loses no money', async () => {
    const { wrong, struck } = await weather(world(), SLICE);
    assert.deepEqual(wrong, []);
    assert.notDeepEqual(struck, {});
  });
});
