import assert from 'node:assert/strict';
import { newBooking } from '#api/bookings/terms.ts';
import { pricingOf } from '#db/pricing.ts';
import { findBooking, insertBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findProperty } from '#db/properties.ts';
import { inTransaction } from '#db/transaction.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { priceStay } from '#domain/pricing.ts';
import { inDays } from './people.ts';

/** A request as an outage of Temporal leaves it: recorded, and nobody at it. */
export async function leaveRequest(
  db: Db,
  { propertyId, guestId }: { propertyId: string; guestId: string },
): Promise<BookingRow> {
  const property = await findProperty(db, propertyId as PropertyId);
  assert.ok(property);
  const stay = { checkIn: inDays(30), checkOut: inDays(33) };
  const guests = { adults: 2, children: 0, infants: 0, pets: 0 };
  const price = priceStay({ stay, guests, pricing: pricingOf(property), currency: property.currency });
  const asked = {
    ...stay,
    guests,
    propertyId: property.id,
    guestId: guestId as UserId,
    paymentMethodId: 'pm_card_visa',
  };
  const booking = newBooking(asked, { property, price, bookingMode: property.bookingMode }, new Date());
  await inTransaction(db, (trx) => insertBooking(trx, booking));
  const row = await findBooking(db, booking.id);
  assert.ok(row);
  return row;
}
