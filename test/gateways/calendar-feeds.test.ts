import assert from 'node:assert/strict';
import { createCalendarFeeds } from '#gateways/calendar-feeds.ts';
import { createOutgoing } from '#gateways/outgoing.ts';
import { calendarOf, eventOf, useFeeds } from '../support/feeds.ts';

const scope = {
  propertyId: 'prp_01jz3v9qk8w5xw7d2m4n6p8r0t',
  zone: 'Europe/London',
  from: '2027-01-01',
  until: '2028-01-01',
};
const STAY = { checkIn: '2027-05-01', checkOut: '2027-05-04' };
/** Of a thread that has to start first, on a busy machine. */
const READ_MS = 60_000;

describe('calendars of other platforms', function () {
  this.timeout(READ_MS);
  const elsewhere = useFeeds();
  const feeds = createCalendarFeeds(createOutgoing({ anywhere: true }));
  const read = (url: string, known: Parameters<typeof feeds.read>[0]['known'] = null) =>
    feeds.read({ url, known, ...scope });

  it('are read, with what their version is known by', async () => {
    const lastModified = 'Sat, 28 Nov 2026 22:00:00 GMT';
    const url = elsewhere().says('/good', calendarOf(STAY), { 'etag': '"1"', 'last-modified': lastModified });
    assert.deepEqual(await read(url), {
      is: 'read',
      reading: { stays: [STAY], isEmpty: false, fault: null },
      version: { etag: '"1"', lastModified },
    });
  });

  it('are not read again where nothing has changed', async () => {
    const url = elsewhere().answers('/known', ({ headers }, response) =>
      response.writeHead(headers['if-none-match'] === '"1"' ? 304 : 200).end(calendarOf(STAY)),
    );
    assert.deepEqual(await read(url, { etag: '"1"', lastModified: null }), { is: 'unchanged' });
    assert.equal((await read(url)).is, 'read');
  });

  it('are broken where a page, an error, a part or nothing comes instead (I2)', async () => {
    const status = (code: number) =>
      elsewhere().answers(`/${code}`, (_, response) => response.writeHead(code).end(calendarOf()));
    const broken: [string, string][] = [
      [elsewhere().says('/page', '<html>Sign in</html>'), 'not_a_calendar'],
      [elsewhere().says('/part', calendarOf(STAY).slice(0, -20)), 'not_a_calendar'],
      [elsewhere().says('/nothing', ''), 'not_a_calendar'],
      [status(500), 'refused'],
      [status(404), 'refused'],
      [status(204), 'refused'],
      [status(304), 'refused'],
      ['http://127.0.0.1:1/', 'unreachable'],
    ];
    for (const [url, fault] of broken) assert.deepEqual(await read(url), { is: 'broken', fault }, url);
  });

  it('that would keep a processor busy for ever are stopped, and the next one is read (I4, I6)', async () => {
    const never = eventOf('UID:1', 'DTSTART;VALUE=DATE:20270501', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30');
    const endless = read(elsewhere().says('/never', calendarOf(never)));
    const next = read(elsewhere().says('/next', calendarOf(STAY)));
    assert.deepEqual(await endless, { is: 'broken', fault: 'too_much' });
    assert.equal((await next).is, 'read');
  });
});
