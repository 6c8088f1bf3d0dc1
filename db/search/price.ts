import type { PropertyId } from '#domain/ids.ts';
import { isDomainError } from '#domain/errors.ts';
import { CURRENCIES, coinMinor, WHOLE_BASIS_POINTS } from '#domain/money.ts';
import { daysBetween, nightsOf, todayIn } from '#domain/nights.ts';
import type { CalendarDate, Instant, Stay } from '#domain/nights.ts';
import { priceStay } from '#domain/pricing.ts';
import type { Guests, StayPrice } from '#domain/pricing.ts';
import { MONTHLY_DISCOUNT_FROM_NIGHTS, WEEKLY_DISCOUNT_FROM_NIGHTS } from '#domain/pricing/discounts.ts';
import { SERVICE_FEES } from '#domain/pricing/fees.ts';
import { isWeekendNight } from '#domain/pricing/nights.ts';
import { pricingOf } from '../pricing.ts';
import type { PriceColumns } from '../pricing.ts';
import type { PropertyRow } from '../properties.ts';

/** What `STAY_TOTAL` and `NIGHT_PRICES_OF_STAY` are asked with. */
export interface PricedStaySearch extends Stay {
  /** Guests who pay; one where nobody has said how many come. Pets are not searched by. */
  guests?: number | undefined;
  now: Instant;
}

/**
 * The bindings of `STAY_TOTAL`. How many of the nights are at the weekend is the same for every property, so it is
 * counted once; `payingGuests` stands beside a search's own `guests`, which is missing where nobody has said.
 */
export function stayTotalBindings({ guests = 1, ...stay }: PricedStaySearch) {
  const nights = nightsOf(stay);
  const weekendNights = nights.filter(isWeekendNight).length;
  const { checkIn, checkOut, now } = stay;
  return { checkIn, checkOut, now, nights: nights.length, weekendNights, payingGuests: guests };
}

const TODAY = 'cast(cast(:now as timestamptz) at time zone p.time_zone as date)';
const NIGHTS = 'cast(:nights as integer)';
const GUESTS = 'cast(:payingGuests as integer)';
const WEEKEND_NIGHTS = 'cast(:weekendNights as integer)';

/** Exactly: a product with a decimal fraction has no rounding of its own, and `round` takes halves away from zero. */
const percentOf = (amount: string, percent: string): string => `round(${amount} * ${percent} * 0.01)`;

/** By the currencies whose coins the bank does not take one by one. */
const COIN = `case p.currency ${CURRENCIES.filter((currency) => coinMinor(currency) > 1)
  .map((currency) => `when '${currency}' then ${coinMinor(currency)}`)
  .join(' ')} else 1 end`;

/** What nights with a price of their own cost beyond what they would cost without. Looked up only where there are any. */
const BEYOND = `case when p.night_prices_until >= cast(:checkIn as date) then (
            select coalesce(sum(n.amount_minor - case when extract(isodow from n.night) in (5, 6)
                                                   then coalesce(p.weekend_minor, p.nightly_minor) else p.nightly_minor end), 0)
            from night_prices n
            where n.property_id = p.id and n.night >= cast(:checkIn as date) and n.night < cast(:checkOut as date)) else 0 end`;

const LENGTH_PERCENT = `case when ${NIGHTS} >= ${MONTHLY_DISCOUNT_FROM_NIGHTS} and p.monthly_discount_percent > 0 then p.monthly_discount_percent
                               when ${NIGHTS} >= ${WEEKLY_DISCOUNT_FROM_NIGHTS} then p.weekly_discount_percent else 0 end`;

const LEAD_PERCENT = `case when p.early_bird_percent = 0 and p.last_minute_percent = 0 then 0 else greatest(
            case when cast(:checkIn as date) - ${TODAY} >= p.early_bird_days then p.early_bird_percent else 0 end,
            case when cast(:checkIn as date) - ${TODAY} <= p.last_minute_days then p.last_minute_percent else 0 end) end`;

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
 * counted is cut off. One scalar subquery, for
 * the list of columns, a condition or an order; its bindings come from `stayTotalBindings`. It reads no row but those of
 * nights with a price of their own. Each step stands in a subquery that `offset 0` keeps whole, so that it is reckoned once.
 */
