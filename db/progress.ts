import { BOOKING_STATUSES } from '#domain/bookings.ts';
import type { BookingStatus } from '#domain/bookings.ts';
import type { BookingId } from '#domain/ids.ts';
import type { PaymentStatus } from '#domain/payments.ts';
import type { BookingRow } from './bookings.ts';
import type { Db } from './connect.ts';
import { findBookings } from './look-ups.ts';
import { findInstalmentsOf } from './instalments.ts';
import type { InstalmentWithPayment } from './instalments.ts';
import { findPaymentsOf } from './payments.ts';
import type { PaymentRow } from './payments.ts';

/** What a numbered event tells of a booking: that it took a step, or that something of it changed. */
export interface BookingNews {
  seq: number;
  bookingId: BookingId;
  step: BookingStatus | undefined;
}

/** The number of the last event that has one; 0 before the first. */
export async function lastNumber(db: Db): Promise<number> {
  const { rows } = await db.raw<{ rows: [{ last: number }] }>(
    'select coalesce(max(seq), 0) as last from events',
  );
  return rows[0].last;
}

/**
 * What the numbered events after `seq` tell of bookings, in order, and the number they go to. At most `limit` events are
 * looked at: ask again from there.
 */
export async function readNews(
  db: Db,
  seq: number,
  limit: number,
): Promise<{ news: BookingNews[]; seq: number; isAll: boolean }> {
  const { rows } = await db.raw<{ rows: { seq: number; bookingId: string | null; step: string | null }[] }>(
    `select seq,
       case when kind like 'booking.%' then subject_id else data->>'bookingId' end as "bookingId",
       case when kind like 'booking.%' then data->>'after' end as step
     from events where seq > :seq order by seq limit :limit`,
    { seq, limit },
  );
  const news = rows
    .filter(({ bookingId }) => bookingId !== null)
    .map(({ bookingId, step, ...event }) => ({
      ...event,
      bookingId: bookingId as BookingId,
      step: BOOKING_STATUSES.find((status) => status === step),
    }));
  return { news, seq: rows.at(-1)?.seq ?? seq, isAll: rows.length < limit };
}

interface Together {
  booking: BookingRow;
  payment: PaymentRow | undefined;
  instalments: InstalmentWithPayment[] | undefined;
}

/** Bookings and their payments as of one moment: no step lies between the two. */
export async function readTogether(db: Db, ids: BookingId[]): Promise<Map<BookingId, Together>> {
  return db.transaction(
    async (trx) => {
      const bookings = [...(await findBookings(trx, ids)).values()];
      const payments = await findPaymentsOf(
        trx,
        bookings.map(({ paymentId }) => paymentId),
      );
      const instalments = await findInstalmentsOf(trx, bookings);
      return new Map(
        bookings.map((booking) => {
          const { id, paymentId } = booking;
          return [id, { booking, payment: payments.get(paymentId), instalments: instalments.get(id) }];
        }),
      );
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

/** What a payment is at the moment of a step that it has since gone beyond; later ones it never leaves. */
const PAYMENT_AT: Readonly<Partial<Record<BookingStatus, PaymentStatus>>> = {
  held: 'pending',
  awaiting_host: 'reserved',
};

/** A booking as a step left it that is past by now: what came of it later is taken away again. */
export function asLeftBy(
  step: BookingStatus,
  now: { booking: BookingRow; payment: PaymentRow | undefined },
): { booking: BookingRow; payment: PaymentRow | undefined } {
  const booking = now.booking
    .$clone()
    .$set({ status: step, rejection: null, cancelledBy: null, cancelledAt: null });
  if (step === 'requested') return { booking, payment: undefined }; // It is opened with the hold.
  const payment = now.payment
    ?.$clone()
    .$set({ status: PAYMENT_AT[step] ?? now.payment.status, clientSecret: null, nextActionUrl: null });
  return { booking, payment };
}
