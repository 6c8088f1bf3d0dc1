import type { BookingRow } from '#db/bookings.ts';
import type { EventRow } from '#db/events.ts';
import { formatMoney } from '#domain/money.ts';
import type { Side } from '#workflows/notifications.contract.ts';
import { momentIn } from './text.ts';
import type { Text } from './text.ts';

/** What somebody is told of an event of a booking; undefined where there is nothing to be said. */
export function bookingText({ event, to, booking }: Told): Text | undefined {
  const wasAsked = booking.respondBy !== null && booking.confirmedAt === null;
  return (
    (wasAsked ? REQUEST_TEXTS[event.kind]?.[to] : undefined)?.(booking) ?? TEXTS[event.kind]?.[to]?.(booking)
  );
}

export interface Told {
  event: EventRow;
  to: Side;
  booking: BookingRow;
}

type Texts = Readonly<Record<string, Partial<Record<Side, (booking: BookingRow) => Text>>>>;

const TEXTS: Texts = {
  'booking.confirmed': {
    guest: (booking) => ({
      subject: `Your stay from ${booking.checkIn} is booked`,
      lines: [`Your stay ${nights(booking)} is confirmed and ${paid(booking)}.`, arrival(booking)],
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
      lines: [...callingOff(booking, `your stay ${nights(booking)}`).toGuest, refund(booking)],
    }),
    host: (booking) => ({
      subject: `The stay from ${booking.checkIn} is cancelled`,
      lines: callingOff(booking, `the stay ${nights(booking)}`).toHost,
    }),
  },
};

/** Of a request, from the asking of the host to their answer, or what came before it. */
const REQUEST_TEXTS: Texts = {
  'booking.awaiting_host': {
    guest: (booking) => ({
      subject: `Your request for ${booking.checkIn} is with the host`,
      lines: [
        `You have asked to stay ${nights(booking)}. The host may answer until ${until(booking)}.`,
        `${total(booking)} is reserved on your card, and charged only if the host accepts.`,
      ],
    }),
    host: (booking) => ({
      subject: `A guest asks to come on ${booking.checkIn}`,
      lines: [
        `A guest asks to stay ${nights(booking)} at your property. The price is reserved and the nights are kept.`,
        `Accept or refuse until ${until(booking)}: without an answer the request ends by itself.`,
      ],
    }),
  },
  'booking.host_reminded': {
    host: (booking) => ({
      subject: `A guest still waits for your answer about ${booking.checkIn}`,
      lines: [
        `Somebody has asked to stay ${nights(booking)} at your property and waits for your answer.`,
        `You may accept or refuse until ${until(booking)}.`,
      ],
    }),
  },
  'booking.declined': {
    guest: (booking) => ({
      subject: `The host cannot take you on ${booking.checkIn}`,
      lines: [`Your request to stay ${nights(booking)} was refused. Nothing has been charged.`],
    }),
  },
  'booking.expired': {
    guest: (booking) => ({
      subject: `Your request for ${booking.checkIn} was not answered`,
      lines: [
        `The host has not answered your request to stay ${nights(booking)} in time. Nothing has been charged.`,
      ],
    }),
    host: (booking) => ({
      subject: `The request for ${booking.checkIn} has ended`,
      lines: [`The request to stay ${nights(booking)} was not answered in time. The nights are free again.`],
    }),
  },
  'booking.rejected': {
    guest: (booking) => ({
      subject: `Your stay from ${booking.checkIn} could not be booked`,
      lines: [
        `The bank let go of the money that was reserved for your stay ${nights(booking)}, so it could not be booked.`,
        'Nothing has been charged.',
      ],
    }),
    host: (booking) => ({
      subject: `The request for ${booking.checkIn} has ended`,
      lines: [
        `The guest’s bank let go of the money for the stay ${nights(booking)}. The nights are free again.`,
      ],
    }),
  },
  'booking.cancelled': {
    host: (booking) => ({
      subject: `The request for ${booking.checkIn} is withdrawn`,
      lines: [
        booking.cancelledBy === 'guest'
          ? `The guest no longer asks to stay ${nights(booking)}. The nights are free again.`
          : `We have withdrawn the request to stay ${nights(booking)}. The nights are free again.`,
      ],
    }),
  },
};

function nights({ checkIn, checkOut }: BookingRow): string {
  return `from ${checkIn} to ${checkOut}`;
}

function total({ totalMinor, currency }: BookingRow): string {
  return formatMoney({ amount: totalMinor, currency });
}

/** Of a long stay only the first month is paid with the booking. */
function paid(booking: BookingRow): string {
  const { upfrontMinor, currency } = booking;
  if (upfrontMinor === null) return `${total(booking)} is paid`;
  const first = formatMoney({ amount: upfrontMinor, currency });
  return `${first} of ${total(booking)} is paid; your card is charged for the rest month by month`;
}

function arrival({ checkInTime, checkOutTime, timeZone }: BookingRow): string {
  return `Check-in is from ${checkInTime}, check-out until ${checkOutTime} (${timeZone}).`;
}

function until({ respondBy, timeZone }: BookingRow): string {
  return respondBy === null ? '' : momentIn(timeZone, respondBy);
}

/** Who has called off a stay, in words to each side, and what that means for its nights. */
function callingOff(booking: BookingRow, stay: string): { toGuest: string[]; toHost: string[] } {
  const { cancelledBy, cancellationReason } = booking;
  if (cancelledBy === 'host') {
    return {
      toGuest: [`Your host has cancelled ${stay}. We are sorry.`],
      toHost: [
        `You have cancelled ${stay}. The guest gets everything back, and the nights stay blocked.`,
        ...hostFee(booking),
      ],
    };
  }
  if (cancelledBy === 'platform') {
    return {
      toGuest: [`Your payment did not come in time, so ${stay} is cancelled under its policy.`],
      toHost: [
        `The guest did not pay for the next month in time, so ${stay} is cancelled. The nights are free again.`,
        'What has been paid so far is yours as the policy says.',
      ],
    };
  }
  if (cancelledBy === 'guest') {
    return {
      toGuest: [`You have cancelled ${stay}.`],
      toHost: [`The guest has cancelled ${stay}. The nights are free again.`],
    };
  }
  const why = cancellationReason === null ? [] : [`The reason: ${cancellationReason}`];
  return {
    toGuest: [`We have cancelled ${stay}.`, ...why],
    toHost: [`We have cancelled ${stay}. The nights are free again.`, ...why],
  };
}

function hostFee({ hostFeeMinor, currency }: BookingRow): string[] {
  if (hostFeeMinor === null || hostFeeMinor === 0) return [];
  return [
    `For this you owe ${formatMoney({ amount: hostFeeMinor, currency })}, taken off what you are paid next.`,
  ];
}

function refund({ refundMinor, currency, confirmedAt }: BookingRow): string {
  if (confirmedAt === null) return 'You had not been charged.';
  if (refundMinor === null || refundMinor === 0) return 'Under its cancellation policy nothing is refunded.';
  return `${formatMoney({ amount: refundMinor, currency })} goes back to the card you paid with.`;
}
