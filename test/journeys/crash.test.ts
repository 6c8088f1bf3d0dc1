import assert from 'node:assert/strict';
import { createBookingActivities } from '#activities/bookings.ts';
import { createPaymentActivities } from '#activities/payments.ts';
import { crashWorker, POINTS } from '../support/crash.ts';
import { STORIES, WITHOUT_STORY } from '../support/crash-stories.ts';
import { useWorld } from '../support/journeys.ts';

const CASES = Object.entries(STORIES).flatMap(([activity, story]) =>
  POINTS.map((point) => ({ activity, story, point })),
);
/** All of them are `npm run crash`; a run of the tests takes the next few, another day others. */
const A_DAY = 3;
const today = Math.floor(Date.now() / 86_400_000);
const slice = Array.from({ length: A_DAY }, (_, n) => CASES[(today * A_DAY + n) % CASES.length]).filter(
  (some) => some !== undefined,
);

describe('a worker that is killed', function () {
  this.timeout(300_000);

  it('has a story for each activity of a booking and a refund', () => {
    const nothing = {} as never;
    const activities = { ...createBookingActivities(nothing), ...createPaymentActivities(nothing) };
    const known = { ...STORIES, ...WITHOUT_STORY };
    assert.deepEqual(Object.keys(activities).sort(), Object.keys(known).sort());
  });

  describe('today', () => {
    const world = useWorld();
    for (const { activity, story, point } of slice) {
      it(`${point} ${activity} loses no money and no booking`, async () => {
        await crashWorker(world(), story, `${point}:${activity}`);
      });
    }
  });
});
