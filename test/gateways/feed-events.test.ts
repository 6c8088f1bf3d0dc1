import assert from 'node:assert/strict';
import { MAX_FEED_EVENTS, MAX_FEED_REPETITIONS, readFeed } from '#gateways/feed-events.ts';
import { uidOf } from '#domain/calendars.ts';
import { calendarOf, eventOf } from '../support/feeds.ts';

const PROPERTY = 'prp_01jz3v9qk8w5xw7d2m4n6p8r0t';
const scope = { propertyId: PROPERTY, zone: 'Europe/London', from: '2027-01-01', until: '2028-01-01' };

function staysIn(text: string, zone = scope.zone): string[] {
  const reading = readFeed(text, { ...scope, zone });
  assert.ok(reading !== undefined, 'it is no calendar');
  assert.equal(reading.fault, null);
  return reading.stays.map(({ checkIn, checkOut }) => `${checkIn} ${checkOut}`);
}

const eventWith = (...lines: string[]) => calendarOf(eventOf('UID:1@elsewhere.example', ...lines));

describe('the events of a calendar', () => {
  describe('take the nights from the day they begin to the day they end (I3)', () => {
    const cases: Readonly<Record<string, [string[], string]>> = {
      'dates': [['DTSTART;VALUE=DATE:20270501', 'DTEND;VALUE=DATE:20270504'], '2027-05-01 2027-05-04'],
      'dates that do not say that they are': [
        ['DTSTART:20270501', 'DTEND:20270504'],
        '2027-05-01 2027-05-04',
      ],
      'a date without an end': [['DTSTART;VALUE=DATE:20270501'], '2027-05-01 2027-05-02'],
      'a date that ends where it begins': [
        ['DTSTART;VALUE=DATE:20270501', 'DTEND;VALUE=DATE:20270501'],
        '2027-05-01 2027-05-02',
      ],
      'a date with a duration': [['DTSTART;VALUE=DATE:20270501', 'DURATION:P3D'], '2027-05-01 2027-05-04'],
      'moments in UTC, where the property is': [
        ['DTSTART:20270501T233000Z', 'DTEND:20270504T090000Z'],
        '2027-05-02 2027-05-04',
      ],
      'moments of a zone that everybody knows': [
        ['DTSTART;TZID=America/New_York:20270501T210000', 'DTEND;TZID=America/New_York:20270503T110000'],
        '2027-05-02 2027-05-03',
      ],
      'moments of a zone that nobody knows, as the property’s': [
        ['DTSTART;TZID=Atlantis:20270501T210000', 'DTEND;TZID=Atlantis:20270503T110000'],
        '2027-05-01 2027-05-03',
      ],
      'moments that end in another zone than they began in': [
        ['DTSTART;TZID=Pacific/Auckland:20270110T100000', 'DTEND;TZID=America/Los_Angeles:20270112T200000'],
        '2027-01-09 2027-01-13',
      ],
      'moments of no zone, as the property’s': [
        ['DTSTART:20270501T150000', 'DTEND:20270504T110000'],
        '2027-05-01 2027-05-04',
      ],
      'a moment with a duration': [['DTSTART:20270501T150000', 'DURATION:P2DT20H'], '2027-05-01 2027-05-04'],
      'a moment without an end': [['DTSTART:20270501T150000'], '2027-05-01 2027-05-02'],
      'hours by day, for the night after them': [
        ['DTSTART:20270501T100000', 'DTEND:20270501T120000'],
        '2027-05-01 2027-05-02',
      ],
      'dates for ever': [
        ['DTSTART;VALUE=DATE:20270501', 'DTEND;VALUE=DATE:99991231'],
        '2027-05-01 2900-12-31',
      ],
      'moments for ever': [['DTSTART:20270501T150000Z', 'DTEND:99991231T235959Z'], '2027-05-01 2900-12-31'],
      'until midnight': [['DTSTART:20270501T000000', 'DTEND:20270504T000000'], '2027-05-01 2027-05-04'],
    };
    for (const [what, [lines, expected]] of Object.entries(cases)) {
      it(what, () => assert.deepEqual(staysIn(eventWith(...lines)), [expected]));
    }

    it('moments of a zone that the calendar itself explains', () => {
      const zone = [
        'BEGIN:VTIMEZONE',
        'TZID:Customized',
        'BEGIN:STANDARD',
        'DTSTART:19700101T000000',
        'TZOFFSETFROM:-1000',
        'TZOFFSETTO:-1000',
        'END:STANDARD',
        'END:VTIMEZONE',
        '',
      ].join('\r\n');
      const event = eventOf('UID:1', 'DTSTART;TZID=Customized:20270501T180000', 'DURATION:P1D');
      assert.deepEqual(staysIn(calendarOf(zone, event)), ['2027-05-02 2027-05-03']);
    });

    it('the same moment is another night elsewhere', () => {
      const event = eventWith('DTSTART:20270501T233000Z', 'DTEND:20270504T090000Z');
      assert.deepEqual(staysIn(event, 'America/New_York'), ['2027-05-01 2027-05-04']);
    });
  });

  describe('that repeat (I4)', () => {
    const weekly = ['DTSTART;VALUE=DATE:20270501', 'DTEND;VALUE=DATE:20270503', 'RRULE:FREQ=WEEKLY;COUNT=4'];

    it('take their nights each time, but for the exceptions', () => {
      assert.deepEqual(staysIn(eventWith(...weekly, 'EXDATE;VALUE=DATE:20270508')), [
        '2027-05-01 2027-05-03',
        '2027-05-15 2027-05-17',
        '2027-05-22 2027-05-24',
      ]);
    });

    it('take those of their own start too, where nothing that repeats it names it', () => {
      const dates = ['DTSTART;VALUE=DATE:20270501', 'DTEND;VALUE=DATE:20270503'];
      const more = ['RDATE;VALUE=DATE:20270601,20270701', 'EXDATE;VALUE=DATE:20270601'];
      assert.deepEqual(staysIn(eventWith(...dates, ...more)), [
        '2027-05-01 2027-05-03',
        '2027-07-01 2027-07-03',
      ]);
      // The first of May is a Saturday.
      assert.deepEqual(staysIn(eventWith(...dates, 'RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2')), [
        '2027-05-01 2027-05-03',
        '2027-05-03 2027-05-05',
        '2027-05-10 2027-05-12',
      ]);
      assert.deepEqual(staysIn(eventWith(...weekly, 'EXDATE;VALUE=DATE:20270501')).length, 3);
    });

    it('take those of each period that is named', () => {
      const periods = 'RDATE;VALUE=PERIOD:20270601T150000Z/20270605T090000Z,20270701T150000Z/P2D';
      const lines = ['DTSTART:20270501T150000Z', 'DTEND:20270503T090000Z', periods];
      assert.deepEqual(staysIn(eventWith(...lines)), [
        '2027-05-01 2027-05-03',
        '2027-06-01 2027-06-05',
        '2027-07-01 2027-07-03',
      ]);
    });

    it('take others where an event of its own says so, or none', () => {
      const moved = eventOf(
        'UID:1@elsewhere.example',
        'RECURRENCE-ID;VALUE=DATE:20270508',
        'DTSTART;VALUE=DATE:20270509',
        'DTEND;VALUE=DATE:20270512',
      );
      const gone = eventOf(
        'UID:1@elsewhere.example',
        'RECURRENCE-ID;VALUE=DATE:20270515',
        'DTSTART;VALUE=DATE:20270515',
        'STATUS:CANCELLED',
      );
      const master = eventOf('UID:1@elsewhere.example', ...weekly);
      assert.deepEqual(staysIn(calendarOf(master, moved, gone)), [
        '2027-05-01 2027-05-03',
        '2027-05-22 2027-05-24',
        '2027-05-09 2027-05-12',
      ]);
    });

    it('for ever end at the horizon, and begin the day before today', () => {
      const daily = staysIn(eventWith('DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=DAILY'));
      assert.deepEqual([daily.at(0), daily.at(-1)], ['2026-12-30 2026-12-31', '2028-01-01 2028-01-02']);
    });

    it('more often than is read leave what is there, and frees nothing', () => {
      const reading = readFeed(eventWith('DTSTART;VALUE=DATE:19700101', 'RRULE:FREQ=DAILY'), {
        ...scope,
        from: '1970-01-01',
      });
      assert.deepEqual([reading?.stays.length, reading?.fault], [MAX_FEED_REPETITIONS, 'too_much']);
    });
  });

  describe('take nothing', () => {
    const dates = ['DTSTART;VALUE=DATE:20270501', 'DTEND;VALUE=DATE:20270504'];

    it('that are cancelled, or marked as free', () => {
      for (const word of ['STATUS:CANCELLED', 'TRANSP:TRANSPARENT', 'status:cancelled'])
        assert.deepEqual(staysIn(eventWith(...dates, word)), [], word);
    });

    it('that have come from the property’s own export, and others of ours do (I5)', () => {
      const own = eventOf(`UID:${uidOf(PROPERTY, 'abc')}`, ...dates);
      const other = eventOf(`UID:${uidOf('prp_00000000000000000000000000', 'abc')}`, ...dates);
      assert.deepEqual(staysIn(calendarOf(own)), []);
      assert.deepEqual(staysIn(calendarOf(other)), ['2027-05-01 2027-05-04']);
    });
  });

  describe('are not believed to be all (I2)', () => {
    const good = { checkIn: '2027-05-01', checkOut: '2027-05-04' };

    for (const line of ['DTSTART;VALUE=DATE:20270230', 'DTSTART;VALUE=DATE:2027', 'SUMMARY:When?']) {
      it(`where one of them says ${line}`, () => {
        const reading = readFeed(calendarOf(eventOf('UID:2', line), good), scope);
        assert.deepEqual(reading, { stays: [good], isEmpty: false, fault: 'unreadable_events' });
      });
    }

    it('where there are more than are read', () => {
      const event = eventOf('UID:1', 'DTSTART;VALUE=DATE:20270501');
      const faultOf = (count: number) => readFeed(calendarOf(event.repeat(count)), scope)?.fault;
      assert.deepEqual([faultOf(MAX_FEED_EVENTS), faultOf(MAX_FEED_EVENTS + 1)], [null, 'too_much']);
    });
  });

  describe('are no calendar (I2)', () => {
    const whole = calendarOf({ checkIn: '2027-05-01', checkOut: '2027-05-04' });
    const texts: Readonly<Record<string, string>> = {
      'a page': '<!doctype html><html><body>Please sign in</body></html>',
      'nothing': '',
      'one that breaks off after an event': whole.slice(0, whole.indexOf('END:VCALENDAR')),
      'one that breaks off in its last word': whole.slice(0, -8),
      'one that breaks off in an event': whole.slice(0, whole.indexOf('SUMMARY')),
      'one with a page after it': `${whole}<html></html>`,
    };
    for (const [what, text] of Object.entries(texts)) {
      it(what, () => assert.equal(readFeed(text, scope), undefined));
    }
  });

  it('may be none: that is told', () => {
    assert.deepEqual(readFeed(calendarOf(), scope), { stays: [], isEmpty: true, fault: null });
    assert.equal(readFeed(`\uFEFF${calendarOf()}`, scope)?.isEmpty, true);
  });
});
