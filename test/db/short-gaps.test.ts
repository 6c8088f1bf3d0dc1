import assert from 'node:assert/strict';
import { searchProperties } from '#db/search.ts';
import { nightsAreFree } from '#db/stays.ts';
import { aProperty, aUser, NOW, take, useDatabase } from './stays-fixture.ts';

describe('a gap between two stays', () => {
  const db = useDatabase();

  it('that is shorter than the minimum is free, and nobody’s: neither found nor taken (A8)', async () => {
    const { id: propertyId } = await aProperty(db(), { rules: { minimumNights: 3 } });
    const guestId = await aUser(db());
    const taking = (checkIn: string, checkOut: string) =>
      take(db(), { propertyId, guestId, checkIn, checkOut });
    const finding = async (checkIn: string, checkOut: string) =>
      (await searchProperties(db(), { sort: 'price', limit: 20, stay: { checkIn, checkOut, now: NOW } })).rows
        .length;
    assert.equal(await taking('2027-03-01', '2027-03-04'), 'taken');
    assert.equal(await taking('2027-03-06', '2027-03-09'), 'taken');
    assert.equal(
      await nightsAreFree(db(), propertyId, { checkIn: '2027-03-04', checkOut: '2027-03-06' }),
      true,
    );
    assert.equal(await finding('2027-03-04', '2027-03-06'), 0);
    assert.equal(await taking('2027-03-04', '2027-03-06'), 'minimum_nights');
    // As long as it has to be, it is in the way of the next.
    assert.equal(await finding('2027-03-04', '2027-03-07'), 0);
    assert.equal(await taking('2027-03-04', '2027-03-07'), 'dates_unavailable');
    assert.equal(await finding('2027-03-09', '2027-03-12'), 1);
    assert.equal(await taking('2027-03-09', '2027-03-12'), 'taken');
  });
});
