import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table bookings (
      id                  text primary key,
      status              text not null default 'requested' check (status in
        ('requested','held','awaiting_host','confirmed','in_stay','completed','rejected','declined','expired','cancelled')),
      property_id         text not null references properties,
      guest_id            text not null references users,
      host_id             text not null references users,
      check_in            date not null,
      check_out           date not null,
      adults              integer not null,
      children            integer not null,
      infants             integer not null,
      pets                integer not null,
      -- The snapshot that the booking was made with; later edits of the property do not reach it.
      price               jsonb not null,
      total_minor         bigint not null check (total_minor >= 0),
      currency            text not null,
      cancellation_policy text not null,
      time_zone           text not null,
      check_in_time       text not null,
      check_out_time      text not null,
      check_in_at         timestamptz not null,
      check_out_at        timestamptz not null,
      payment_method_id   text,
      payment_id          text not null unique,
      hold_expires_at     timestamptz,
      rejection           jsonb,
      confirmed_at        timestamptz,
      cancelled_by        text check (cancelled_by in ('guest', 'host', 'operator')),
      cancelled_at        timestamptz,
      cancellation_reason text,
      refund_minor        bigint check (refund_minor between 0 and total_minor),
      note_to_host        text,
      clock_offset_ms     bigint not null default 0,
      requested_at        timestamptz not null,
      created_at          timestamptz not null default clock_timestamp(),
      updated_at          timestamptz not null default clock_timestamp(),
      constraint a_stay_has_a_night check (check_out > check_in),
      constraint nobody_books_their_own check (guest_id <> host_id),
      constraint a_hold_ends check (status <> 'held' or hold_expires_at is not null),
      constraint a_rejection_says_why check (status <> 'rejected' or rejection is not null),
      constraint a_cancellation_says_who check (status <> 'cancelled' or (cancelled_by is not null and cancelled_at is not null))
    );
    create index bookings_by_guest on bookings (guest_id, id desc);
    create index bookings_by_host on bookings (host_id, id desc);
    create index bookings_by_property on bookings (property_id) where status in ('requested','held','awaiting_host','confirmed','in_stay');
    create index bookings_left_requested on bookings (requested_at) where status = 'requested';
    create index bookings_held_by_guest on bookings (guest_id) where status = 'held';
    create trigger bookings_touch before update on bookings for each row execute function touch_updated_at();

    create table payments (
      id              text primary key,
      booking_id      text not null references bookings,
      status          text not null check (status in
        ('pending','requires_action','processing','reserved','posted','voided','expired','failed')),
      amount_minor    bigint not null check (amount_minor > 0),
      refunded_minor  bigint not null default 0,
      currency        text not null,
      intent_id       text unique,
      charge_id       text,
      client_secret   text,
      next_action_url text,
      failure         jsonb,
      disputed        boolean not null default false,
      posted_at       timestamptz,
      created_at      timestamptz not null default clock_timestamp(),
      updated_at      timestamptz not null default clock_timestamp(),
      constraint no_more_goes_back_than_came check (refunded_minor between 0 and amount_minor)
    );
    create index payments_by_booking on payments (booking_id);
    create unique index one_live_payment_per_booking on payments (booking_id)
      where status in ('pending','requires_action','processing','reserved');
    create trigger payments_touch before update on payments for each row execute function touch_updated_at();

    create table refunds (
      id             text primary key,
      payment_id     text not null references payments,
      booking_id     text not null references bookings,
      status         text not null default 'pending' check (status in ('pending','settled','failed')),
      reason         text not null check (reason in ('cancellation','late_payment')),
      amount_minor   bigint not null check (amount_minor > 0),
      currency       text not null,
      -- Out of whose share the refund comes: the parts of domain/ledger.ts Shares.
      shares         jsonb not null,
      bank_refund_id text unique,
      failure        text,
      requested_at   timestamptz not null,
      settled_at     timestamptz,
      created_at     timestamptz not null default clock_timestamp(),
      updated_at     timestamptz not null default clock_timestamp()
    );
    create index refunds_by_payment on refunds (payment_id);
    create index refunds_by_booking on refunds (booking_id);
    create index refunds_pending on refunds (requested_at) where status = 'pending';
    create trigger refunds_touch before update on refunds for each row execute function touch_updated_at();
  `);
  await db.raw(`
    create table ledger_transactions (
      -- What happened, once: 'post:pay_…', 'refund:ref_…'. A repeated step is the same row.
      step        text primary key,
      booking_id  text not null references bookings,
      payment_id  text not null references payments,
      bank_id     text not null,
      occurred_at timestamptz not null,
      recorded_at timestamptz not null default clock_timestamp()
    );
    create index ledger_transactions_by_booking on ledger_transactions (booking_id);

    create table ledger_entries (
      step         text not null references ledger_transactions,
      account      text not null check (account in ('bank_clearing','bank_balance','host_payable','host_debt',
        'platform_revenue','platform_loss','taxes_payable','disputes','bank_fees','exchange')),
      amount_minor bigint not null check (amount_minor <> 0),
      currency     text not null,
      primary key (step, account, currency)
    );

    -- Debits are positive, credits negative, and at commit each step and currency sums to zero.
    create function ledger_balances() returns trigger language plpgsql as $$
    declare
      off record;
    begin
      select currency, sum(amount_minor) as by_minor into off
        from ledger_entries where step = new.step group by currency having sum(amount_minor) <> 0 limit 1;
      if found then
        raise exception 'ledger step % is off by % %', new.step, off.by_minor, off.currency
          using errcode = 'check_violation', constraint = 'ledger_balances';
      end if;
      return null;
    end $$;
    create constraint trigger ledger_balances after insert on ledger_entries
      deferrable initially deferred for each row execute function ledger_balances();

    create function ledger_is_history() returns trigger language plpgsql as $$
    begin
      raise exception 'the ledger is append-only' using errcode = 'restrict_violation';
    end $$;
    create trigger ledger_transactions_are_history before update or delete on ledger_transactions
      for each row execute function ledger_is_history();
    create trigger ledger_entries_are_history before update or delete on ledger_entries
      for each row execute function ledger_is_history();

    -- The bank's webhooks, each kept once. The relay hands them to their owner.
    create table bank_events (
      id           text primary key,
      kind         text not null,
      object_id    text,
      payload      jsonb not null,
      received_at  timestamptz not null default clock_timestamp(),
      delivered_at timestamptz,
      delivered_to text
    );
    create index bank_events_to_deliver on bank_events (received_at) where delivered_at is null;

    -- How far each follower of the numbered events has come.
    create table event_followers (
      name text primary key,
      seq  bigint not null default 0
    );
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table event_followers, bank_events, ledger_entries, ledger_transactions, refunds, payments, bookings;
    drop function ledger_balances(); drop function ledger_is_history();
  `);
}
