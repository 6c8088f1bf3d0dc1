import type { Knex } from 'knex';

/** What the sides of a booking propose to change of it, and the nights that are added while that is settled. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table alterations (
      id                        text primary key,
      booking_id                text not null references bookings,
      status                    text not null default 'proposed',
      proposed_by               text not null,
      check_in                  date not null,
      check_out                 date not null,
      adults                    integer not null,
      children                  integer not null,
      infants                   integer not null,
      pets                      integer not null,
      check_in_at               timestamptz not null,
      check_out_at              timestamptz not null,
      -- What the booking would be from then on, and how it comes there: domain/alterations/price.ts Offer.
      price                     jsonb not null,
      lines                     jsonb not null,
      charge_minor              bigint not null,
      refund_minor              bigint not null,
      -- Of what goes back, what was the host's: known once the booking is altered.
      refund_of_host_minor      bigint not null default 0,
      payment_method_id         text,
      -- The payment of the difference, once both sides agree.
      payment_id                text unique,
      pay_by                    timestamptz,
      -- To be kept empty around the stay, as the rules were when its nights were taken.
      preparation_nights_before integer,
      preparation_nights_after  integer,
      failure                   jsonb,
      proposed_at               timestamptz not null,
      ended_at                  timestamptz,
      created_at                timestamptz not null default clock_timestamp(),
      updated_at                timestamptz not null default clock_timestamp(),
      constraint alterations_have_a_known_status check (status in
        ('proposed', 'accepted', 'altered', 'declined', 'withdrawn', 'replaced', 'lapsed', 'failed')),
      constraint alterations_are_proposed_by_a_side check (proposed_by in ('guest', 'host')),
      constraint an_altered_stay_has_a_night check (check_out > check_in),
      constraint alterations_are_charged_or_refunded
        check (charge_minor >= 0 and refund_minor >= 0 and (charge_minor = 0 or refund_minor = 0)),
      constraint alterations_are_live_until_they_end
        check ((status in ('proposed', 'accepted')) = (ended_at is null)),
      constraint accepted_alterations_wait_for_a_payment
        check (status <> 'accepted' or (payment_id is not null and pay_by is not null)),
      constraint alterations_that_failed_say_why check (status <> 'failed' or failure is not null)
    );
    create index alterations_by_booking on alterations (booking_id, id desc);
    create unique index one_live_alteration_per_booking on alterations (booking_id)
      where status in ('proposed', 'accepted');
    create trigger alterations_touch before update on alterations for each row execute function touch_updated_at();

    alter table bookings
      -- The live one, so that whoever reads a booking need not look for it.
      add column alteration_id text references alterations,
      -- Where an alteration has put the check-in off: the one that the policy's deadlines are counted from.
      add column policy_check_in date check (policy_check_in < check_in);

    -- Nights beside those of the booking, taken or given up while an alteration is settled.
    alter table stays add column alteration_id text references alterations;

    alter table refunds
      drop constraint refunds_reason_check,
      add constraint refunds_reason_check
        check (reason in ('cancellation', 'late_payment', 'goodwill', 'dashboard', 'alteration'));
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table refunds
      drop constraint refunds_reason_check,
      add constraint refunds_reason_check
        check (reason in ('cancellation', 'late_payment', 'goodwill', 'dashboard'));
    alter table stays drop column alteration_id;
    alter table bookings drop column policy_check_in, drop column alteration_id;
    drop table alterations;
  `);
}