export const STAY_TOTAL = `(
        select cast(least(ceil((base + fee + ${ADDED_TAXES}) / coin) * coin, ${Number.MAX_SAFE_INTEGER}) as bigint)
        from (
          select *, ${percentOf('base', `100 * ${GUEST_FEE}`)} as fee
          from (
            select discounted, coin, discounted + p.cleaning_fee_minor
              + cast(p.extra_guest_fee_minor as numeric) * greatest(0, ${GUESTS} - p.guests_included) * ${NIGHTS} as base
            from (
              select coin, by_length - least(${percentOf('by_length', `(${LEAD_PERCENT})`)}, greatest(0, by_length - lowest)) as discounted
              from (
                select coin, lowest, listed - least(${percentOf('listed', `(${LENGTH_PERCENT})`)}, greatest(0, listed - lowest)) as by_length
                from (
                  select ${COIN} as coin, ${NIGHTS} * cast(coalesce(p.lowest_nightly_minor, 0) as numeric) as lowest,
                    (${NIGHTS} - ${WEEKEND_NIGHTS}) * cast(p.nightly_minor as numeric)
                      + ${WEEKEND_NIGHTS} * coalesce(p.weekend_minor, p.nightly_minor) + ${BEYOND} as listed
                  offset 0) as a offset 0) as b offset 0) as c offset 0) as d offset 0) as e)`;

/** The nights of the stay that have a price of their own at property `p`, as `priceFound` wants them: an object by date. */
export const NIGHT_PRICES_OF_STAY = `case when p.night_prices_until >= cast(:checkIn as date) then (
        select jsonb_object_agg(n.night, n.amount_minor) from night_prices n
        where n.property_id = p.id and n.night >= cast(:checkIn as date) and n.night < cast(:checkOut as date)) end`;

/** Columns that a search has to read beside its own for `priceFound`, in the form of its list. */
export const PRICE_COLUMNS = {
  lowestNightlyMinor: 'p.lowest_nightly_minor',
  earlyBirdPercent: 'p.early_bird_percent',
  earlyBirdDays: 'p.early_bird_days',
  lastMinutePercent: 'p.last_minute_percent',
  lastMinuteDays: 'p.last_minute_days',
  serviceFees: 'p.service_fees',
  taxes: 'p.taxes',
} as const satisfies Partial<Record<keyof PropertyRow, string>>;

/** A property that a search has found, with what its prices depend on: read with it, so that they fit together. */
export type PricedProperty = PriceColumns &
  Pick<PropertyRow, 'id' | 'currency' | 'timeZone'> & {
    /** `NIGHT_PRICES_OF_STAY` */
    nightPrices: Record<CalendarDate, number> | null;
  };

/** The price of the same stay at each property of a page, by id; without those where the bank would not charge it. */
export function priceFound(
  page: readonly PricedProperty[],
  { guests = 1, now, ...stay }: PricedStaySearch,
): Map<PropertyId, StayPrice> {
  const party: Guests = { adults: guests, children: 0, infants: 0, pets: 0 };
  const prices = new Map<PropertyId, StayPrice>();
  for (const property of page) {
    const { id, currency, timeZone, nightPrices } = property;
    const pricing = pricingOf(property, nightPrices ?? {});
    const daysAhead = daysBetween(todayIn(timeZone, now), stay.checkIn);
    try {
      prices.set(id, priceStay({ stay, guests: party, pricing, currency, daysAhead }));
    } catch (error) {
      if (!isDomainError(error, 'amount_too_small') && !isDomainError(error, 'stay_refused')) throw error;
    }
  }
  return prices;
}
