import assert from 'node:assert/strict';
import fc from 'fast-check';
import { centreOf, chordMetres, cuboidAround } from '#db/places.ts';
import type { BoundingBox } from '#db/places.ts';

const RADIUS = 6_371_008.8;

/** As `place_on_earth` in the database. */
function onEarth(latitude: number, longitude: number): number[] {
  const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)].map(
    (v) => v * RADIUS,
  );
}

const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });

const boxes = fc
  .tuple(degrees(180), degrees(90), degrees(180), degrees(90))
  .map(([west, a, east, b]): BoundingBox => ({ west, south: Math.min(a, b), east, north: Math.max(a, b) }));

describe('the cuboid around a box', () => {
  it('holds every place of the box, over the date line and the poles too', () => {
    fc.assert(
      fc.property(boxes, share, share, (box, x, y) => {
        const width = box.west > box.east ? box.east + 360 - box.west : box.east - box.west;
        const point = onEarth(box.south + (box.north - box.south) * y, box.west + width * x);
        const { least, most } = cuboidAround(box);
        return point.every((value, axis) => value >= (least[axis] ?? NaN) && value <= (most[axis] ?? NaN));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is no larger than a small box needs', () => {
    const { least, most } = cuboidAround({ west: -2.25, south: 53.48, east: -2.24, north: 53.49 });
    for (const axis of [0, 1, 2]) assert.ok((most[axis] ?? 0) - (least[axis] ?? 0) < 1_200);
  });
});

describe('the middle of a box', () => {
  for (const [west, east, longitude] of [
    [-2, 4, 1],
    [170, -170, 180],
    [170, -160, -175],
    [160, -170, 175],
  ] as const) {
    it(`of ${west}° to ${east}° lies at ${longitude}°`, () => {
      assert.deepEqual(centreOf({ west, south: 0, east, north: 10 }), { latitude: 5, longitude });
    });
  }
});

describe('a chord', () => {
  it('is the distance for what is near, and shorter for what is far', () => {
    assert.ok(Math.abs(chordMetres(1_000) - 1_000) < 0.001);
    assert.ok(Math.abs(chordMetres((RADIUS * Math.PI) / 2) - RADIUS * Math.SQRT2) < 1);
    assert.ok(Math.abs(chordMetres(30_000_000) - 2 * RADIUS) < 1);
  });
});
