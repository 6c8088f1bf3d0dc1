import type { Knex } from 'knex';

/** Complaints of cardholders to their banks, and what came of them. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table disputes (
      id                    text primary key,
      bank_dispute_id       text not null unique,
      payment_id            text not null references payments,
      booking_id            text not null references bookings,
      status                text not null check (status in
        ('inquiry','inquiry_under_review','inquiry_closed','opened','under_review','won','lost')),
      reason                text not null,
      amount_minor          bigint not null check (amount_minor > 0),
      currency              text not null,
      -- What the bank took, and what of it came back: of the amount, and of its own fee.
      withdrawn_minor       bigint not null default 0 check (withdrawn_minor >= 0),
      fee_minor             bigint not null default 0 check (fee_minor >= 0),
      reinstated_minor      bigint not null default 0,
      fee_reinstated_minor  bigint not null default 0,
      due_by                timestamptz,
      -- What an operator has to say; and since when the evidence stands as it is, and is only to be handed in.
      statement             text,
      answering_since       timestamptz,
      evidence_submitted_at timestamptz,
      reminded_at           timestamptz,
      opened_at             timestamptz not null,
      closed_at             timestamptz,
      created_at            timestamptz not null default clock_timestamp(),
      updated_at            timestamptz not null default clock_timestamp(),
      constraint no_more_is_reinstated_than_was_withdrawn check
        (reinstated_minor between 0 and withdrawn_minor and fee_reinstated_minor between 0 and fee_minor),
      constraint a_closed_dispute_has_a_verdict check (closed_at is null or status in ('inquiry_closed','won','lost')),
      constraint a_statement_is_to_be_handed_in check (statement is null or answering_since is not null)
    );
    create index disputes_by_payment on disputes (payment_id);
    create index disputes_by_booking on disputes (booking_id);
    create index disputes_open on disputes (created_at) where closed_at is null;
    create trigger disputes_touch before update on disputes for each row execute function touch_updated_at();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table disputes');
}
