import type { Knex } from 'knex';

/** Long stays are paid for a month at a time, with a card that is kept at the bank for that. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table payments add column if not exists purpose text not null default 'booking';
    do $$ begin
      if not exists (select from pg_constraint where conname = 'payments_purpose_known') then
        alter table payments add constraint payments_purpose_known
          check (purpose in ('booking', 'instalment', 'alteration'));
      end if;
    end $$;

    alter table bookings
      -- What is charged with the booking where the rest is paid in instalments; null where it is the whole price.
      add column upfront_minor bigint check (upfront_minor between 1 and total_minor - 1),
      -- At the bank: whose saved cards they are, and which of them is charged.
      add column customer_id   text,
      add column card_id       text,
      add constraint a_card_is_of_a_customer check (card_id is null or customer_id is not null),
      drop constraint bookings_cancelled_by_check,
      add constraint bookings_cancelled_by_check check (cancelled_by in ('guest', 'host', 'operator', 'platform'));

    create table instalments (
      booking_id   text not null references bookings,
      -- The first is paid with the booking.
      n            integer not null check (n > 0),
      status       text not null default 'scheduled',
      check_in     date not null,
      check_out    date not null,
      -- When its nights begin, and it is to be paid; of the first, when its host is paid for it a day later.
      begins_at    timestamptz not null,
      amount_minor bigint not null check (amount_minor > 0),
      -- Whose money it is: domain/ledger.ts Shares.
      shares       jsonb not null,
      -- Known before the payment is there, as that of a booking is.
      payment_id   text not null unique,
      -- Until when its guest may pay what the card did not.
      pay_by       timestamptz,
      created_at   timestamptz not null default clock_timestamp(),
      updated_at   timestamptz not null default clock_timestamp(),
      primary key (booking_id, n),
      constraint instalments_have_a_known_status check (status in ('scheduled', 'due', 'paid', 'lapsed')),
      constraint an_instalment_is_for_a_night check (check_out > check_in),
      constraint what_is_due_has_a_deadline check (status <> 'due' or pay_by is not null)
    );
    create trigger instalments_touch before update on instalments for each row execute function touch_updated_at();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table instalments;
    alter table bookings
      drop constraint bookings_cancelled_by_check,
      add constraint bookings_cancelled_by_check check (cancelled_by in ('guest', 'host', 'operator')),
      drop column card_id, drop column customer_id, drop column upfront_minor;
    -- The purpose of payments stays: others may have it too.
  `);
}
