import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import { findCalendarToTellOf } from '#db/calendars.ts';
import type { Db } from '#db/connect.ts';
import { findEvent } from '#db/events.ts';
import type { EventRow } from '#db/events.ts';
import { findOperators, findUser } from '#db/users.ts';
import type { UserRow } from '#db/users.ts';
import type { AlterationId, BookingId, CalendarId, DisputeId, EventId, RefundId } from '#domain/ids.ts';
import type { Mailer } from '#gateways/mailer.ts';
import type { Letter, Recipient } from '#workflows/notifications.contract.ts';
import { alterationText } from './notifications/alteration-texts.ts';
import { bookingText } from './notifications/booking-texts.ts';
import { calendarText } from './notifications/calendar-texts.ts';
import { instalmentText } from './notifications/instalment-texts.ts';
import { payoutText } from './notifications/payout-texts.ts';
import { disputeText } from './notifications/dispute-texts.ts';
import { refundText } from './notifications/refund-texts.ts';
import { reviewText } from './notifications/review-texts.ts';
import type { Text } from './notifications/text.ts';

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;

export function createNotificationActivities({ db, mailer }: { db: Db; mailer: Mailer }) {
  return {
    /** Tells a side, or every operator, of one event. Sent again they are the same messages, by their ids. */
    async sendMail({ eventId, to }: Letter): Promise<void> {
      const event = await findEvent(db, eventId);
      if (event === undefined) throw new Error(`There is no ${eventId}.`);
      if (event.kind.startsWith('calendar.')) return tellOfCalendar({ db, mailer }, event);
      const booking = await findBooking(db, (event.data.bookingId ?? event.subject_id) as BookingId);
      if (booking === undefined) throw new Error(`${eventId} tells of no booking.`);
      const text = await textOf(db, { event, to, booking });
      if (text === undefined) return;
      for (const user of await receivers(db, booking, to))
        await mailer.send({
          to: user.email,
          subject: text.subject,
          text: [`Dear ${user.name},`, ...text.lines, `Booking ${booking.id}`].join('\n\n'),
          messageId: to === 'operator' ? `${eventId}.${user.id}` : `${eventId}.${to}`,
        });
    },
  };
}

/** Its host hears of a calendar, which need not be about a booking. */
async function tellOfCalendar(
  { db, mailer }: { db: Db; mailer: Mailer },
  event: EventRow & { id: EventId },
): Promise<void> {
  const calendar = await findCalendarToTellOf(db, event.subject_id as CalendarId);
  if (calendar === undefined) return;
  const text = calendarText(calendar, event);
  const host = await findUser(db, calendar.hostId);
  if (text === undefined || host === undefined || !canReceive(host)) return;
  await mailer.send({
    to: host.email,
    subject: text.subject,
    text: [`Dear ${host.name},`, ...text.lines, `Property ${calendar.propertyId}`].join('\n\n'),
    messageId: `${event.id}.host`,
  });
}

async function textOf(
  db: Db,
  { event, to, booking }: { event: EventRow; to: Recipient; booking: BookingRow },
): Promise<Text | undefined> {
  const { kind, subject_id: subjectId } = event;
  if (to === 'operator') return disputeText(db, { kind, disputeId: subjectId as DisputeId }, booking);
  if (kind.startsWith('reviews.')) return reviewText(db, booking, { kind, to });
  if (kind.startsWith('instalment.')) return instalmentText(booking, event);
  if (kind.startsWith('payout.')) return payoutText(booking, event);
  if (kind.startsWith('alteration.'))
    return alterationText(db, { kind, alterationId: subjectId as AlterationId, to }, booking);
  if (kind.startsWith('refund.')) return refundText(db, subjectId as RefundId, booking);
  return bookingText({ event, to, booking });
}

async function receivers(db: Db, { guestId, hostId }: BookingRow, to: Recipient): Promise<UserRow[]> {
  if (to === 'operator') return (await findOperators(db)).filter(canReceive);
  const user = await findUser(db, to === 'guest' ? guestId : hostId);
  return user === undefined ? [] : [user].filter(canReceive);
}

/** Addresses under `.invalid` belong to imported hosts and to nobody (RFC 2606). */
function canReceive({ email }: UserRow): boolean {
  return !email.endsWith('.invalid');
}
