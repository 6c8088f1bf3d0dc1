import type { FeedAnswer, FeedVersion } from '#domain/calendars.ts';
import type { FeedScope } from './feed-events.ts';
import { FeedReader } from './feed-reader.ts';
import type { Outgoing } from './outgoing.ts';

export interface AskedFeed extends FeedScope {
  url: string;
  /** The version that is known; null asks for whatever there is. */
  known: FeedVersion | null;
}

/** The way to calendars of other platforms. */
export interface CalendarFeeds {
  /** Never throws for what comes from outside: a feed that cannot be read is `broken`. */
  read(feed: AskedFeed): Promise<FeedAnswer>;
}

export function createCalendarFeeds(outgoing: Outgoing): CalendarFeeds {
  const reader = new FeedReader();
  return {
    async read({ url, known, ...scope }) {
      const answer = await outgoing.get(url, { accept: 'text/calendar', ...conditionsOf(known) });
      if (typeof answer === 'string') return { is: 'broken', fault: answer };
      const { status, headers, body } = answer;
      if (status === 304 && known !== null) return { is: 'unchanged' };
      if (status !== 200) return { is: 'broken', fault: 'refused' };
      const reading = await reader.read(body.toString('utf8'), scope);
      if (reading === undefined) return { is: 'broken', fault: 'not_a_calendar' };
      if (reading === 'too_much') return { is: 'broken', fault: 'too_much' };
      const version = { etag: headers.etag ?? null, lastModified: headers['last-modified'] ?? null };
      return { is: 'read', reading, version };
    },
  };
}

function conditionsOf(known: FeedVersion | null): Record<string, string> {
  const { etag = null, lastModified = null } = known ?? {};
  return {
    ...(etag !== null && { 'if-none-match': etag }),
    ...(lastModified !== null && { 'if-modified-since': lastModified }),
  };
}
