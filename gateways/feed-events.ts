import assert from 'node:assert/strict';
import ICAL from 'ical.js';
import { isOwnUid } from '#domain/calendars.ts';
import type { FeedFault, FeedReading } from '#domain/calendars.ts';
import { addDays, instantOf, isCalendarDate, isTimeZone, todayIn } from '#domain/nights.ts';
import type { CalendarDate, Stay, TimeZone } from '#domain/nights.ts';

/** Whose calendar is read, and how far. */
export interface FeedScope {
  propertyId: string;
  /** Of the property: what has no zone of its own is of this one, and so are its nights. */
  zone: TimeZone;
  /** Repetitions are told of from here on, and followed up to there. */
  from: CalendarDate;
  until: CalendarDate;
}

export const MAX_FEED_EVENTS = 5_000;
/** Repetitions of all events together, those that are over among them. */
export const MAX_FEED_REPETITIONS = 10_000;

/**
 * The nights that an iCalendar text says are taken, or undefined where it is none: one that breaks off is none. What is
 * cancelled or marked as free takes nothing, nor does what has come from the property's own export.
 *
 * It may take its time: the rules of repetition are a stranger's, so let it run where it can be stopped.
 */
export function readFeed(text: string, scope: FeedScope): FeedReading | undefined {
  const calendars = calendarsIn(text);
  if (calendars === undefined) return undefined;
  const events = calendars.flatMap((calendar) => calendar.getAllSubcomponents('vevent'));
  const stays: Stay[] = [];
  let fault: FeedFault | null = events.length > MAX_FEED_EVENTS ? 'too_much' : null;
  const left = { repetitions: MAX_FEED_REPETITIONS };
  const changed = changedOccurrences(events);
  for (const event of events.slice(0, MAX_FEED_EVENTS)) {
    try {
      for (const stay of staysOf(event, { ...scope, changed, left })) stays.push(stay);
    } catch (error) {
      fault ??= error instanceof TooMuch ? 'too_much' : 'unreadable_events';
    }
  }
  return { stays, isEmpty: events.length === 0, fault };
}

class TooMuch extends Error {}

/** The library ends a component at whatever `END:` comes: that it is the calendar's own is seen here. */
function calendarsIn(text: string): ICAL.Component[] | undefined {
  const calendar = text.replace(/^\uFEFF/, '').trim();
  if (!/^BEGIN:VCALENDAR\s/i.test(calendar) || !/\nEND:VCALENDAR$/i.test(calendar)) return undefined;
  try {
    const parsed = ICAL.parse(withDatesNamed(calendar)) as [string, ...unknown[]] | unknown[][];
    const each = typeof parsed[0] === 'string' ? [parsed] : parsed;
    return each.map((jcal) => new ICAL.Component(jcal as [string, never[], never[]]));
  } catch {
    return undefined;
  }
}

/** Some platforms write a date where a moment is due and do not say so: what is eight digits long can be nothing else. */
function withDatesNamed(calendar: string): string {
  return calendar.replace(/^(DTSTART|DTEND):(?=\d{8}\r?$)/gim, '$1;VALUE=DATE:');
}

/** Which occurrences of what repeats are told of by events of their own: by UID, the moments that they stood at. */
type Changed = ReadonlyMap<string, ReadonlySet<string>>;

function changedOccurrences(events: readonly ICAL.Component[]): Changed {
  const changed = new Map<string, Set<string>>();
  for (const event of events) {
    const at = event.getFirstPropertyValue('recurrence-id');
    if (!(at instanceof ICAL.Time)) continue;
    const uid = uidIn(event);
    const moments = changed.get(uid) ?? new Set();
    changed.set(uid, moments.add(momentOf(at)));
  }
  return changed;
}

function uidIn(event: ICAL.Component): string {
  return String(event.getFirstPropertyValue('uid') ?? '');
}

function momentOf(time: ICAL.Time): string {
  return time.isDate ? time.toString() : String(time.toUnixTime());
}

type Reading = FeedScope & { changed: Changed; left: { repetitions: number } };

function* staysOf(event: ICAL.Component, reading: Reading): Generator<Stay> {
  if (takesNothing(event) || isOwnUid(uidIn(event), reading.propertyId)) return;
  const { start, end } = spanOf(event);
  if (event.hasProperty('recurrence-id')) {
    // An event that stands for all later ones too would need the rule of the one that it changes.
    assert(event.getFirstProperty('recurrence-id')?.getFirstParameter('range') === undefined);
  } else if (event.hasProperty('rrule') || event.hasProperty('rdate')) {
    yield* repetitionsOf(event, { start, end }, reading);
    return;
  }
  yield stayOf({ start, end }, zonesOf(event), reading.zone);
}

function takesNothing(event: ICAL.Component): boolean {
  const says = (name: string) => String(event.getFirstPropertyValue(name) ?? '').toUpperCase();
  return says('status') === 'CANCELLED' || says('transp') === 'TRANSPARENT';
}

