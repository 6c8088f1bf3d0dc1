import type { z } from 'zod';
import { findAlterations } from '#db/alterations.ts';
import type { AlterationRow } from '#db/alterations.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findPaymentsOf } from '#db/payments.ts';
import type { PaymentRow } from '#db/payments.ts';
import type { AlterationId, BookingId, UserId } from '#domain/ids.ts';
import { nightCount } from '#domain/nights.ts';
import type { Alteration } from './alteration-schemas.ts';

/** An alteration, and the payment of what it costs more once that is asked for. */
export interface AlterationWithPayment {
  alteration: AlterationRow;
  payment: PaymentRow | undefined;
}

/** The proposals that are open, of many bookings. */
export async function openAlterations(
  db: Db,
  bookings: readonly BookingRow[],
): Promise<Map<BookingId, AlterationWithPayment>> {
  const ids = bookings.flatMap(({ alterationId }) => alterationId ?? []);
  const open = ids.length === 0 ? [] : (await readAlterations(db, ids)).values();
  return new Map(Array.from(open, (each) => [each.alteration.bookingId, each]));
}

/** The proposal of a booking that is open, if one is. */
export async function openAlteration(
  db: Db,
  booking: BookingRow,
): Promise<AlterationWithPayment | undefined> {
  return (await openAlterations(db, [booking])).get(booking.id);
}

/** Alterations by their ids, for whoever knows that there are some. */
export async function readAlterations(
  db: Db,
  ids: readonly AlterationId[],
): Promise<Map<AlterationId, AlterationWithPayment>> {
  const found = await withPayments(db, [...(await findAlterations(db, ids)).values()]);
  return new Map(found.map((each) => [each.alteration.id, each]));
}

export async function withPayments(
  db: Db,
  alterations: readonly AlterationRow[],
): Promise<AlterationWithPayment[]> {
  const ids = alterations.flatMap(({ paymentId }) => paymentId ?? []);
  const payments = ids.length === 0 ? undefined : await findPaymentsOf(db, ids);
  return alterations.map((alteration) => ({
    alteration,
    payment: alteration.paymentId === null ? undefined : payments?.get(alteration.paymentId),
  }));
}

/** As both sides see it, and operators. The payment's secret is the guest's alone, while it waits to be paid. */
export function presentAlteration(
  { alteration, payment }: AlterationWithPayment,
  isGuest: boolean,
): z.output<typeof Alteration> {
  const { price, failure, adults, children, infants, pets } = alteration;
  const { currency } = price.total;
  const pays = isGuest && alteration.status === 'accepted';
  return {
    id: alteration.id,
    bookingId: alteration.bookingId,
    status: alteration.status,
    proposedBy: alteration.proposedBy,
    checkIn: alteration.checkIn,
    checkOut: alteration.checkOut,
    nights: nightCount(alteration),
    guests: { adults, children, infants, pets },
    lines: price.lines,
    ...(price.includedTaxes && { includedTaxes: price.includedTaxes }),
    total: price.total,
    changes: alteration.lines.map(({ kind, beforeMinor: before, afterMinor: after }) => ({
      kind,
      before,
      after,
    })),
    charge: { amount: alteration.chargeMinor, currency },
    refund: { amount: alteration.refundMinor, currency },
    ...(alteration.status === 'accepted' && alteration.payBy !== null && { payBy: alteration.payBy }),
    ...(payment !== undefined && {
      payment: {
        id: payment.id,
        status: payment.status,
        ...(pays && payment.clientSecret !== null && { clientSecret: payment.clientSecret }),
        ...(pays && payment.nextActionUrl !== null && { nextActionUrl: payment.nextActionUrl }),
      },
    }),
    ...(failure !== null && {
      failure: {
        code: failure.code,
        ...(failure.declineCode !== undefined && { declineCode: failure.declineCode }),
      },
    }),
    proposedAt: alteration.proposedAt,
    ...(alteration.endedAt !== null && { endedAt: alteration.endedAt }),
  };
}

export const isGuestOf = ({ guestId }: BookingRow, viewer: { id: UserId }): boolean => guestId === viewer.id;
