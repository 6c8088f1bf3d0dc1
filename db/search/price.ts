import { CURRENCIES, coinMinor, WHOLE_BASIS_POINTS } from '#domain/money.ts';
import { MONTHLY_DISCOUNT_FROM_NIGHTS, WEEKLY_DISCOUNT_FROM_NIGHTS } from '#domain/pricing/discounts.ts';
import { SERVICE_FEES } from '#domain/pricing/fees.ts';
import { THE_STAY, TODAY } from './asked.ts';
import type { AskedStay } from './asked.ts';

const NIGHTS = THE_STAY.nights; // All stays of a search are as long.
const GUESTS = 'cast(:payingGuests as integer)';

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

/** As a fraction of one. */
const GUEST_FEE = `case p.service_fees ${Object.entries(SERVICE_FEES)
  .map(([mode, { guestBasisPoints }]) => `when '${mode}' then ${guestBasisPoints / WHOLE_BASIS_POINTS}`)
  .join(' ')} end`;

/**
 * What the whole stay costs the guest at property `p`, in minor units: `total.amount` of `priceStay` in domain/pricing.ts
 * to the unit (a test holds one against the other), whether or not the bank would charge so much; what is too much to be
 * counted is cut off. For the list of columns, a condition or an order; its bindings come from `stayBindings`. It reads no
 * row but those of nights with a price of their own. The arithmetic is a function of migration 0040.
 */
export function stayTotal(stay: AskedStay): string {
  const { checkIn, weekendNights } = stay;
  return `stay_total(
          listed => (${NIGHTS} - ${weekendNights}) * cast(p.nightly_minor as numeric)
            + ${weekendNights} * coalesce(p.weekend_minor, p.nightly_minor) + ${beyond(stay)},
          lowest => ${NIGHTS} * cast(coalesce(p.lowest_nightly_minor, 0) as numeric),
          length_percent => ${LENGTH_PERCENT},
          lead_percent => ${leadPercent(checkIn)},
          once => p.cleaning_fee_minor
            + cast(p.extra_guest_fee_minor as numeric) * greatest(0, ${GUESTS} - p.guests_included) * ${NIGHTS},
          fee_share => ${GUEST_FEE},
          taxes => p.taxes, nights => ${NIGHTS}, guests => ${GUESTS}, coin => ${COIN}, most => ${Number.MAX_SAFE_INTEGER})`;
}
