import type { Knex } from 'knex';

/**
 * What a night of a property can cost at the very least, whatever discounts it is given. The price of a stay has no index,
 * since it depends on the dates; this has, and below it nobody need be asked.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table properties
      -- The lowest of the prices that single nights have of their own; null where none has one.
      add column lowest_night_price_minor bigint;
    update properties p set lowest_night_price_minor = lowest.amount_minor
      from (select property_id, min(amount_minor) as amount_minor from night_prices group by property_id) as lowest
      where lowest.property_id = p.id;
    alter table properties
      add column least_night_minor bigint not null generated always as (
        least(nightly_minor, weekend_minor, lowest_night_price_minor)
          * (100 - greatest(weekly_discount_percent, monthly_discount_percent))
          * (100 - greatest(early_bird_percent, last_minute_percent)) / 10000) stored;
    create index properties_by_least_night on properties (least_night_minor, id) where status = 'published';
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table properties drop column least_night_minor, drop column lowest_night_price_minor;
  `);
}
