import assert from 'node:assert/strict';
import { useWorld } from '../support/journeys.ts';
import { EDGES, pathAlong } from '../support/walks/edges.ts';
import { assertStanding } from '../support/walks/standing.ts';
import { walk, waysAlong } from '../support/walks/walking.ts';

/** Virtual time passes quickly, and a story of several people takes a while all the same. */
const LONG_MS = 60_000;

describe('a booking', function () {
  this.timeout(LONG_MS);
  const world = useWorld();
  const driven: string[] = [];

  for (const edge of EDGES) {
    describe(`goes from ${edge.replace('→', 'to')} when`, () => {
      for (const [way, { isSlow, leaves }] of waysAlong(edge)) {
        if (isSlow === true) continue;
        it(way, async () => {
          const journey = await walk(world(), { path: pathAlong(edge), way });
          await assertStanding(journey, edge, leaves);
          driven.push(edge);
        });
      }
    });
  }

  describe('has gone', () => {
    it('along every edge of its state graph', () => assert.deepEqual([...new Set(driven)], EDGES));
  });
});