/** Far beyond what is imported, with room left to reckon: some calendars say 9999 of what is taken for ever. */
const FOR_EVER_YEAR = 2900;

interface Span {
  start: ICAL.Time;
  end: ICAL.Time;
}

/** From DTSTART to DTEND, or for DURATION; without either a date is a day, and a moment has no length. */
function spanOf(event: ICAL.Component): Span {
  for (const name of ['dtstart', 'dtend']) {
    const written: unknown = event.getFirstProperty(name)?.jCal[3];
    if (written === undefined) continue;
    // The library takes 30 February for a day of March. Of what century it is does not matter to that.
    assert(typeof written === 'string' && isCalendarDate(`20${written.slice(2, 10)}`), `${name} is no date`);
  }
  // Without a word of exceptions the library would look for them among all events, for each of them.
  const { startDate: start, endDate } = new ICAL.Event(event, { exceptions: [] });
  const end = endDate.clone();
  end.year = Math.min(end.year, FOR_EVER_YEAR);
  return { start, end };
}

/** The zones that an event begins and ends in, by their names, where every machine knows those. */
interface Zones {
  start: TimeZone | undefined;
  end: TimeZone | undefined;
}

/** Most end in the zone that they began in, and some say so by saying nothing. */
function zonesOf(event: ICAL.Component): Zones {
  const nameIn = (property: string): unknown => event.getFirstProperty(property)?.getFirstParameter('tzid');
  const known = (name: unknown) => (isTimeZone(name) ? name : undefined);
  const start = nameIn('dtstart');
  return { start: known(start), end: known(nameIn('dtend') ?? start) };
}

function* repetitionsOf(event: ICAL.Component, { start, end }: Span, reading: Reading): Generator<Stay> {
  const length = end.subtractDate(start);
  const zones = zonesOf(event);
  const changed = reading.changed.get(uidIn(event));
  for (const next of occurrencesOf(event, start)) {
    const from = next instanceof ICAL.Period ? next.start : next;
    if (dateIn(from) > reading.until) return;
    reading.left.repetitions -= 1;
    if (reading.left.repetitions < 0) throw new TooMuch();
    if (changed?.has(momentOf(from))) continue;
    const until = next instanceof ICAL.Period ? next.getEnd() : next.clone();
    if (from === next) until.addDuration(length);
    // A day early: whatever the zones of both make of it, it is over where the property is.
    if (addDays(dateIn(until), 1) < reading.from) continue;
    yield stayOf({ start: from, end: until }, zones, reading.zone);
  }
}

/** Its own start first, which the library leaves out where no rule and no date of it names that too. */
function* occurrencesOf(event: ICAL.Component, start: ICAL.Time): Generator<ICAL.Time | ICAL.Period> {
  if (!isExcepted(event, start)) yield start;
  const expansion = new ICAL.RecurExpansion({ component: event, dtstart: start });
  for (;;) {
    const next = expansion.next() as ICAL.Time | ICAL.Period | undefined;
    if (!next) return;
    if (next instanceof ICAL.Period || momentOf(next) !== momentOf(start)) yield next;
  }
}

function isExcepted(event: ICAL.Component, start: ICAL.Time): boolean {
  const exceptions = event.getAllProperties('exdate').flatMap((one) => one.getValues() as ICAL.Time[]);
  return exceptions.some((at) =>
    at.isDate ? dateIn(at) === dateIn(start) : momentOf(at) === momentOf(start),
  );
}

/**
 * The nights from the day of the start to that of the end, both of the property's zone. At least one: an hour by day may
 * be all that is told of a guest.
 */
function stayOf({ start, end }: Span, from: Zones, to: TimeZone): Stay {
  const checkIn = dayOf(start, from.start, to);
  const after = dayOf(end, from.end, to);
  assert(isCalendarDate(checkIn) && isCalendarDate(after));
  return { checkIn, checkOut: after > checkIn ? after : addDays(checkIn, 1) };
}

/** The date of a moment where the property is. One that keeps no zone, or one that nobody knows, is of the property's own. */
function dayOf(time: ICAL.Time, from: TimeZone | undefined, to: TimeZone): CalendarDate {
  if (time.isDate) return dateIn(time);
  if (time.zone === ICAL.Timezone.utcTimezone) return todayIn(to, instantIn(time));
  if (from !== undefined) {
    const hourAndMinute = `${twoDigits(time.hour)}:${twoDigits(time.minute)}`;
    return todayIn(to, instantOf(dateIn(time), hourAndMinute, from));
  }
  const isFloating = time.zone === ICAL.Timezone.localTimezone;
  return isFloating ? dateIn(time) : todayIn(to, instantIn(time));
}

function dateIn({ year, month, day }: ICAL.Time): CalendarDate {
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}

function instantIn(time: ICAL.Time): string {
  return new Date(time.toUnixTime() * 1000).toISOString();
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
