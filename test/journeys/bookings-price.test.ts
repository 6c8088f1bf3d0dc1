import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { readQuote, signQuote } from '#api/pricing/quotes.ts';
import { useWorld } from '../support/journeys.ts';
import { movementsOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const NIGHTS = [inDays(30), inDays(33)] as const;

describe('the price of a booking', () => {
  const world = useWorld();

  async function quoted(facts: Record<string, unknown> = {}) {
    const { host, property } = await world().home(facts);
    const guest = await world().person();
    const stay = { checkIn: NIGHTS[0], checkOut: NIGHTS[1], guests: { adults: 2 } };
    const quote = await guest.must(201, guest.post(`/properties/${property.id}/quotes`, stay));
    return { host, property, guest, quote };
  }

  it('is the quote’s, whatever the host has changed since (A11)', async () => {
    const { host, property, guest, quote } = await quoted();
    await host.must(200, host.patch(`/properties/${property.id}`, { pricing: { nightly: 25_000 } }));
    const request = stayRequest({ propertyId: property.id, quoteId: quote.id });
    const booking = await guest.books(request);
    assert.deepEqual(booking.total, quote.total);
    assert.deepEqual(booking.lines, quote.lines);
    assert.equal((await world().bank.intentOf(booking.id)).amount, quote.total.amount);
  });

  it('is today’s without a quote', async () => {
    const { host, property, guest } = await quoted();
    await host.must(200, host.patch(`/properties/${property.id}`, { pricing: { nightly: 20_000 } }));
    const booking = await guest.books(stayRequest({ propertyId: property.id }));
    assert.equal(booking.total.amount, (60_000 + 5_000) * 1.14);
  });

  it('is asked anew when the quote has expired, and the new quote books (A11)', async () => {
    const { host, property, guest, quote } = await quoted();
    await host.must(200, host.patch(`/properties/${property.id}`, { pricing: { nightly: 20_000 } }));
    const stale = expired(quote.id);
    const refused = await guest.post('/bookings', stayRequest({ propertyId: property.id, quoteId: stale }));
    assert.deepEqual([refused.status, refused.body.code], [409, 'quote_expired']);
    const fresh = refused.body.quote;
    assert.equal(fresh.total.amount, (60_000 + 5_000) * 1.14);
    const request = stayRequest({ propertyId: property.id, quoteId: fresh.id });
    const booking = await guest.books(request);
    assert.deepEqual(booking.total, fresh.total);
  });

  /** The same quote, a minute after its time: signed by the stack's own secret. */
  function expired(quoteId: string): string {
    const secret = world().stack.environment.QUOTE_SECRET ?? '';
    const expiresAt = new Date(Date.now() - 60_000).toISOString();
    return signQuote({ ...readQuote(quoteId, secret), expiresAt }, secret);
  }

  it('is never the client’s to say (S3)', async () => {
    const { property, guest, quote } = await quoted();
    for (const price of [{ total: { amount: 1, currency: 'GBP' } }, { amount: 1 }, { lines: [] }]) {
      const { status, body } = await guest.post(
        '/bookings',
        stayRequest({ propertyId: property.id, ...price }),
      );
      assert.deepEqual([status, body.code], [400, 'invalid_input']);
      assert.equal(body.errors[0].path, Object.keys(price)[0]);
    }
    const [prefix, , mac] = quote.id.split('.');
    const cheap = { ...readQuote(quote.id, world().stack.environment.QUOTE_SECRET ?? '') };
    cheap.price = { ...cheap.price, total: { amount: 30, currency: 'GBP' } };
    const forged = [prefix, deflateRawSync(JSON.stringify(cheap)).toString('base64url'), mac].join('.');
    for (const quoteId of [forged, signQuote(cheap, 'a secret of the guest’s own, long enough')]) {
      const { status, body } = await guest.post(
        '/bookings',
        stayRequest({ propertyId: property.id, quoteId }),
      );
      assert.deepEqual([status, body.code, body.errors[0].path], [400, 'invalid_input', 'quoteId']);
    }
    assert.deepEqual((await guest.get('/bookings')).body.data, []);
  });

  it('of one stay buys no other', async () => {
    const { property, guest, quote } = await quoted();
    const other = (await world().home()).property;
    for (const facts of [
      { propertyId: other.id },
      { propertyId: property.id, checkOut: inDays(34) },
      { propertyId: property.id, guests: { adults: 3 } },
    ]) {
      const { status, body } = await guest.post('/bookings', stayRequest({ ...facts, quoteId: quote.id }));
      assert.deepEqual([status, body.code], [400, 'invalid_input']);
    }
  });

  it('in yen has no decimals, from the quote to the bank and back (M1)', async () => {
    const { property, guest, quote, host } = await quoted({
      currency: 'JPY',
      timeZone: 'Asia/Tokyo',
      pricing: { nightly: 12_345, cleaningFee: 3_001, guestsIncluded: 4 },
    });
    // 3 × 12,345 + 3,001 = 40,036, and 14 % of it is 5,605.04.
    assert.deepEqual(quote.total, { amount: 45_641, currency: 'JPY' });
    const booking = await guest.books(stayRequest({ propertyId: property.id, quoteId: quote.id }));
    const intent = await world().bank.intentOf(booking.id);
    assert.deepEqual([intent.amount, intent.currency], [45_641, 'jpy']);
    const [movement] = await movementsOf(world().db, booking.id);
    assert.deepEqual(movement?.entries, {
      bank_clearing: 45_641,
      host_payable: -38_835,
      platform_revenue: -6_806,
    });
    const payment = await guest.must(200, guest.get(`/payments/${booking.payment.id}`));
    assert.deepEqual([payment.amount, payment.currency, payment.status], [45_641, 'JPY', 'posted']);
    assert.match((await world().mail(guest, /is booked/)).text, /JPY 45641 is paid/);
    assert.deepEqual((await host.get(`/bookings/${booking.id}`)).body.total, quote.total);
    const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    assert.deepEqual(cancelled.cancellation.refund, { amount: 45_641, currency: 'JPY' });
    await until('the bank has given the yen back', async () => {
      const refunds = await world().bank.refundsOf(booking.id);
      return refunds.length === 1 && refunds[0]?.amount === 45_641 && refunds[0].currency === 'jpy';
    });
  });
});
