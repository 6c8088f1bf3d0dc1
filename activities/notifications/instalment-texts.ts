import type { BookingRow } from '#db/bookings.ts';
import type { EventRow } from '#db/events.ts';
import { formatMoney } from '#domain/money.ts';
import { momentIn } from './text.ts';
import type { Text } from './text.ts';

/** What a guest is told of an instalment; undefined where there is nothing to be said. */
export function instalmentText(booking: BookingRow, { kind, data }: EventRow): Text | undefined {
  const stay = `your stay from ${booking.checkIn} to ${booking.checkOut}`;
  const amount = formatMoney({ amount: Number(data.amount ?? 0), currency: booking.currency });
  switch (kind) {
    case 'instalment.due':
      return {
        subject: `${amount} for ${stay} could not be charged`,
        lines: [
          WHY[String(data.code)] ?? 'Your bank has declined the charge to the card that you left with us.',
          `Please pay ${amount} until ${momentIn(booking.timeZone, String(data.payBy))}, with that card or another one.`,
          'If it is not paid by then, the stay is cancelled under its cancellation policy.',
        ],
      };
    case 'instalment.paid':
      return {
        subject: `${amount} is paid for ${stay}`,
        lines: [`Your card was charged ${amount} for the month of your stay that begins now.`],
      };
    default:
      return undefined;
  }
}

const WHY: Readonly<Record<string, string>> = {
  authentication_required:
    'Your bank wants to hear from you before it pays with the card that you left with us.',
};
