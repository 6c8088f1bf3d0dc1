import { CURRENCIES, coinMinor, WHOLE_BASIS_POINTS } from '#domain/money.ts';
import { MONTHLY_DISCOUNT_FROM_NIGHTS, WEEKLY_DISCOUNT_FROM_NIGHTS } from '#domain/pricing/discounts.ts';
import { SERVICE_FEES } from '#domain/pricing/fees.ts';
import { THE_STAY, TODAY } from './asked.ts';
import type { AskedStay } from './asked.ts';

const NIGHTS = THE_STAY.nights; // All stays of a search are as long.
const GUESTS = 'cast(:payingGuests as integer)';

/** Exactly: a product with a decimal fraction has no rounding of its own, and `round` takes halves away from zero. */
const percentOf = (amount: string, percent: string): string => `round(${amount} * ${percent} * 0.01)`;

/** By the currencies whose coins the bank does not take one by one. */
const COIN = `case p.currency ${CURRENCIES.filter((currency) => coinMinor(currency) > 1)
  .map((currency) => `when '${currency}' then ${coinMinor(currency)}`)
  .join(' ')} else 1 end`;

/** What nights with a price of their own cost beyond what they would cost without. Looked up only where there are any. */
const beyond = ({
  checkIn,
  checkOut,
}: AskedStay): string => `case when p.night_prices_until >= ${checkIn} then (
            select coalesce(sum(n.amount_minor - case when extract(isodow from n.night) in (5, 6)
                                                   then coalesce(p.weekend_minor, p.nightly_minor) else p.nightly_minor end), 0)
            from night_prices n
            where n.property_id = p.id and n.night >= ${checkIn} and n.night < ${checkOut}) else 0 end`;

const LENGTH_PERCENT = `case when ${NIGHTS} >= ${MONTHLY_DISCOUNT_FROM_NIGHTS} and p.monthly_discount_percent > 0 then p.monthly_discount_percent
                               when ${NIGHTS} >= ${WEEKLY_DISCOUNT_FROM_NIGHTS} then p.weekly_discount_percent else 0 end`;

const leadPercent = (
  checkIn: string,
): string => `case when p.early_bird_percent = 0 and p.last_minute_percent = 0 then 0 else greatest(
            case when ${checkIn} - ${TODAY} >= p.early_bird_days then p.early_bird_percent else 0 end,
            case when ${checkIn} - ${TODAY} <= p.last_minute_days then p.last_minute_percent else 0 end) end`;

/** In hundredths of a percent; a fraction of one has four decimals. */
const GUEST_FEE = `case p.service_fees ${Object.entries(SERVICE_FEES)
  .map(([mode, { guestBasisPoints }]) => `when '${mode}' then ${guestBasisPoints / WHOLE_BASIS_POINTS}`)
  .join(' ')} end`;

/** What comes on top as domain/pricing/taxes.ts reckons it; taxes that are included change no total. */
const ADDED_TAXES = `case when p.taxes is null then 0 else (
            select coalesce(sum(case tax->>'charge'
              when 'percent' then div(
                2 * case tax->>'base' when 'nights' then discounted when 'stay' then base else base + fee end
                  * cast(tax->>'percent' as numeric) * taxed_nights + 100 * ${NIGHTS}, 200 * ${NIGHTS})
              when 'per_night' then amount * taxed_nights
              when 'per_guest' then amount * ${GUESTS}
              when 'per_guest_night' then amount * ${GUESTS} * taxed_nights
              else amount end), 0)
            from jsonb_array_elements(p.taxes) as tax
            cross join lateral (select cast(tax->>'amount' as numeric) as amount,
                                       least(${NIGHTS}, cast(tax->>'maxNights' as integer)) as taxed_nights) as of_tax
            where not cast(tax->>'included' as boolean)
              and ${NIGHTS} <= coalesce(cast(tax->>'exemptOverNights' as integer), ${NIGHTS})) end`;

/**
 * What the whole stay costs the guest at property `p`, in minor units: `total.amount` of `priceStay` in domain/pricing.ts
 * to the unit (a test holds one against the other), whether or not the bank would charge so much; what is too much to be
 * counted is cut off. One scalar subquery, for the list of columns, a condition or an order; its bindings come from
 * `stayBindings`. It reads no row but those of nights with a price of their own. Each step stands in a subquery that
 * `offset 0` keeps whole, so that it is reckoned once.
 */
export function stayTotal(stay: AskedStay): string {
  return `(
        select cast(least(ceil((base + fee + ${ADDED_TAXES}) / coin) * coin, ${Number.MAX_SAFE_INTEGER}) as bigint)
        from (
          select *, ${percentOf('base', `100 * ${GUEST_FEE}`)} as fee
          from (
            select discounted, coin, discounted + p.cleaning_fee_minor
              + cast(p.extra_guest_fee_minor as numeric) * greatest(0, ${GUESTS} - p.guests_included) * ${NIGHTS} as base
            from (
              select coin, by_length - least(${percentOf('by_length', `(${leadPercent(stay.checkIn)})`)}, greatest(0, by_length - lowest)) as discounted
              from (
                select coin, lowest, listed - least(${percentOf('listed', `(${LENGTH_PERCENT})`)}, greatest(0, listed - lowest)) as by_length
                from (
                  select ${COIN} as coin, ${NIGHTS} * cast(coalesce(p.lowest_nightly_minor, 0) as numeric) as lowest,
                    (${NIGHTS} - ${stay.weekendNights}) * cast(p.nightly_minor as numeric)
                      + ${stay.weekendNights} * coalesce(p.weekend_minor, p.nightly_minor) + ${beyond(stay)} as listed
                  offset 0) as a offset 0) as b offset 0) as c offset 0) as d offset 0) as e)`;
}
