import { MAX_EVIDENCE_EVENTS } from '#domain/evidence.ts';
import type { EvidenceFacts } from '#domain/evidence.ts';
import { BookingRow } from './bookings.ts';
import type { Db } from './connect.ts';
import type { DisputeRow } from './disputes.ts';
import type { EventRow } from './events.ts';
import { PropertyRow } from './properties.ts';
import { listRefunds } from './refunds.ts';
import { findUser } from './users.ts';

/** What we know of a stay whose payment is disputed. */
export async function readEvidenceFacts(db: Db, dispute: DisputeRow): Promise<EvidenceFacts> {
  const { bookingId, paymentId, statement } = dispute;
  const booking = await BookingRow.query(db).findById(bookingId).throwIfNotFound();
  const guest = await findUser(db, booking.guestId);
  if (guest === undefined) throw new Error(`There is no ${booking.guestId}.`);
  // Also one that its host has taken away since.
  const { title } = await PropertyRow.query(db).findById(booking.propertyId).throwIfNotFound();
  const events = await db<EventRow>('events')
    .where({ subject_id: bookingId })
    .orderBy(['occurred_at', 'id'])
    .limit(MAX_EVIDENCE_EVENTS);
  const refunds = await listRefunds(db, paymentId);
  return {
    guest: { name: guest.name, email: guest.email },
    propertyTitle: title,
    booking,
    refunds: refunds.flatMap(({ amountMinor: amount, currency, settledAt }) =>
      settledAt === null ? [] : [{ amount: { amount, currency }, settledAt }],
    ),
    events: events.map(({ kind, occurred_at: at }) => ({ kind, at })),
    statement,
  };
}
