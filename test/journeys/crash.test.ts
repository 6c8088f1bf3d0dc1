import assert from 'node:assert/strict';
import { WORK } from '#bin/work.ts';
import { Rehearsal } from '../support/crash.ts';
import { CASES } from '../support/crash-cases.ts';
import { STORIES } from '../support/crash-stories.ts';
import { useWorld } from '../support/journeys.ts';

/** All of them are `npm run crash`; a run of the tests takes the next few, another day others. */
const A_DAY = 3;
const today = Math.floor(Date.now() / 86_400_000);
/** So far apart that no two of a day are of one kind, and in `CASES.length` days all have had their turn. */
const APART = Math.floor(CASES.length / A_DAY);
const slice = Array.from({ length: A_DAY }, (_, n) => CASES[(today + n * APART) % CASES.length]).filter(
  (some) => some !== undefined,
);

describe('a process that is killed', function () {
  this.timeout(300_000);

  it('has been rehearsed in each activity', () => {
    const nothing = {} as never;
    const activities = Object.values(WORK).flatMap((work) => Object.keys(work(nothing).activities));
    assert.deepEqual(activities.sort(), Object.keys(STORIES).sort());
  });

  describe('today', () => {
    const world = useWorld('apart');
    for (const one of slice) {
      it(`loses neither money nor booking: the ${one.part}, ${one.at}`, async () => {
        await using rehearsal = new Rehearsal(world());
        await rehearsal.kill(one);
      });
    }
  });
});
