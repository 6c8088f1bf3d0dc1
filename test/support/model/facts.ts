import type { Db } from '#db/connect.ts';
import type { CalendarDate } from '#domain/nights.ts';
import type { PaymentStatus } from '#domain/payments.ts';
import { REVIEW_SIDES, SUBJECT_OF } from '#domain/reviews.ts';
import type { BankDesk } from '../bank.ts';
import { priceMinor } from './reference.ts';
import type { Booked, Home, Nights } from './reference.ts';

/** What can be known of a booking from its row, its nights and the ledger, once nothing is under way. */
export interface FactsHere {
  status: string;
  payment: string | null;
  /** Its live rows among the taken nights: one at most. */
  nights: Nights[];
  refundMinor: number | null;
  /** Whether its host may know of it. */
  isTheHosts: boolean;
  hasArrived: boolean;
  noShow: boolean;
  window: string;
  reviews: string[];
  /** What is left on the account of money that the bank has taken for us. */
  clearingMinor: number;
  settledRefundsMinor: number;
  unsettledRefunds: number;
  unbalancedSteps: number;
}

/** And what the bank knows of it. */
export interface FactsAtBank {
  /** The statuses of its intents: one intent at most. */
  intents: string[];
  receivedMinor: number;
  givenBackMinor: number;
}

const STATUS_AT_BANK: Readonly<Partial<Record<PaymentStatus, string>>> = {
  pending: 'requires_payment_method',
  requires_action: 'requires_action',
  reserved: 'requires_capture',
  posted: 'succeeded',
  voided: 'canceled',
};

/** The facts of a booking that is as the model has it: what is paid and not given back is in the ledger and at the bank. */
export function factsExpected(home: Home, booked: Booked): { here: FactsHere; atBank: FactsAtBank } {
  const { status, payment, nights, refundMinor, window, reviews, stay } = booked;
  const { isTheHosts, hasArrived, noShow } = booked;
  const paidMinor = payment === 'posted' ? priceMinor(home, stay) : 0;
  const backMinor = booked.isSentBack ? paidMinor : payment === 'posted' ? (refundMinor ?? 0) : 0;
  const told = REVIEW_SIDES.flatMap((side) => reviews[side] && `${SUBJECT_OF[side]} ${reviews[side]}`);
  const here = {
    status,
    payment,
    nights: nights === null ? [] : [nights],
    refundMinor,
    isTheHosts,
    hasArrived,
    noShow,
    window,
    reviews: told.filter((words) => words !== undefined).sort(),
    clearingMinor: paidMinor - backMinor,
    settledRefundsMinor: backMinor,
    unsettledRefunds: 0,
    unbalancedSteps: 0,
  };
  const intents = payment === null ? [] : [STATUS_AT_BANK[payment] ?? payment];
  return { here, atBank: { intents, receivedMinor: paidMinor, givenBackMinor: backMinor } };
}

export interface Where {
  db: Db;
  bank: BankDesk;
  propertyId: string;
  /** The date of the night with number 0. */
  firstNight: CalendarDate;
}

/** The facts of all bookings of a property by their ids, but for those at the bank. */
export async function factsHere({ db, propertyId, firstNight }: Where): Promise<Map<string, FactsHere>> {
  const { rows } = await db.raw<{ rows: (FactsHere & { id: string })[] }>(
    `select b.id, b.status, p.status as payment, b.refund_minor as "refundMinor",
       coalesce(b.confirmed_at, b.respond_by) is not null as "isTheHosts",
       b.checked_in_at is not null as "hasArrived", b.no_show as "noShow",
       coalesce((select json_agg(json_build_array(lower(s.nights) - cast(:firstNight as date),
           upper(s.nights) - cast(:firstNight as date)))
         from stays s where s.booking_id = b.id and s.live), '[]') as nights,
       case w.status when 'open' then 'open' when 'revealed' then 'over' when 'lapsed' then 'over' else 'none' end
         as window,
       coalesce((select json_agg(r.subject || case when r.published_at is null then ' hidden' else ' public' end
           order by r.subject)
         from reviews r where r.booking_id = b.id), '[]') as reviews,
       cast((select coalesce(sum(e.amount_minor), 0) from ledger_entries e join ledger_transactions t using (step)
         where t.booking_id = b.id and e.account = 'bank_clearing') as bigint) as "clearingMinor",
       cast((select coalesce(sum(f.amount_minor), 0) from refunds f
         where f.booking_id = b.id and f.status = 'settled') as bigint) as "settledRefundsMinor",
       (select cast(count(*) as int) from refunds f
         where f.booking_id = b.id and f.status <> 'settled') as "unsettledRefunds",
       (select cast(count(*) as int) from (select from ledger_entries e join ledger_transactions t using (step)
         where t.booking_id = b.id group by e.step, e.currency having sum(e.amount_minor) <> 0) off) as "unbalancedSteps"
     from bookings b left join payments p on p.id = b.payment_id left join review_windows w on w.booking_id = b.id
     where b.property_id = :propertyId`,
    { propertyId, firstNight },
  );
  return new Map(rows.map(({ id, ...facts }) => [id, facts]));
}

/** The facts of a booking at the bank: what has come, and what we have given back of it. */
export async function factsAtBank({ bank }: Where, bookingId: string): Promise<FactsAtBank> {
  const { intents, refunds } = await bank.recordsOf(bookingId);
  const ours = refunds.filter(
    ({ metadata, status }) => metadata?.refundId !== undefined && status === 'succeeded',
  );
  return {
    intents: intents.map(({ status }) => status),
    receivedMinor: sum(intents.map((intent) => intent.amount_received)),
    givenBackMinor: sum(ours.map(({ amount }) => amount)),
  };
}

function sum(amountsMinor: readonly number[]): number {
  return amountsMinor.reduce((total, amountMinor) => total + amountMinor, 0);
}
