import type { Db } from '../connect.ts';
import { checkByQuery } from './checks.ts';
import type { Check } from './checks.ts';

/** What has to hold of reviews: who wrote them, when they are public, and what they count for. */
export function checksOfReviews(db: Db): Check[] {
  return [
    checkByQuery(
      db,
      'A review is by one side of its stay, about the other',
      `select r.id, format('of the %s, by %s about %s', r.subject, r.author_id, r.reviewed_id) as detail
       from reviews r join bookings b on b.id = r.booking_id
       where r.kind = 'written' and (r.author_id, r.reviewed_id, r.property_id) is distinct from (
         case r.subject when 'property' then b.guest_id else b.host_id end,
         case r.subject when 'property' then b.host_id else b.guest_id end, b.property_id)`,
    ),
    checkByQuery(
      db,
      'What a window has revealed is public, and nothing else is',
      `select r.id, format('published at %s, and its window is %s', coalesce(r.published_at::text, 'no time'), w.status) as detail
       from reviews r join review_windows w on w.booking_id = r.booking_id
       where (r.published_at is not null) <> (w.status = 'revealed')`,
    ),
    checkByQuery(
      db,
      'No review window outlives its end, or the second review',
      `select w.booking_id as id, format('open until %s, with %s reviews', w.closes_at, r.written) as detail
       from review_windows w
       cross join lateral (select count(*) as written from reviews where booking_id = w.booking_id) r
       where w.status = 'open' and (w.closes_at < clock_timestamp() or r.written > 1)`,
    ),
    checkByQuery(
      db,
      'No draft of a review outlives its window',
      `select d.id, format('its window is %s', w.status) as detail
       from review_drafts d join review_windows w on w.booking_id = d.booking_id where w.status <> 'open'`,
    ),
    checkByQuery(
      db,
      'A booking says until when it may be reviewed as its window does',
      `select b.id, format('until %s, and its window is %s', coalesce(b.review_by::text, 'never'), coalesce(w.status, 'none')) as detail
       from bookings b left join review_windows w on w.booking_id = b.id
       where b.review_by is distinct from case when w.status = 'open' then w.closes_at end`,
    ),
    checkByQuery(
      db,
      'A note tells of each stay that its host has called off before its day, and of no other',
      `select b.id, format('cancelled by the %s, and its note is %s', coalesce(b.cancelled_by, 'nobody'), coalesce(r.id, 'not there')) as detail
       from bookings b left join reviews r on r.booking_id = b.id and r.kind = 'automatic'
       where (b.cancelled_by is not distinct from 'host' and cast(b.cancelled_at at time zone b.time_zone as date) < b.check_in)
             <> (r.id is not null)`,
    ),
    checkByQuery(db, 'A property has the stars of its public reviews', starsOf('properties', 'property')),
    checkByQuery(db, 'A guest has the stars of their public reviews', starsOf('users', 'guest')),
  ];
}

function starsOf(table: 'properties' | 'users', subject: 'property' | 'guest'): string {
  const rated = subject === 'property' ? 'property_id' : 'reviewed_id';
  return `select t.id, format('%s stars in %s reviews, but counted are %s in %s',
                              coalesce(r.stars, 0), coalesce(r.reviews, 0), t.review_sum, t.review_count) as detail
          from ${table} t left join (
            select ${rated} as rated_id, count(rating) as reviews, sum(rating) as stars from reviews
            where subject = '${subject}' and published_at is not null and removed_at is null group by ${rated}
          ) r on r.rated_id = t.id
          where (t.review_count, t.review_sum) is distinct from (coalesce(r.reviews, 0), coalesce(r.stars, 0))`;
}
