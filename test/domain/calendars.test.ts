import assert from 'node:assert/strict';
import {
  horizonOf,
  importedNights,
  isBrokenForLong,
  isEmptyForLong,
  isOwnUid,
  isReadLately,
  nextSync,
  uidOf,
} from '#domain/calendars.ts';

const AT = '2027-05-10T12:00:00.000Z';
const stay = (checkIn: string, checkOut: string) => ({ checkIn, checkOut });

describe('imported calendars', () => {
  describe('are read next', () => {
    const cases: [string, number, number, string][] = [
      ['after half an hour', 0, 0.5, '2027-05-10T12:30:00.000Z'],
      ['a little sooner', 0, 0, '2027-05-10T12:25:00.000Z'],
      ['a little later', 0, 1, '2027-05-10T12:35:00.000Z'],
      ['soon after they failed once', 1, 0, '2027-05-10T12:05:00.000Z'],
      ['after twice as long each time', 3, 0, '2027-05-10T12:20:00.000Z'],
      ['every two hours at last', 6, 0, '2027-05-10T14:00:00.000Z'],
      ['every two hours however often they have failed', 1_000, 0, '2027-05-10T14:00:00.000Z'],
    ];
    for (const [when, failures, chance, expected] of cases) {
      it(when, () => assert.equal(nextSync(AT, failures, chance), expected));
    }
  });

  it('are believed, told of and read whole after so many hours, and not a moment before', () => {
    const edges: [(since: string, at: string) => boolean, string, string, boolean][] = [
      [isEmptyForLong, '2027-05-10T06:00:00.000Z', '2027-05-10T06:00:00.001Z', true],
      [isBrokenForLong, '2027-05-09T12:00:00.000Z', '2027-05-09T12:00:00.001Z', true],
      [isReadLately, '2027-05-09T12:00:00.000Z', '2027-05-09T12:00:00.001Z', false],
    ];
    for (const [rule, since, later, expected] of edges) {
      assert.deepEqual([rule(since, AT), rule(later, AT)], [expected, !expected], rule.name);
    }
  });

  describe('give nights from today to the horizon (I9)', () => {
    const today = '2027-05-10';

    it('without those that are over, and with the whole of one that has begun', () => {
      const over = stay('2027-05-01', '2027-05-10');
      const begun = stay('2027-05-01', '2027-05-11');
      assert.deepEqual(importedNights([over, begun], today), [begun]);
    });

    it('up to three years and a month ahead, and no further', () => {
      assert.equal(horizonOf(today), '2030-06-01');
      assert.deepEqual(
        importedNights([stay('2030-05-31', '2099-01-01'), stay('2030-06-01', '2030-06-02')], today),
        [stay('2030-05-31', '2030-06-01')],
      );
    });

    it('so that what is taken for ever is the same on every day of a month', () => {
      const forEver = [stay('2027-12-01', '2099-01-01')];
      assert.deepEqual(importedNights(forEver, '2027-05-01'), importedNights(forEver, '2027-05-31'));
    });
  });

  it('know what has come from the property itself by its mark (I5)', () => {
    const uid = uidOf('prp_a', 'key');
    assert.deepEqual(
      [isOwnUid(uid, 'prp_a'), isOwnUid(uid, 'prp_b'), isOwnUid('1@elsewhere', 'prp_a')],
      [true, false, false],
    );
  });
});
