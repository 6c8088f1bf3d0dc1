import type { Knex } from 'knex';

/**
 * What people say of a stay. A review is a row of `reviews` once the window's workflow has taken it, and hidden until
 * the window ends; what is on its way there is a draft, so that no workflow's history ever carries its words.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table review_windows (
      booking_id      text primary key references bookings,
      opens_at        timestamptz not null,
      closes_at       timestamptz not null,
      status          text not null default 'open',
      ended_at        timestamptz,
      -- How many reminders have gone out, and how often each side has written something down (domain/reviews.ts).
      reminders       smallint not null default 0,
      drafts_by_guest smallint not null default 0,
      drafts_by_host  smallint not null default 0,
      created_at      timestamptz not null default clock_timestamp(),
      updated_at      timestamptz not null default clock_timestamp(),
      constraint review_windows_have_a_known_status check (status in ('open', 'revealed', 'lapsed')),
      constraint review_windows_close_after_they_open check (closes_at > opens_at),
      constraint review_windows_are_open_until_they_end check ((status = 'open') = (ended_at is null))
    );
    create index review_windows_open on review_windows (closes_at) where status = 'open';
    create trigger review_windows_touch before update on review_windows
      for each row execute function touch_updated_at();

    create table reviews (
      id             text primary key,
      booking_id     text not null references review_windows,
      property_id    text not null references properties,
      subject        text not null,
      author_id      text not null references users,
      -- The other side: the host, where the subject is the property.
      reviewed_id    text not null references users,
      rating         smallint not null,
      categories     jsonb not null default '{}',
      comment        text not null,
      private_note   text,
      submitted_at   timestamptz not null,
      published_at   timestamptz,
      response       text,
      responded_at   timestamptz,
      removed_at     timestamptz,
      removed_by     text references users,
      removal_reason text,
      created_at     timestamptz not null default clock_timestamp(),
      updated_at     timestamptz not null default clock_timestamp(),
      constraint a_side_reviews_a_stay_once unique (booking_id, subject),
      constraint nobody_reviews_themselves check (author_id <> reviewed_id),
      constraint reviews_have_a_known_subject check (subject in ('property', 'guest')),
      constraint reviews_rate_with_one_to_five_stars check (rating between 1 and 5),
      constraint reviews_are_of_bearable_length check (
        length(comment) between 1 and 2000 and length(private_note) between 1 and 1000
        and length(response) between 1 and 2000 and length(removal_reason) between 1 and 500),
      constraint responses_have_their_moment check ((response is null) = (responded_at is null)),
      constraint removals_say_who_and_why check (
        (removed_at is null) = (removed_by is null) and (removed_at is null) = (removal_reason is null)),
      constraint hidden_reviews_are_left_alone
        check (published_at is not null or (responded_at is null and removed_at is null))
    );
    create index reviews_of_a_property on reviews (property_id, published_at desc, id desc) include (rating)
      where subject = 'property' and published_at is not null and removed_at is null;
    create index reviews_of_a_guest on reviews (reviewed_id, published_at desc, id desc) include (rating)
      where subject = 'guest' and published_at is not null and removed_at is null;
    create trigger reviews_touch before update on reviews for each row execute function touch_updated_at();

    create table review_drafts (
      -- Of a new review its own id, of a change one of the change.
      id         text primary key,
      review_id  text not null,
      booking_id text not null references review_windows,
      author_id  text not null references users,
      content    jsonb not null,
      created_at timestamptz not null default clock_timestamp()
    );
    create index review_drafts_by_booking on review_drafts (booking_id);

    -- Until when guest and host may say what they think of the stay; null unless they may.
    alter table bookings add column review_by timestamptz;
  `);
  await db.raw(`
    -- Rated so far by its source alone, if at all; from now on by its guests here too. What is told is generated from
    -- both, so that neither an import nor a review can get it wrong.
    drop index properties_by_rating;
    alter table properties rename column rating_average to source_rating_average;
    alter table properties rename column rating_count to source_rating_count;
    alter table properties
      add column review_count integer not null default 0,
      add column review_sum   bigint not null default 0,
      add constraint properties_are_reviewed_with_one_to_five_stars
        check (review_sum between review_count and 5 * review_count);
    alter table properties
      add column rating_count integer not null generated always as (source_rating_count + review_count) stored,
      add column rating_average double precision generated always as (case
        when review_count = 0 then source_rating_average
        else (coalesce(source_rating_average, 0) * source_rating_count + review_sum)
             / (source_rating_count + review_count) end) stored;
    create index properties_by_rating on properties ((coalesce(rating_average, 0)), id) where status = 'published';

    alter table users
      add column review_count integer not null default 0,
      add column review_sum   bigint not null default 0,
      add constraint users_are_reviewed_with_one_to_five_stars
        check (review_sum between review_count and 5 * review_count);
    alter table users add column rating_average double precision generated always as
      (case when review_count > 0 then review_sum::double precision / review_count end) stored;
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table users drop column rating_average, drop column review_sum, drop column review_count;

    drop index properties_by_rating;
    alter table properties drop column rating_average, drop column rating_count;
    alter table properties drop column review_sum, drop column review_count;
    alter table properties rename column source_rating_average to rating_average;
    alter table properties rename column source_rating_count to rating_count;
    create index properties_by_rating on properties ((coalesce(rating_average, 0)), id) where status = 'published';

    alter table bookings drop column review_by;
    drop table review_drafts, reviews, review_windows;
  `);
}
