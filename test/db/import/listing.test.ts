import assert from 'node:assert/strict';
import { amenityName, listingOf } from '#db/import/listing.ts';
import type { Listing } from '#db/import/listing.ts';
import type { ListingRecord } from '#db/import/listings-file.ts';
import { nightCount } from '#domain/nights.ts';
import { cells } from '#test/support/listings.ts';
import type { Cells } from '#test/support/listings.ts';

const read = (facts: Cells, options: { currency?: string; blocks?: boolean } = {}) =>
  listingOf(cells(facts) as ListingRecord, { currency: 'GBP', blocks: false, amenityName, ...options });

function listing(facts: Cells, options: { currency?: string; blocks?: boolean } = {}): Listing {
  const result = read(facts, options);
  if (typeof result === 'string') assert.fail(`skipped: ${result}`);
  return result;
}

describe('a row of a listings file', () => {
  it('keeps ids as text, beyond 2^53 too', () => {
    assert.equal(listing({ id: '1234567890123456789' }).sourceId, '1234567890123456789');
  });

  it('is text without markup', () => {
    assert.equal(listing({}).description, 'One room, "high" ceilings,\nand a view.');
    assert.equal(listing({ name: ' <b>Two</b>\u0000rooms ' }).title, 'Two rooms');
    assert.equal(listing({ name: '' }).title, 'Entire loft');
    assert.equal(listing({ name: 'x'.repeat(500) }).title.length, 200);
  });

  for (const [facts, reason] of [
    [{ id: '' }, 'bad id'],
    [{ id: '1.2E+18' }, 'bad id'],
    [{ host_id: 'ada' }, 'bad host id'],
    [{ latitude: '' }, 'bad coordinates'],
    [{ latitude: '91' }, 'bad coordinates'],
    [{ longitude: '-180.5' }, 'bad coordinates'],
    [{ latitude: '0', longitude: '0.0' }, 'bad coordinates'],
    [{ price: '' }, 'no price'],
    [{ price: '$0.00' }, 'no price'],
    [{ price: 'free' }, 'bad price'],
    [{ price: '$9,999,999.00' }, 'bad price'],
    [{ accommodates: '0' }, 'bad capacity'],
    [{ accommodates: '' }, 'bad capacity'],
    [{ room_type: 'Castle' }, 'unknown room type'],
  ] as const) {
    it(`is skipped for ${reason}: ${JSON.stringify(facts)}`, () => assert.equal(read(facts), reason));
  }

  for (const [price, currency, minor] of [
    ['$85.00', 'GBP', 8_500],
    ['$1,234.50', 'GBP', 123_450],
    ['85', 'GBP', 8_500],
    ['$12,000.00', 'JPY', 12_000],
    ['$12,000.50', 'JPY', 12_001],
    ['$7.125', 'KWD', 7_125],
    ['$0.995', 'GBP', 100],
  ] as const) {
    it(`costs ${minor} minor units at ${price} in ${currency}`, () => {
      assert.equal(listing({ price }, { currency }).nightlyMinor, minor);
    });
  }

  for (const [minimum, maximum, expected] of [
    ['2', '1125', [2, 365]],
    ['1000', '30', [365, 365]],
    ['30', '7', [30, 30]],
    ['', '', [1, 365]],
    ['0', '14', [1, 14]],
  ] as const) {
    it(`takes stays of ${expected.join(' to ')} nights for "${minimum}" and "${maximum}"`, () => {
      const { minimumNights, maximumNights } = listing({ minimum_nights: minimum, maximum_nights: maximum });
      assert.deepEqual([minimumNights, maximumNights], expected);
    });
  }

  for (const [bathrooms, inWords, expected] of [
    ['1.5', '', 1.5],
    ['', '2.5 shared baths', 2.5],
    ['', 'Half-bath', 0.5],
    ['', '', 1],
  ] as const) {
    it(`has ${expected} bathrooms for "${bathrooms}" and "${inWords}"`, () => {
      assert.equal(listing({ bathrooms, bathrooms_text: inWords }).bathrooms, expected);
    });
  }

  it('has each amenity once, and none for a cell that is no list', () => {
    assert.deepEqual(listing({ amenities: '["Wifi", " Wifi ", "", "Iron"]' }).amenities, ['Wifi', 'Iron']);
    assert.deepEqual(listing({ amenities: '{TV,Wifi}' }).amenities, []);
  });

  it('is rated only when somebody has rated it, out of five', () => {
    assert.deepEqual(ratingOf({ review_scores_rating: '4.5', number_of_reviews: '10' }), [4.5, 10]);
    assert.deepEqual(ratingOf({ review_scores_rating: '96', number_of_reviews: '3' }), [4.8, 3]);
    assert.deepEqual(ratingOf({ review_scores_rating: '', number_of_reviews: '0' }), [null, 0]);
  });

  function ratingOf(facts: Cells): [number | null, number] {
    const { ratingAverage, ratingCount } = listing(facts);
    return [ratingAverage, ratingCount];
  }
});

describe('the blocks of a row', () => {
  const blocksOf = (free: readonly [string, string, string, string], id = '1000000000000000001') => {
    const [availability_30, availability_60, availability_90, availability_365] = free;
    const facts = { id, availability_30, availability_60, availability_90, availability_365 };
    return listing(facts, { blocks: true }).blocks;
  };

  it('are none where every night is free, and the whole year where none is', () => {
    assert.deepEqual(blocksOf(['30', '60', '90', '365']), []);
    assert.deepEqual(blocksOf(['0', '0', '0', '0']), [
      { checkIn: '2027-01-01', checkOut: '2027-01-31' },
      { checkIn: '2027-01-31', checkOut: '2027-03-02' },
      { checkIn: '2027-03-02', checkOut: '2027-04-01' },
      { checkIn: '2027-04-01', checkOut: '2028-01-01' },
    ]);
  });

  it('take as many nights from each window as the file counts, wherever the id puts them', () => {
    for (const id of ['1', '17', '999999999999999999']) {
      const blocks = blocksOf(['20', '45', '70', '340'], id);
      assert.deepEqual(blocks.map(nightCount), [10, 5, 5, 5]);
      const windows = ['2027-01-01', '2027-01-31', '2027-03-02', '2027-04-01', '2028-01-01'];
      for (const [index, { checkIn, checkOut }] of blocks.entries()) {
        assert.ok(checkIn >= (windows[index] ?? '') && checkOut <= (windows[index + 1] ?? ''));
      }
      assert.deepEqual(blocksOf(['20', '45', '70', '340'], id), blocks);
    }
  });

  it('are none without the day of the scrape', () => {
    assert.deepEqual(listing({ last_scraped: '', availability_30: '0' }, { blocks: true }).blocks, []);
  });
});
