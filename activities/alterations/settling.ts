import assert from 'node:assert/strict';
import { endAlteration } from '#db/alterations.ts';
import type { AlterationRow } from '#db/alterations.ts';
import { settleNights } from '#db/altered-stays.ts';
import type { AlteredNights } from '#db/altered-stays.ts';
import { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { recordEvent } from '#db/events.ts';
import { hostShareLeft } from '#db/host-money.ts';
import { writeLedger } from '#db/ledger.ts';
import { findRefundPromisedAt, lockPayments, promiseBack } from '#db/promised-refunds.ts';
import { sharesOfBooking } from '#db/refunds.ts';
import { ZONE_DATA } from '#db/zone-data.ts';
import { policyCheckInOf } from '#domain/alterations.ts';
import { settlementOf } from '#domain/alterations/settlement.ts';
import type { RefundId } from '#domain/ids.ts';
import { redivisionEntries } from '#domain/ledger.ts';
import type { Shares } from '#domain/ledger.ts';
import { coinMinor } from '#domain/money.ts';
import type { Guests } from '#domain/pricing.ts';
import { coinsWithin } from '#domain/refunds.ts';
import { timetableByNow } from '#domain/timetable.ts';
import type { Timetable } from '#domain/timetable.ts';

/** What a booking's workflow goes by from then on, and one of the refunds to be started, if any. */
export interface AlteredStay {
  checkInAt: string;
  checkOutAt: string;
  amountMinor: number;
  refundId?: RefundId;
}

/** What an alteration is carried out on, in the caller's transaction and under the booking's lock. */
interface ToAlter {
  booking: BookingRow;
  alteration: AlterationRow;
  at: string;
  actorId: string;
}

export function guestsWanted({ adults, children, infants, pets }: AlterationRow): Guests {
  return { adults, children, infants, pets };
}

export function nightsOf(booking: BookingRow, alteration: AlterationRow): AlteredNights {
  const { id: bookingId, propertyId, guestId } = booking;
  const { preparationNightsBefore, preparationNightsAfter } = alteration;
  assert(preparationNightsBefore !== null && preparationNightsAfter !== null, 'Nobody has accepted it.');
  const preparation = { preparationNightsBefore, preparationNightsAfter };
  return {
    bookingId,
    propertyId,
    guestId,
    alterationId: alteration.id,
    from: booking,
    to: alteration,
    preparation,
  };
}

/**
 * The booking becomes what was agreed: its nights, its party, its price and what is reckoned from them. What it costs
 * less is promised back; what it costs more has been posted before.
 */
export async function alterBooking(trx: Transaction, altering: ToAlter): Promise<AlteredStay> {
  const { booking, alteration, at, actorId } = altering;
  await settleNights(trx, { ...nightsOf(booking, alteration), at });
  const { money, redivided } = settlementOf(booking.price, alteration.price);
  await redivide(trx, altering, redivided);
  const timetable = timetableByNow(booking, alteration); // Zone data may be newer than the proposal.
  await BookingRow.query(trx)
    .findById(booking.id)
    .patch({
      checkIn: alteration.checkIn,
      checkOut: alteration.checkOut,
      ...guestsWanted(alteration),
      preparationNightsBefore: alteration.preparationNightsBefore,
      preparationNightsAfter: alteration.preparationNightsAfter,
      price: alteration.price,
      totalMinor: alteration.price.total.amount,
      ...timetable,
      zoneData: ZONE_DATA,
      policyCheckIn:
        policyCheckInOf({ stay: booking, policyCheckIn: booking.policyCheckIn }, alteration) ?? null,
    });
  const refundOfHostMinor = alteration.refundMinor > 0 ? money.hostMinor : 0;
  await endAlteration(trx, alteration, { to: 'altered', at, actorId, refundOfHostMinor });
  await tell(trx, altering);
  const [refundId] = alteration.refundMinor > 0 ? await giveBack(trx, altering, money) : [];
  return { ...stayOf(timetable, alteration), ...(refundId !== undefined && { refundId }) };
}

/** What came of it when it was carried out before. */
export async function alteredBefore(
  trx: Transaction,
  booking: BookingRow,
  alteration: AlterationRow,
): Promise<AlteredStay> {
  const { bookingId, endedAt } = alteration;
  const refundId =
    endedAt === null
      ? undefined
      : await findRefundPromisedAt(trx, { bookingId, reason: 'alteration', at: endedAt });
  return { ...stayOf(booking, alteration), ...(refundId !== undefined && { refundId }) };
}

function stayOf({ checkInAt, checkOutAt }: Timetable, { price }: AlterationRow): AlteredStay {
  return { checkInAt, checkOutAt, amountMinor: price.total.amount };
}

async function redivide(trx: Transaction, { booking, alteration, at }: ToAlter, more: Shares): Promise<void> {
  const left = await hostShareLeft(trx, booking.id, { less: 'nothing' });
  const entries = redivisionEntries(more, Math.max(0, -more.hostMinor - Math.max(0, left)));
  if (entries.length === 0) return;
  const { paymentId } = booking;
  await writeLedger(trx, { step: `alteration:${alteration.id}`, booking, paymentId, at, entries });
}

/** What was given back of free will before counts: nobody gets more back than was paid. */
async function giveBack(
  trx: Transaction,
  { booking, at, actorId }: ToAlter,
  owed: Shares,
): Promise<RefundId[]> {
  await lockPayments(trx, booking);
  const left = await sharesOfBooking(trx, booking.id);
  const shares = coinsWithin(owed, left, coinMinor(booking.currency));
  return promiseBack(trx, { booking, reason: 'alteration', shares, at, actorId });
}

async function tell(trx: Transaction, { booking, alteration, at, actorId }: ToAlter): Promise<void> {
  const { checkIn, checkOut, chargeMinor: charge, refundMinor: refund } = alteration;
  await recordEvent(trx, {
    kind: 'booking.altered',
    subjectId: booking.id,
    actorId,
    occurredAt: at,
    data: {
      alterationId: alteration.id,
      from: { checkIn: booking.checkIn, checkOut: booking.checkOut, total: booking.totalMinor },
      to: { checkIn, checkOut, total: alteration.price.total.amount },
      charge,
      refund,
    },
  });
}
