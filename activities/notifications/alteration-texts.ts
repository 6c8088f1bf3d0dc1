import { findAlteration } from '#db/alterations.ts';
import type { AlterationRow } from '#db/alterations.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import type { AlterationId } from '#domain/ids.ts';
import { formatMoney } from '#domain/money.ts';
import type { Side } from '#workflows/notifications.contract.ts';
import { momentIn } from './text.ts';
import type { Text } from './text.ts';

/** What a side is told of a proposal to change their booking; undefined where there is nothing to be said. */
export async function alterationText(
  db: Db,
  { kind, alterationId, to }: { kind: string; alterationId: AlterationId; to: Side },
  booking: BookingRow,
): Promise<Text | undefined> {
  const alteration = await findAlteration(db, alterationId);
  return alteration && TEXTS[kind]?.(alteration, { booking, to });
}

interface Told {
  booking: BookingRow;
  to: Side;
}

const TEXTS: Readonly<Record<string, (alteration: AlterationRow, told: Told) => Text>> = {
  'alteration.proposed': (alteration) => ({
    subject: `Your ${alteration.proposedBy} would like to change the stay`,
    lines: [
      `Your ${alteration.proposedBy} proposes a stay ${wanted(alteration)}.`,
      difference(alteration),
      'Accept or decline it; until then the booking stays as it is.',
    ],
  }),
  'alteration.accepted': (alteration, { booking }) => ({
    subject: 'The change of your stay waits for your payment',
    lines: [
      `Your stay can be changed to one ${wanted(alteration)}.`,
      `${difference(alteration)} The nights are held for you until ${until(alteration, booking)}; not paid by then, the booking stays as it is.`,
    ],
  }),
  'alteration.altered': (alteration, { booking }) => ({
    subject: `The stay from ${booking.checkIn} has been changed`,
    lines: [`The booking is now a stay ${wanted(alteration)}.`, difference(alteration)],
  }),
  'alteration.declined': (alteration, { booking }) => ({
    subject: `The change of the stay from ${booking.checkIn} was declined`,
    lines: [`A stay ${wanted(alteration)} was declined. The booking stays as it is.`],
  }),
  'alteration.withdrawn': (alteration, { booking }) => ({
    subject: `The change of the stay from ${booking.checkIn} was withdrawn`,
    lines: [`A stay ${wanted(alteration)} is proposed no longer. The booking stays as it is.`],
  }),
  'alteration.failed': (alteration, { booking }) => ({
    subject: `The stay from ${booking.checkIn} could not be changed`,
    lines: [
      `A stay ${wanted(alteration)} was agreed on, but not paid: ${alteration.failure?.message ?? ''}`,
      'The booking stays as it is. Nothing was charged, or it goes back by itself.',
    ],
  }),
};

function wanted({ checkIn, checkOut, adults, children }: AlterationRow): string {
  const party = adults + children;
  return `from ${checkIn} to ${checkOut} for ${party.toString()} guest${party === 1 ? '' : 's'}`;
}

function difference({ chargeMinor, refundMinor, price: { total } }: AlterationRow): string {
  const money = (amount: number) => formatMoney({ amount, currency: total.currency });
  if (chargeMinor > 0) return `It costs ${money(chargeMinor)} more, ${money(total.amount)} in all.`;
  if (refundMinor > 0) return `${money(refundMinor)} of the price goes back to the guest.`;
  return 'The price stays as it is.';
}

function until({ payBy }: AlterationRow, { timeZone }: BookingRow): string {
  return payBy === null ? '' : momentIn(timeZone, payBy);
}
