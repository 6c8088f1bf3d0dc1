import type { Knex } from 'knex';

/** Money to hosts: where the bank pays each of them, and each payout with how far it has come. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table payout_accounts (
      user_id    text primary key references users,
      -- The bank's own id. What it knows of the holder, and whether it pays them, is asked there.
      account_id text not null unique,
      created_at timestamptz not null default clock_timestamp()
    );

    create table payouts (
      id                   text primary key,
      booking_id           text not null references bookings,
      host_id              text not null references users,
      -- Which of the booking's payouts: long stays have one a month.
      n                    integer not null check (n > 0),
      -- How often it has set out: once more each time that the bank sends it back.
      round                integer not null default 1 check (round > 0),
      -- How often the bank was asked for a transfer that it may have made: part of the key of each ask.
      attempt              integer not null default 0,
      status               text not null default 'scheduled',
      waiting_for          text,
      -- What reaches the host: expected until it is paid. Debts that were netted count from all rounds.
      amount_minor         bigint not null check (amount_minor >= 0),
      debt_netted_minor    bigint not null default 0 check (debt_netted_minor >= 0),
      currency             text not null,
      -- Put aside while a transfer is under way, so that nobody else reckons with it.
      claimed_amount_minor bigint check (claimed_amount_minor >= 0),
      claimed_debt_minor   bigint check (claimed_debt_minor >= 0),
      -- Where it went, or is on its way to.
      account_id           text,
      due_at               timestamptz not null,
      transfer_id          text unique,
      paid_at              timestamptz,
      created_at           timestamptz not null default clock_timestamp(),
      updated_at           timestamptz not null default clock_timestamp(),
      constraint payouts_are_numbered_within_a_booking unique (booking_id, n),
      constraint payouts_have_a_known_status check (status in ('scheduled', 'waiting', 'paid', 'returned')),
      constraint payouts_wait_for_something check ((status = 'waiting') = (waiting_for is not null)),
      constraint payouts_wait_for_a_known_thing check (waiting_for in ('onboarding', 'account', 'dispute', 'bank')),
      constraint payouts_are_paid_at_a_moment check ((status = 'paid') = (paid_at is not null)),
      constraint payouts_are_never_early check (paid_at >= due_at),
      constraint payouts_have_their_transfer check (status <> 'paid' or amount_minor = 0 or transfer_id is not null),
      constraint payouts_are_claimed_as_a_whole check (
        (claimed_amount_minor is null) = (claimed_debt_minor is null)
        and (claimed_amount_minor is null or account_id is not null)),
      constraint payouts_are_claimed_until_paid check (status <> 'paid' or claimed_amount_minor is null)
    );
    create index payouts_by_host on payouts (host_id, id desc);
    create index payouts_open_by_host on payouts (host_id) where status <> 'paid';
    create trigger payouts_touch before update on payouts for each row execute function touch_updated_at();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop table payouts, payout_accounts`);
}
