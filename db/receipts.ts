import type { BookingId } from '#domain/ids.ts';
import { GUEST_STEPS } from '#domain/receipts.ts';
import type { GuestMovement } from '#domain/receipts.ts';
import type { Db } from './connect.ts';

/**
 * Every movement of money between a booking's guest and us, in the order in which they happened. Of a dispute only what
 * was the guest's: the bank's fee for it is between the bank and us.
 */
export async function listGuestMovements(db: Db, bookingId: BookingId): Promise<GuestMovement[]> {
  const { rows } = await db.raw<{ rows: GuestMovement[] }>(
    `select t.step, t.occurred_at as at, t.payment_id as "paymentId", p.card, r.reason,
            (case when e.account = 'disputes' then - e.amount_minor else e.amount_minor end)::bigint as "amountMinor"
     from ledger_transactions t
     join ledger_entries e on e.step = t.step
       and e.account = case when split_part(t.step, ':', 1) in ('dispute', 'reinstatement')
                            then 'disputes' else 'bank_clearing' end
     join payments p on p.id = t.payment_id
     left join refunds r on r.id = split_part(t.step, ':', 2)
     where t.booking_id = ? and split_part(t.step, ':', 1) = any(?)
     order by t.occurred_at, t.recorded_at`,
    [bookingId, [...GUEST_STEPS]],
  );
  return rows;
}

/** Whom and what a booking is about, as they are called today; also a property that has been deleted since. */
export interface ReceiptNames {
  guest: string;
  host: string;
  property: string;
}

export async function findReceiptNames(db: Db, bookingId: BookingId): Promise<ReceiptNames> {
  const { rows } = await db.raw<{ rows: [ReceiptNames] }>(
    `select guest.name as guest, host.name as host, p.title as property
     from bookings b
     join users guest on guest.id = b.guest_id
     join users host on host.id = b.host_id
     join properties p on p.id = b.property_id
     where b.id = ?`,
    [bookingId],
  );
  return rows[0];
}
