import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Point } from '#domain/properties.ts';
import { amenityKey, BLUR_METRES, blurredPoint } from '#domain/properties.ts';

const MANCHESTER = { latitude: 53.4794892, longitude: -2.2451148 };

/** Great-circle distance. */
function metresBetween(a: Point, b: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const chord =
    Math.sin(radians(b.latitude - a.latitude) / 2) ** 2 +
    Math.cos(radians(a.latitude)) *
      Math.cos(radians(b.latitude)) *
      Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * 6_371_000 * Math.asin(Math.sqrt(chord));
}

describe('blurredPoint', () => {
  const secrets = fc.string({ minLength: 16, maxLength: 40 });
  const points = fc.record({
    latitude: fc.double({ min: -80, max: 80, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  });

  it('lies 100 to 200 metres from the exact point, anywhere on Earth (S2)', () => {
    fc.assert(
      fc.property(points, secrets, (exact, secret) => {
        const metres = metresBetween(exact, blurredPoint(exact, secret));
        assert.ok(metres > BLUR_METRES.least - 2 && metres < BLUR_METRES.most + 2, String(metres));
      }),
    );
  });

  it('stays the same for a property, and moves with its secret (S2)', () => {
    assert.deepEqual(blurredPoint(MANCHESTER, 'secret-one'), blurredPoint(MANCHESTER, 'secret-one'));
    assert.notDeepEqual(blurredPoint(MANCHESTER, 'secret-one'), blurredPoint(MANCHESTER, 'secret-two'));
  });

  it('favours no direction and not the near edge, over a thousand secrets', () => {
    const shifted = Array.from({ length: 1000 }, (_, index) => blurredPoint(MANCHESTER, `secret-${index}`));
    const north = shifted.filter((point) => point.latitude > MANCHESTER.latitude).length;
    const east = shifted.filter((point) => point.longitude > MANCHESTER.longitude).length;
    const metres = shifted.reduce((sum, point) => sum + metresBetween(MANCHESTER, point), 0) / 1000;
    assert.ok(north > 400 && north < 600, `${north} to the north`);
    assert.ok(east > 400 && east < 600, `${east} to the east`);
    assert.ok(metres > 145 && metres < 165, `${metres} metres on average`);
  });

  it('stays on the map at the date line and the poles', () => {
    const edges = [
      { latitude: 90, longitude: 0 },
      { latitude: -90, longitude: 180 },
      { latitude: 0, longitude: 180 },
      { latitude: 0, longitude: -180 },
    ];
    for (const exact of edges) {
      for (let index = 0; index < 50; index += 1) {
        const { latitude, longitude } = blurredPoint(exact, `secret-${index}`);
        assert.ok(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180, `${latitude}, ${longitude}`);
      }
    }
  });
});

describe('amenityKey', () => {
  const CASES = [
    { amenity: 'Wifi', key: 'wifi' },
    { amenity: 'Wi-Fi', key: 'wifi' },
    { amenity: '  WIFI ', key: 'wifi' },
    { amenity: 'Free parking on premises', key: 'free_parking_on_premises' },
    { amenity: 'free_parking_on_premises', key: 'free_parking_on_premises' },
    { amenity: 'Fast wifi – 250 Mbps', key: 'fast_wifi_250_mbps' },
    { amenity: "Children's books\nand toys", key: 'childrens_books_and_toys' },
    { amenity: 'Küche', key: 'küche' },
    { amenity: 'Ｗｉｆｉ', key: 'wifi' },
    { amenity: '!?', key: '' },
  ];
  for (const { amenity, key } of CASES) {
    it(`finds ${JSON.stringify(amenity)} by ${JSON.stringify(key)}`, () => {
      assert.equal(amenityKey(amenity), key);
    });
  }

  it('is its own key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (amenity) => {
        assert.equal(amenityKey(amenityKey(amenity)), amenityKey(amenity));
      }),
    );
  });
});
