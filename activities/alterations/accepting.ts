import { acceptProposal, AlterationRow, readAlteration } from '#db/alterations.ts';
import { takeAddedNights } from '#db/altered-stays.ts';
import { lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { findPayment, hasLivePayment, openPayment } from '#db/payments.ts';
import { lockFamily } from '#db/property-lock.ts';
import { payBy, preparationOfAltered } from '#domain/alterations.ts';
import { isCertain } from '#domain/bookings.ts';
import { DomainError } from '#domain/errors.ts';
import type { AlterationId, PaymentId, UserId } from '#domain/ids.ts';
import type { At } from '../bookings/at.ts';
import { requireAllowed } from './proposing.ts';
import { alteredBefore, alterBooking, guestsWanted, nightsOf } from './settling.ts';
import type { AlteredStay } from './settling.ts';

export interface Acceptance {
  alterationId: AlterationId;
  actorId: UserId;
  /** Of a guest: what the difference is paid with. */
  paymentMethodId?: string;
}

/** Both sides agree: the booking is altered, or its added nights wait for a payment. */
export type Agreed = ({ is: 'altered' } & AlteredStay) | ({ is: 'to_be_paid' } & ToBePaid);

export interface ToBePaid {
  paymentId: PaymentId;
  amountMinor: number;
  payBy: string;
  paymentMethodId?: string;
}

/** In the caller's transaction. */
export async function acceptAlteration(trx: Transaction, acceptance: At & Acceptance): Promise<Agreed> {
  const { bookingId, alterationId, actorId, at } = acceptance;
  const booking = await lockBooking(trx, bookingId);
  const alteration = await readAlteration(trx, alterationId);
  if (alteration.status === 'altered')
    return { is: 'altered', ...(await alteredBefore(trx, booking, alteration)) };
  if (alteration.status === 'accepted') return toBePaid(alteration);
  if (alteration.status !== 'proposed' || !isCertain(booking.status)) throw isOver(booking);
  await lockFamily(trx, booking.propertyId);
  const to = { stay: alteration, guests: guestsWanted(alteration) };
  const { rules } = await requireAllowed(trx, booking, { to, at });
  const preparation = preparationOfAltered(booking, alteration, rules);
  const agreed = await AlterationRow.query(trx).patchAndFetchById(alteration.id, preparation);
  await takeAddedNights(trx, nightsOf(booking, agreed));
  if (agreed.chargeMinor === 0) {
    return { is: 'altered', ...(await alterBooking(trx, { booking, alteration: agreed, at, actorId })) };
  }
  return openDifference(trx, { booking, alteration: agreed, acceptance });
}

async function openDifference(
  trx: Transaction,
  {
    booking,
    alteration,
    acceptance,
  }: { booking: BookingRow; alteration: AlterationRow; acceptance: At & Acceptance },
): Promise<Agreed> {
  if (await hasLivePayment(trx, booking.id)) throw isStillClosing(booking);
  const { at, actorId, paymentMethodId = alteration.paymentMethodId } = acceptance;
  // A stay that was free has a payment's name, and none of that name.
  const isFirst = (await findPayment(trx, booking.paymentId)) === undefined;
  const paymentId = isFirst ? booking.paymentId : newId('payment');
  await openPayment(trx, booking, { paymentId, amountMinor: alteration.chargeMinor });
  const turnAt = booking.status === 'confirmed' ? booking.checkInAt : booking.checkOutAt;
  const until = payBy({ at, turnAt, checkInAt: alteration.checkInAt });
  await acceptProposal(trx, alteration, { payBy: until, paymentId, paymentMethodId, at, actorId });
  return toBePaid(await readAlteration(trx, alteration.id));
}

function toBePaid({
  paymentId,
  chargeMinor: amountMinor,
  payBy: until,
  paymentMethodId,
}: AlterationRow): Agreed {
  if (paymentId === null || until === null) throw new Error('An accepted alteration has a payment.');
  const paying = { paymentId, amountMinor, payBy: until };
  return { is: 'to_be_paid', ...paying, ...(paymentMethodId !== null && { paymentMethodId }) };
}

function isOver({ status: bookingStatus }: BookingRow): DomainError {
  return new DomainError('booking_state', 'This proposal is no longer open.', { bookingStatus });
}

function isStillClosing({ status: bookingStatus }: BookingRow): DomainError {
  const message = 'The bank is still closing an earlier payment of it. Try again soon.';
  return new DomainError('booking_state', message, { bookingStatus });
}
