import type { Knex } from 'knex';

/**
 * What a night of a property can cost at the very least, whatever discounts it is given: the price of a stay has no index,
 * since it depends on the dates; this has, and below it nobody need be asked. And the arithmetic of that price, as
 * domain/pricing.ts has it, in a function: written out in a search it would have to be planned each time, which takes
 * longer than to reckon it for a page. Numbers that may change come as arguments.
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

    -- Amounts in minor units; \`listed\` is the price of the nights before discounts, \`lowest\` what these leave of it at
    -- least, \`once\` all that the host asks beside. Exactly: a product with a decimal fraction has no rounding of its own,
    -- and round takes halves away from zero. Taxes that are included change no total.
    create function stay_total(
      listed numeric, lowest numeric, length_percent integer, lead_percent integer, once numeric,
      fee_share numeric, taxes jsonb, nights integer, guests integer, coin integer, most bigint
    ) returns bigint language plpgsql immutable parallel safe as $$
    declare
      by_length numeric := listed - least(round(listed * length_percent * 0.01), greatest(0, listed - lowest));
      discounted numeric := by_length - least(round(by_length * lead_percent * 0.01), greatest(0, by_length - lowest));
      base numeric := discounted + once;
      fee numeric := round(base * fee_share);
      added numeric := 0;
    begin
      if taxes is not null then
        select coalesce(sum(case tax->>'charge'
            when 'percent' then div(
              2 * case tax->>'base' when 'nights' then discounted when 'stay' then base else base + fee end
                * cast(tax->>'percent' as numeric) * taxed_nights + 100 * nights, 200 * nights)
            when 'per_night' then amount * taxed_nights
            when 'per_guest' then amount * guests
            when 'per_guest_night' then amount * guests * taxed_nights
            else amount end), 0)
          into added
          from jsonb_array_elements(taxes) as tax
          cross join lateral (select cast(tax->>'amount' as numeric) as amount,
                                     least(nights, cast(tax->>'maxNights' as integer)) as taxed_nights) as of_tax
          where not cast(tax->>'included' as boolean)
            and nights <= coalesce(cast(tax->>'exemptOverNights' as integer), nights);
      end if;
      return least(ceil((base + fee + added) / coin) * coin, most);
    end $$;
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop function stay_total;
    alter table properties drop column least_night_minor, drop column lowest_night_price_minor;
  `);
}
