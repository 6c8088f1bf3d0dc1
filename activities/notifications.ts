import { findBooking } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findEvent } from '#db/events.ts';
import { findUser } from '#db/users.ts';
import type { BookingId, RefundId } from '#domain/ids.ts';
import type { Mailer } from '#gateways/mailer.ts';
import type { Notify } from '#workflows/notifications.contract.ts';
import { bookingText } from './notifications/booking-texts.ts';
import { refundText } from './notifications/refund-texts.ts';
import { reviewText } from './notifications/review-texts.ts';

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;

export function createNotificationActivities({ db, mailer }: { db: Db; mailer: Mailer }) {
  return {
    /** Tells one person of one event. Sent again it is the same message, by its id. */
    async sendMail({ eventId, to }: Notify): Promise<void> {
      const event = await findEvent(db, eventId);
      if (event === undefined) throw new Error(`There is no ${eventId}.`);
      const booking = await findBooking(db, (event.data.bookingId ?? event.subject_id) as BookingId);
      if (booking === undefined) throw new Error(`${eventId} tells of no booking.`);
      const user = await findUser(db, to === 'guest' ? booking.guestId : booking.hostId);
      if (user === undefined || !canReceive(user.email)) return;
      const { kind } = event;
      const text = kind.startsWith('reviews.')
        ? await reviewText(db, booking, { kind, to })
        : kind.startsWith('refund.')
          ? await refundText(db, event.subject_id as RefundId, booking)
          : bookingText({ event, to, booking });
      if (text === undefined) return;
      await mailer.send({
        to: user.email,
        subject: text.subject,
        text: [`Dear ${user.name},`, ...text.lines, `Booking ${booking.id}`].join('\n\n'),
        messageId: `${eventId}.${to}`,
      });
    },
  };
}

/** Addresses under `.invalid` belong to imported hosts and to nobody (RFC 2606). */
function canReceive(email: string): boolean {
  return !email.endsWith('.invalid');
}
