import type { Knex } from 'knex';

/** What the bank says has moved our balance there, how far that has been read, and what does not fit the ledger. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- A settlement is the bank's: what a booking's money comes to is told by the booking's own steps.
    alter table ledger_transactions
      alter column booking_id drop not null,
      alter column payment_id drop not null,
      add constraint only_the_banks_own_steps_are_of_no_booking check (
        (booking_id is not null and payment_id is not null)
        or split_part(step, ':', 1) in ('settlement', 'acceptance'));
    create index ledger_transactions_by_bank_id on ledger_transactions (bank_id);

    create table bank_transactions (
      -- All as the bank has it; amounts in minor units, of what came in positive, of what went out negative.
      id                    text primary key,
      type                  text not null,
      source_id             text,
      intent_id             text,
      amount_minor          bigint not null,
      fee_minor             bigint not null,
      currency              text not null,
      -- What was moved before the bank exchanged it into the currency of our balance.
      exchanged_minor       bigint,
      exchanged_currency    text,
      made_at               timestamptz not null,
      available_on          timestamptz not null,
      -- Whose it is, once that is known; or the discrepancy that it was given back for.
      booking_id            text references bookings,
      given_back_for        text,
      -- The ledger's step that tells of it: each tells of one movement.
      step                  text unique references ledger_transactions,
      looked_at             timestamptz,
      -- Explained, and in the balance: nothing is to be done about it any more.
      settled_at            timestamptz,
      first_seen_at         timestamptz not null default clock_timestamp(),
      constraint exchanged_money_has_its_currency check ((exchanged_minor is null) = (exchanged_currency is null))
    );
    create index bank_transactions_unsettled on bank_transactions (looked_at nulls first, id) where settled_at is null;
    create index bank_transactions_by_source on bank_transactions (source_id);
    create index bank_transactions_by_booking on bank_transactions (booking_id);

    -- How far each of the bank's lists has been read: from since on; and of a reading under way, up to when and after what.
    create table bank_readings (
      list       text primary key,
      since      timestamptz not null,
      until      timestamptz,
      after_id   text,
      constraint a_reading_under_way_has_an_end check (after_id is null or until is not null)
    );

    -- Which hosts' accounts have been paid lately.
    create index payouts_by_account on payouts (account_id) where account_id is not null;

    create table discrepancies (
      id                  text primary key,
      cause               text not null check (cause in ('not_in_ledger', 'not_ours', 'amount_differs', 'not_at_bank')),
      bank_transaction_id text references bank_transactions,
      step                text references ledger_transactions,
      booking_id          text references bookings,
      bank_minor          bigint,
      ledger_minor        bigint,
      currency            text not null,
      -- What an operator has asked for, until it is done; how often anything was; and why the bank would not.
      act                 text check (act in ('look_again', 'redeliver', 'accept', 'refund')),
      asks                integer not null default 0,
      reason              text,
      asked_by            text references users,
      failure             text,
      resolved_as         text check (resolved_as in ('gone', 'accepted', 'refunded')),
      opened_at           timestamptz not null,
      resolved_at         timestamptz,
      updated_at          timestamptz not null default clock_timestamp(),
      constraint a_discrepancy_is_about_something check (bank_transaction_id is not null or step is not null),
      constraint a_resolved_one_says_how check ((resolved_at is null) = (resolved_as is null)),
      constraint an_operator_says_why check (act is null or (reason is not null and asked_by is not null))
    );
    create unique index one_open_discrepancy_of_a_movement on discrepancies (bank_transaction_id) where resolved_at is null;
    create unique index one_open_discrepancy_of_a_step on discrepancies (step) where resolved_at is null;
    create index discrepancies_open on discrepancies (id desc) where resolved_at is null;
    create trigger discrepancies_touch before update on discrepancies for each row execute function touch_updated_at();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table discrepancies, bank_readings, bank_transactions;
    drop index payouts_by_account, ledger_transactions_by_bank_id;
    alter table ledger_entries disable trigger ledger_entries_are_history;
    alter table ledger_transactions disable trigger ledger_transactions_are_history;
    delete from ledger_entries where step in (select step from ledger_transactions where booking_id is null);
    delete from ledger_transactions where booking_id is null;
    alter table ledger_entries enable trigger ledger_entries_are_history;
    alter table ledger_transactions enable trigger ledger_transactions_are_history;
    alter table ledger_transactions
      drop constraint only_the_banks_own_steps_are_of_no_booking,
      alter column booking_id set not null,
      alter column payment_id set not null;
  `);
}
