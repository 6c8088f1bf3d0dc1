import type { BookingId, PaymentId, UserId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import type { Transaction } from './connect.ts';
import { findInstalmentOf } from './instalments.ts';

/** Waits for its turn at what a host is paid and owes. Taken after the booking's own lock, so that nobody waits in a circle. */
export async function lockHostMoney(trx: Transaction, hostId: UserId): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('money of ' || ?, 0))`, [hostId]);
}

type Of = 'booking_id' | 'payment_id';

const notPaidOut = (of: Of): string => `
  - coalesce((select sum(e.amount_minor) from ledger_transactions t join ledger_entries e using (step)
              where t.${of} = :id and e.account = 'host_payable'), 0)`;

const lessPromised = (of: Of): string => `
  - case when :promised then
      coalesce((select sum((shares->>'hostMinor')::bigint) from refunds
                where ${of} = :id and status <> 'settled' and not released), 0)
    else 0 end`;

/**
 * What is left of a host's share of a booking, in minor units: not paid out, not on its way, and with `promised` not
 * promised back to the guest either. Less than nothing where more was promised than is left. Under the booking's lock.
 */
export async function hostShareLeft(
  trx: Transaction,
  bookingId: BookingId,
  { less }: { less: 'promises' | 'nothing' },
): Promise<number> {
  const { rows } = await trx.raw<{ rows: [{ left: number }] }>(
    `select cast(
       ${notPaidOut('booking_id')}
       - coalesce((select sum(claimed_amount_minor + claimed_debt_minor) from payouts
                   where booking_id = :id), 0)
       ${lessPromised('booking_id')}
     as bigint) as left`,
    { id: bookingId, promised: less === 'promises' },
  );
  return rows[0].left;
}

/** The same of one of the booking's payments alone, of which nothing is on its way to the host. Under the booking's lock. */
export async function hostShareOfPayment(
  trx: Transaction,
  paymentId: PaymentId,
  { less }: { less: 'promises' | 'nothing' },
): Promise<number> {
  const { rows } = await trx.raw<{ rows: [{ left: number }] }>(
    `select cast(
       ${notPaidOut('payment_id')}
       ${lessPromised('payment_id')}
     as bigint) as left`,
    { id: paymentId, promised: less === 'promises' },
  );
  return rows[0].left;
}

/**
 * What is left of a host's share where a payment is given back or disputed: of a long stay in its month, and no more than
 * of all of it; else of the booking, whichever of its payments that came from.
 */
export async function hostShareAt(
  trx: Transaction,
  { bookingId, paymentId }: { bookingId: BookingId; paymentId: PaymentId },
): Promise<number> {
  const less = 'nothing';
  const ofBooking = await hostShareLeft(trx, bookingId, { less });
  const month = await findInstalmentOf(trx, paymentId);
  return month === undefined
    ? ofBooking
    : Math.min(ofBooking, await hostShareOfPayment(trx, paymentId, { less }));
}

/** What a host owes in a currency, in minor units, less what is being netted. Under the host's lock. */
export async function hostDebt(trx: Transaction, hostId: UserId, currency: Currency): Promise<number> {
  const { rows } = await trx.raw<{ rows: [{ debt: number }] }>(
    `select cast(
       coalesce((select sum(e.amount_minor) from bookings b
                 join ledger_transactions t on t.booking_id = b.id join ledger_entries e using (step)
                 where b.host_id = :host and e.account = 'host_debt' and e.currency = :currency), 0)
       - coalesce((select sum(claimed_debt_minor) from payouts
                   where host_id = :host and currency = :currency and status <> 'paid'), 0)
     as bigint) as debt`,
    { host: hostId, currency },
  );
  return rows[0].debt;
}
