import type { Knex } from 'knex';

/**
 * What a host asks beyond a price for the week and one for the weekend. On the property itself, so that a search by the
 * price of the whole stay reads no other row; and a price for each single night that has one of its own, of which
 * `night_prices_until` tells whether there are any to be looked for.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table properties
      add column lowest_nightly_minor bigint,
      add column early_bird_percent   smallint not null default 0,
      add column early_bird_days      smallint not null default 0,
      add column last_minute_percent  smallint not null default 0,
      add column last_minute_days     smallint not null default 0,
      add column service_fees         text not null default 'split',
      -- As domain/pricing/taxes.ts has them; null where there are none.
      add column taxes                jsonb,
      -- The last night that has a price of its own.
      add column night_prices_until   date,
      add constraint properties_discount_by_when_they_are_booked check (
        early_bird_percent between 0 and 100 and early_bird_days >= 0
        and last_minute_percent between 0 and 100 and last_minute_days >= 0),
      add constraint properties_have_no_negative_lowest_price check (lowest_nightly_minor >= 0),
      add constraint properties_share_fees_in_a_known_way check (service_fees in ('split', 'host_only')),
      add constraint properties_list_their_taxes check (jsonb_typeof(taxes) = 'array' and taxes <> '[]');

    create table night_prices (
      property_id  text not null references properties,
      night        date not null,
      amount_minor bigint not null,
      primary key (property_id, night),
      constraint nights_have_no_negative_price check (amount_minor >= 0)
    );
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table night_prices;
    alter table properties
      drop constraint properties_list_their_taxes,
      drop constraint properties_share_fees_in_a_known_way,
      drop constraint properties_have_no_negative_lowest_price,
      drop constraint properties_discount_by_when_they_are_booked,
      drop column night_prices_until,
      drop column taxes,
      drop column service_fees,
      drop column last_minute_days,
      drop column last_minute_percent,
      drop column early_bird_days,
      drop column early_bird_percent,
      drop column lowest_nightly_minor;
  `);
}
