import type { CalendarDate, Instant, Stay } from './nights.ts';
import { addHours, addMonths, millisecondsOf } from './nights.ts';

/**
 * Calendars of other platforms, which a property imports: when they are read, and how far they are believed. The rule
 * behind all of it: a night that is blocked for nothing costs less than a night that is sold twice.
 */

/** How many calendars a property may import. */
export const MAX_CALENDARS = 20;
export const MAX_CALENDAR_NAME_CHARACTERS = 100;
export const MAX_CALENDAR_URL_CHARACTERS = 2_000;

/** How often a calendar is read, give or take the jitter, so that many made at once do not stay together. */
export const SYNC_EVERY_MINUTES = 30;
export const SYNC_JITTER_MINUTES = 5;
/** When a broken one is read again: after this the first time, then after twice as long each time. */
export const RETRY_AFTER_MINUTES = 5;
export const RETRY_AT_MOST_MINUTES = 120;
/** Nobody, however often they ask, has a calendar read sooner after the last time than this. */
export const SYNC_AT_MOST_EVERY_SECONDS = 10;
/** Broken for so long, its host is told. */
export const BROKEN_TOLD_AFTER_HOURS = 24;
/** A calendar that had nights and has none any more is believed when it says so for so long on end. */
export const EMPTY_BELIEVED_AFTER_HOURS = 6;
/** At least so often a calendar is read whole, though it says that it has not changed: time moves its repetitions on. */
export const READ_WHOLE_EVERY_HOURS = 24;
/** How far ahead nights are imported: beyond the furthest night that can be booked (24 months and 365 nights). */
export const HORIZON_MONTHS = 37;

/** Why a calendar could not be read, or not all of it, in words for its host. */
export const FEED_FAULTS = {
  address_refused: 'The address is not one of the public internet, or not https.',
  unreachable: 'Nobody answers at the address.',
  timed_out: 'The answer took longer than 5 seconds.',
  too_large: 'The answer is larger than 2 MB.',
  too_many_redirects: 'The address leads to another one more than 3 times.',
  refused: 'The other platform did not answer with a calendar, but with an error.',
  not_a_calendar: 'What came is no calendar, or not a whole one.',
  unreadable_events: 'Some of its events could not be read. The others are imported; nothing is freed.',
  too_much: 'It has more events or repetitions than are read. The first are imported; nothing is freed.',
} as const;
export type FeedFault = keyof typeof FEED_FAULTS;
export const FEED_FAULT_NAMES = Object.keys(FEED_FAULTS) as readonly FeedFault[];

/** How an overlap of imported nights with a booking ended: the host keeps the booking, or it is there no more. */
export const CONFLICT_RESOLUTIONS = ['kept', 'gone'] as const;
export type ConflictResolution = (typeof CONFLICT_RESOLUTIONS)[number];

/** What a reading of a calendar says: the nights that are taken there, and why that may not be all of it. */
export interface FeedReading {
  stays: readonly Stay[];
  /** It has no event at all, not even one that takes nothing. */
  isEmpty: boolean;
  fault: FeedFault | null;
}

/** What one version of a calendar is known by, in the words of its server. */
export interface FeedVersion {
  etag: string | null;
  lastModified: string | null;
}

/** What comes of asking for a calendar. */
export type FeedAnswer =
  | { is: 'unchanged' }
  | { is: 'read'; reading: FeedReading; version: FeedVersion }
  | { is: 'broken'; fault: FeedFault };

/** When a calendar is to be read next; `chance` is from 0 to 1, `failures` those since it was last read well. */
export function nextSync(at: Instant, failures: number, chance: number): Instant {
  const minutes =
    failures === 0
      ? SYNC_EVERY_MINUTES + SYNC_JITTER_MINUTES * (2 * chance - 1)
      : Math.min(RETRY_AFTER_MINUTES * 2 ** (failures - 1), RETRY_AT_MOST_MINUTES) * (1 + chance / 5);
  return addHours(at, minutes / 60);
}

/** Whether its host is to hear by now that a calendar has been broken since then. */
export function isBrokenForLong(brokenSince: Instant, at: Instant): boolean {
  return hasPassed(brokenSince, at, BROKEN_TOLD_AFTER_HOURS);
}

/** Whether a calendar that has been empty since then is believed by now. */
export function isEmptyForLong(emptySince: Instant, at: Instant): boolean {
  return hasPassed(emptySince, at, EMPTY_BELIEVED_AFTER_HOURS);
}

/** Whether "nothing has changed" is answer enough for a calendar that was last read whole then. */
export function isReadLately(readAt: Instant, at: Instant): boolean {
  return !hasPassed(readAt, at, READ_WHOLE_EVERY_HOURS);
}

/**
 * The nights that are imported: from today on, a stay that has begun as a whole, up to the horizon. It moves by months, so
 * that nights which are taken for ever are not other nights each day (I9).
 */
export function importedNights(stays: readonly Stay[], today: CalendarDate): Stay[] {
  const horizon = horizonOf(today);
  return stays
    .filter(({ checkIn, checkOut }) => checkOut > today && checkIn < horizon)
    .map(({ checkIn, checkOut }) => ({ checkIn, checkOut: checkOut < horizon ? checkOut : horizon }));
}

export function horizonOf(today: CalendarDate): CalendarDate {
  return addMonths(`${today.slice(0, 8)}01`, HORIZON_MONTHS);
}

/** The mark in the UIDs of our own exports: whose nights they are. It tells an echo from news (I5). */
export const UID_DOMAIN = 'stayward';

/** An event of a property's export. `key` tells it from the others, for as long as it is there. */
export function uidOf(propertyId: string, key: string): string {
  return `${key}.${propertyId}@${UID_DOMAIN}`;
}

/** Whether an event has come from the property's own export, through whomever it came. */
export function isOwnUid(uid: string, propertyId: string): boolean {
  return uid.endsWith(`.${propertyId}@${UID_DOMAIN}`);
}

function hasPassed(since: Instant, at: Instant, hours: number): boolean {
  return millisecondsOf(at) - millisecondsOf(since) >= hours * 3_600_000;
}
