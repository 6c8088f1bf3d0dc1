import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findEvent } from '#db/events.ts';
import { findUser } from '#db/users.ts';
import type { BookingId } from '#domain/ids.ts';
import { formatMoney } from '#domain/money.ts';
import type { Mailer } from '#gateways/mailer.ts';
import type { Notify, Recipient } from '#workflows/notifications.contract.ts';
import { reviewMail } from './review-mails.ts';

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;

export function createNotificationActivities({ db, mailer }: { db: Db; mailer: Mailer }) {
  return {
    /** Tells one person of one event. Sent again it is the same message, by its id. */
    async sendMail({ eventId, to }: Notify): Promise<void> {
      const event = await findEvent(db, eventId);
      if (event === undefined) throw new Error(`There is no ${eventId}.`);
      const booking = await findBooking(db, event.subject_id as BookingId);
      if (booking === undefined) throw new Error(`${eventId} tells of no booking.`);
      const user = await findUser(db, to === 'guest' ? booking.guestId : booking.hostId);
      if (user === undefined || !canReceive(user.email)) return;
      const { kind } = event;
      const text = kind.startsWith('reviews.')
        ? await reviewMail(db, booking, { kind, to })
        : TEXTS[kind]?.[to]?.(booking);
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

/** A mail without its salutation. */
export interface Text {
  subject: string;
  lines: string[];
}

const TEXTS: Readonly<Record<string, Partial<Record<Recipient, (booking: BookingRow) => Text>>>> = {
  'booking.confirmed': {
    guest: (booking) => ({
      subject: `Your stay from ${booking.checkIn} is booked`,
      lines: [`Your stay ${nights(booking)} is confirmed and ${total(booking)} is paid.`, arrival(booking)],
    }),
    host: (booking) => ({
      subject: `A guest is coming on ${booking.checkIn}`,
      lines: [`A stay ${nights(booking)} at your property has been booked and paid.`, arrival(booking)],
    }),
  },
  'booking.expired': {
    guest: (booking) => ({
      subject: `Your hold for ${booking.checkIn} has ended`,
      lines: [
        `The nights ${nights(booking)} were held for you, but no payment came in time, so they are free again.`,
        'You have not been charged. Should a payment still arrive, it is used for the stay if the nights are free, or refunded.',
      ],
    }),
  },
  'booking.cancelled': {
    guest: (booking) => ({
      subject: `Your stay from ${booking.checkIn} is cancelled`,
      lines: [`Your stay ${nights(booking)} is cancelled.`, refund(booking)],
    }),
    host: (booking) => ({
      subject: `The stay from ${booking.checkIn} is cancelled`,
      lines: [`The guest has cancelled the stay ${nights(booking)}. The nights are free again.`],
    }),
  },
};

function nights({ checkIn, checkOut }: BookingRow): string {
  return `from ${checkIn} to ${checkOut}`;
}

function total({ totalMinor, currency }: BookingRow): string {
  return formatMoney({ amount: totalMinor, currency });
}

function arrival({ checkInTime, checkOutTime, timeZone }: BookingRow): string {
  return `Check-in is from ${checkInTime}, check-out until ${checkOutTime} (${timeZone}).`;
}

function refund({ refundMinor, currency, confirmedAt }: BookingRow): string {
  if (confirmedAt === null) return 'You had not been charged.';
  if (refundMinor === null || refundMinor === 0) return 'Under its cancellation policy nothing is refunded.';
  return `${formatMoney({ amount: refundMinor, currency })} goes back to the card you paid with.`;
}
