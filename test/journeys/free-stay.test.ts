import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { newPerson, newProperty, stayRequest } from '../support/people.ts';
import { useStack } from '../support/stack.ts';

describe('a stay that costs nothing', () => {
  const stack = useStack();

  it('is confirmed without a payment, and refunds nothing when it is cancelled (M6)', async () => {
    const { api } = stack().addresses;
    const [host, guest] = await Promise.all([newPerson(api), newPerson(api)]);
    const property = await newProperty(host, { pricing: { nightly: 0 } });
    const booking = await guest.books(stayRequest({ propertyId: property.id }));
    assert.equal(booking.status, 'confirmed');
    assert.deepEqual(booking.total, { amount: 0, currency: 'GBP' });
    assert.equal(booking.payment, undefined);
    const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    assert.equal(cancelled.status, 'cancelled');
    assert.deepEqual(cancelled.cancellation.refund, { amount: 0, currency: 'GBP' });
  });

  it('cannot be paid for, and says so again to the same key (M6, M23)', async () => {
    const { api } = stack().addresses;
    const [host, guest] = await Promise.all([newPerson(api), newPerson(api)]);
    const property = await newProperty(host, { pricing: { nightly: 0 } });
    const { id } = await guest.books(stayRequest({ propertyId: property.id }));
    const pay = { bookingId: id, paymentMethodId: 'pm_card_visa' };
    for (const attempt of ['asked', 'asked again']) {
      const { status, body } = await guest.post('/payments', pay, 'one key');
      assert.deepEqual([status, body.code, body.bookingStatus], [409, 'booking_state', 'confirmed'], attempt);
    }
  });
});
