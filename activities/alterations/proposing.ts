import { findAlteration, endAlteration, insertProposal, readAlteration } from '#db/alterations.ts';
import { addedNightsAreFree } from '#db/altered-stays.ts';
import { guestsOf, lockBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { datesUnavailable } from '#db/constraints.ts';
import { readPricing } from '#db/pricing.ts';
import { findProperty } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import { readStayRules } from '#db/stay-rules.ts';
import { alterationRefusal } from '#domain/alterations.ts';
import type { Wanted } from '#domain/alterations.ts';
import { alterationOffer } from '#domain/alterations/price.ts';
import { isCertain } from '#domain/bookings.ts';
import { cancellationOf } from '#domain/cancellation/booked.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { AlterationId, UserId } from '#domain/ids.ts';
import { instantOf, newStay } from '#domain/nights.ts';
import type { Instant } from '#domain/nights.ts';
import type { Guests } from '#domain/pricing.ts';
import type { StayRules } from '#domain/availability.ts';
import type { At } from '../bookings/at.ts';

/** What a side wants the booking to become, all of it. */
export interface Proposal {
  alterationId: AlterationId;
  by: 'guest' | 'host';
  actorId: UserId;
  checkIn: string;
  checkOut: string;
  guests: Guests;
  /** Of a guest: what the difference is paid with, when the host agrees. */
  paymentMethodId?: string;
}

export interface Closing {
  alterationId: AlterationId;
  to: 'declined' | 'withdrawn';
  actorId: UserId;
}

/** In the caller's transaction, as all of these. */
export async function proposeAlteration(trx: Transaction, proposal: At & Proposal): Promise<void> {
  const { bookingId, alterationId, by, actorId, checkIn, checkOut, guests, at } = proposal;
  const booking = await lockBooking(trx, bookingId);
  if ((await findAlteration(trx, alterationId)) !== undefined) return;
  await requireAlterable(trx, booking);
  const to = { stay: newStay(checkIn, checkOut), guests };
  const { property } = await requireAllowed(trx, booking, { to, at });
  requireCurrencyOf(booking, property);
  const nights = { bookingId, propertyId: booking.propertyId, from: booking, to: to.stay };
  if (!(await addedNightsAreFree(trx, nights))) throw datesUnavailable();
  const judged = cancellationOf(booking, { at, by });
  const offer = alterationOffer({
    ...judged,
    guests: guestsOf(booking),
    to,
    pricing: await readPricing(trx, property, to.stay),
    by,
  });
  await insertProposal(trx, booking, {
    id: alterationId,
    proposedBy: by,
    checkIn,
    checkOut,
    ...guests,
    checkInAt: instantOf(checkIn, booking.checkInTime, booking.timeZone),
    checkOutAt: instantOf(checkOut, booking.checkOutTime, booking.timeZone),
    ...offer,
    paymentMethodId: proposal.paymentMethodId ?? null,
    proposedAt: at,
    actorId,
  });
}

/** While one is being paid for, there is no other. @throws DomainError `booking_state` */
async function requireAlterable(trx: Transaction, booking: BookingRow): Promise<void> {
  const { status: bookingStatus, alterationId } = booking;
  if (!isCertain(bookingStatus)) {
    const message = `A booking that is ${bookingStatus} cannot be altered.`;
    throw new DomainError('booking_state', message, { bookingStatus });
  }
  if (alterationId === null || (await readAlteration(trx, alterationId)).status === 'proposed') return;
  throw new DomainError('booking_state', 'An alteration of it is being paid for.', { bookingStatus });
}

/** What a host asks in another currency by now is no price for a booking. @throws DomainError `stay_refused` (`currency`) */
function requireCurrencyOf({ currency }: BookingRow, property: PropertyRow): void {
  if (property.currency === currency) return;
  const message = `The booking is in ${currency}, and the property has its prices in ${property.currency} by now.`;
  throw new DomainError('stay_refused', message, { rule: 'currency', limit: property.currency });
}

/** The property as it is now. @throws DomainError as `alterationRefusal`; `not_found` for a property that is gone */
export async function requireAllowed(
  trx: Transaction,
  booking: BookingRow,
  { to, at }: { to: Wanted; at: Instant },
): Promise<{ property: PropertyRow; rules: StayRules }> {
  const property = await findProperty(trx, booking.propertyId);
  if (property === undefined) throw notFound('property');
  const rules = await readStayRules(trx, property.id);
  const { status, timeZone: zone, checkInTime } = booking;
  const refusal = alterationRefusal({
    booking: { stay: booking, guests: guestsOf(booking), status, zone, checkInTime },
    to,
    property: { status: property.status, capacity: property.capacity, rules },
    at,
  });
  if (refusal !== undefined) throw refusal;
  return { property, rules };
}

export async function closeProposal(
  trx: Transaction,
  { bookingId, alterationId, to, actorId, at }: At & Closing,
): Promise<void> {
  await lockBooking(trx, bookingId);
  const alteration = await readAlteration(trx, alterationId);
  if (alteration.status === 'proposed') await endAlteration(trx, alteration, { to, at, actorId });
}
