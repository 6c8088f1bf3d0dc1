import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { readQuote, signQuote } from '#api/pricing/quotes.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { useWorld } from '../support/journeys.ts';
import { assertBooksBalance, assertChainHolds, eventsOf, movementsOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const NIGHTS = [inDays(30), inDays(33)] as const;

describe('booking a stay', () => {
  const world = useWorld();

  describe('in one call', () => {
    it('confirms, takes the nights and says what was paid for', async () => {
      const { booking, guest, host, property } = await world().booked();
      assert.equal(booking.status, 'confirmed');
      assert.equal(booking.payment.status, 'posted');
      assert.equal(booking.payment.clientSecret, undefined);
      assert.deepEqual(
        booking.lines.map(({ kind, quantity, amount }: any) => [kind, quantity, amount]),
        [
          ['night', 3, 30_000],
          ['cleaning', 1, 5_000],
          ['service_fee', 1, 4_900],
        ],
      );
      assert.deepEqual(booking.total, { amount: 39_900, currency: 'GBP' });
      assert.equal(booking.hostId, host.id);
      assert.equal(booking.guestId, guest.id);
      assert.deepEqual(await world().availability(property.id, ...NIGHTS), [false, false, false]);
      const intent = await world().bank.intentOf(booking.id);
      assert.deepEqual([intent.status, intent.amount, intent.currency], ['succeeded', 39_900, 'gbp']);
    });

    it('posts balanced entries that say whose money it is', async () => {
      const { booking } = await world().booked();
      const intent = await world().bank.intentOf(booking.id);
      assert.deepEqual(await movementsOf(world().db, booking.id), [
        {
          step: `post:${booking.payment.id}`,
          bankId: intent.latest_charge,
          entries: { bank_clearing: 39_900, host_payable: -33_950, platform_revenue: -5_950 },
        },
      ]);
      await assertBooksBalance(world().db);
    });

    it('tells of each step once, numbered and chained', async () => {
      const { booking, guest } = await world().booked();
      await until('the events are numbered', async () =>
        (await eventsOf(world().db, booking.id)).every(({ seq }) => seq !== null),
      );
      const events = await eventsOf(world().db, booking.id);
      assert.deepEqual(
        events.map(({ kind, actor_id, data }) => [kind, actor_id, data.before, data.after]),
        [
          ['booking.requested', guest.id, null, 'requested'],
          ['booking.held', guest.id, 'requested', 'held'],
          ['booking.confirmed', 'system', 'held', 'confirmed'],
        ],
      );
      await assertChainHolds(world().db);
    });

    it('tells guest and host by mail', async () => {
      const { guest, host, booking } = await world().booked();
      const toGuest = await world().mail(guest, /is booked/);
      assert.match(toGuest.text, /GBP 399\.00 is paid/);
      assert.match(toGuest.text, new RegExp(booking.id));
      const toHost = await world().mail(host, /A guest is coming/);
      assert.doesNotMatch(toHost.text, /399/);
      assert.equal((await world().mailbox(guest)).length, 1);
    });

    it('leaves a workflow that is legible without its payloads', async () => {
      const { booking, guest, host, property } = await world().booked();
      const { client } = world().temporal;
      const description = await client.workflow.getHandle(bookStayId(booking.id)).describe();
      assert.equal(description.status.name, 'RUNNING');
      assert.equal(await description.staticSummary(), `Stay ${NIGHTS.join(' to ')} at ${property.id}`);
      const attributes = Object.fromEntries(
        description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
      );
      delete attributes.BuildIds; // The server's own.
      assert.deepEqual(attributes, {
        BookingStatus: 'confirmed',
        PropertyId: property.id,
        GuestId: guest.id,
        HostId: host.id,
        CheckIn: new Date(booking.checkInAt),
        CheckOut: new Date(booking.checkOutAt),
      });
    });

    it('keeps an answer for the guest and lists the booking for both sides', async () => {
      const { booking, guest, host } = await world().booked();
      assert.deepEqual((await guest.get(`/bookings/${booking.id}`)).body, booking);
      for (const [person, as] of [
        [guest, 'guest'],
        [host, 'host'],
      ] as const) {
        const { body } = await person.get(`/bookings?as=${as}`);
        assert.deepEqual(
          body.data.map(({ id }: any) => id),
          [booking.id],
        );
      }
    });
  });

  describe('with a card that is declined', () => {
    const cards = [
      ['pm_card_visa_chargeDeclined', 'generic_decline'],
      ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
      ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ] as const;

    for (const [paymentMethodId, declineCode] of cards) {
      it(`answers 402 with ${declineCode} when the nights are free again`, async () => {
        const { property } = await world().home();
        const guest = await world().person();
        const request = stayRequest({ propertyId: property.id, paymentMethodId });
        const { status, body } = await guest.post('/bookings', request);
        assert.equal(status, 402);
        assert.deepEqual([body.code, body.declineCode], ['card_declined', declineCode]);
        assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
        const seen = await guest.must(200, guest.get(`/bookings/${body.bookingId}`));
        assert.equal(seen.status, 'rejected');
        assert.deepEqual(seen.rejection, { code: 'card_declined' });
        assert.equal(seen.holdExpiresAt, undefined);
      });
    }

    it('leaves nothing at the bank that could still be paid, and nothing in the ledger', async () => {
      const { property } = await world().home();
      const guest = await world().person();
      const request = stayRequest({ propertyId: property.id, paymentMethodId: 'pm_card_chargeDeclined' });
      const { bookingId } = await guest.must(402, guest.post('/bookings', request));
      const intent = await world().bank.intentOf(bookingId);
      assert.equal(intent.status, 'canceled');
      assert.notEqual(await world().bank.payInBrowser(intent.client_secret ?? ''), 200);
      assert.deepEqual(await movementsOf(world().db, bookingId), []);
      await until('the workflow is over', async () => {
        return (await world().temporal.statusOf(bookStayId(bookingId))) === 'COMPLETED';
      });
      const seen = await guest.must(200, guest.get(`/bookings/${bookingId}`));
      assert.deepEqual(seen.payment, { id: seen.payment.id, status: 'voided' });
    });

    it('gives the same refusal to the same key, and books nothing more', async () => {
      const { property } = await world().home();
      const guest = await world().person();
      const request = stayRequest({
        propertyId: property.id,
        paymentMethodId: 'pm_card_chargeDeclinedLostCard',
      });
      const first = await guest.post('/bookings', request, 'my key');
      const again = await guest.post('/bookings', request, 'my key');
      assert.deepEqual([first.status, again.status], [402, 402]);
      assert.equal(again.headers.get('idempotent-replayed'), 'true');
      const { requestId: _, ...refusal } = first.body;
      const { requestId: __, ...repeated } = again.body;
      assert.deepEqual(repeated, refusal);
      assert.equal((await guest.get('/bookings')).body.data.length, 1);
    });

    it('lets the guest book the same nights with another card', async () => {
      const { property } = await world().home();
      const guest = await world().person();
      const request = stayRequest({ propertyId: property.id });
      const declined = { ...request, paymentMethodId: 'pm_card_chargeDeclined' };
      await guest.must(402, guest.post('/bookings', declined));
      assert.equal((await guest.must(201, guest.post('/bookings', request))).status, 'confirmed');
    });
  });

  describe('the price', () => {
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
      const booking = await guest.must(201, guest.post('/bookings', request));
      assert.deepEqual(booking.total, quote.total);
      assert.deepEqual(booking.lines, quote.lines);
      assert.equal((await world().bank.intentOf(booking.id)).amount, quote.total.amount);
    });

    it('is today’s without a quote', async () => {
      const { host, property, guest } = await quoted();
      await host.must(200, host.patch(`/properties/${property.id}`, { pricing: { nightly: 20_000 } }));
      const booking = await guest.must(
        201,
        guest.post('/bookings', stayRequest({ propertyId: property.id })),
      );
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
      const booking = await guest.must(201, guest.post('/bookings', request));
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
      const booking = await guest.must(
        201,
        guest.post('/bookings', stayRequest({ propertyId: property.id, quoteId: quote.id })),
      );
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

  describe('what is refused', () => {
    const cases: [string, (property: any) => Record<string, unknown>, Record<string, unknown>?][] = [
      ['past', () => ({ checkIn: inDays(-2), checkOut: inDays(1) })],
      ['advance_notice', () => ({}), { advanceNoticeDays: 60 }],
      ['booking_window', () => ({ checkIn: inDays(80), checkOut: inDays(82) }), { bookingWindowMonths: 2 }],
      ['minimum_nights', () => ({}), { minimumNights: 4 }],
      ['maximum_nights', () => ({}), { maximumNights: 2 }],
      ['capacity', () => ({ guests: { adults: 3, children: 2 } })],
      ['pets', () => ({ guests: { adults: 1, pets: 1 } }), { maximumPets: 0 }],
    ];

    for (const [rule, facts, rules] of cases) {
      it(`names the rule: ${rule}`, async () => {
        const { host, property } = await world().home();
        if (rules !== undefined) await host.must(200, host.put(`/properties/${property.id}/rules`, rules));
        const guest = await world().person();
        const request = stayRequest({ propertyId: property.id, ...facts(property) });
        const { status, body } = await guest.post('/bookings', request);
        assert.deepEqual([status, body.code, body.rule], [422, 'stay_refused', rule]);
        assert.notEqual(body.limit, undefined);
        assert.deepEqual((await guest.get('/bookings')).body.data, []);
      });
    }

    it('refuses a host their own property', async () => {
      const { host, property } = await world().home();
      const { status, body } = await host.post('/bookings', stayRequest({ propertyId: property.id }));
      assert.deepEqual([status, body.code, body.rule], [422, 'stay_refused', 'own_property']);
    });

    it('knows no property that the host has closed meanwhile (A12)', async () => {
      const { host, property } = await world().home();
      const guest = await world().person();
      const stay = { checkIn: NIGHTS[0], checkOut: NIGHTS[1], guests: { adults: 2 } };
      const { id: quoteId } = await guest.must(201, guest.post(`/properties/${property.id}/quotes`, stay));
      await host.must(200, host.delete(`/properties/${property.id}/publication`));
      const { status, body } = await guest.post(
        '/bookings',
        stayRequest({ propertyId: property.id, quoteId }),
      );
      assert.deepEqual([status, body.code], [404, 'not_found']);
    });

    it('refuses nights that a confirmed stay has, and takes those beside it (D2)', async () => {
      const { property } = await world().booked();
      const guest = await world().person();
      for (const [from, to] of [
        [30, 33],
        [29, 31],
        [31, 32],
        [32, 40],
      ] as const) {
        const request = stayRequest({ propertyId: property.id, checkIn: inDays(from), checkOut: inDays(to) });
        const { status, body } = await guest.post('/bookings', request);
        assert.deepEqual([status, body.code], [409, 'dates_unavailable']);
      }
      for (const [from, to] of [
        [28, 30],
        [33, 34],
      ] as const) {
        const request = stayRequest({ propertyId: property.id, checkIn: inDays(from), checkOut: inDays(to) });
        assert.equal((await guest.must(201, guest.post('/bookings', request))).status, 'confirmed');
      }
    });

    it('lets checkout decide, however free the nights were when they were looked at (A19)', async () => {
      const { property } = await world().home();
      const [early, late] = [await world().person(), await world().person()];
      const stay = { checkIn: NIGHTS[0], checkOut: NIGHTS[1], guests: { adults: 2 } };
      const near = '/properties?near=53.4808,-2.2426&radiusKm=5&limit=100';
      const dates = `&checkIn=${NIGHTS[0]}&checkOut=${NIGHTS[1]}&guests=2`;
      const found = await late.must(200, late.get(near + dates));
      assert.ok(found.data.some(({ id }: any) => id === property.id));
      const quote = await late.must(201, late.post(`/properties/${property.id}/quotes`, stay));
      await early.must(201, early.post('/bookings', stayRequest({ propertyId: property.id })));
      const request = stayRequest({ propertyId: property.id, quoteId: quote.id });
      const { status, body } = await late.post('/bookings', request);
      assert.deepEqual([status, body.code], [409, 'dates_unavailable']);
      const after = await late.must(200, late.get(near + dates));
      assert.ok(!after.data.some(({ id }: any) => id === property.id));
    });

    it('holds three stays for a guest and no fourth, until one is over (A17)', async () => {
      const { property } = await world().home();
      const guest = await world().person();
      const hold = (day: number) =>
        guest.post(
          '/bookings',
          stayRequest({
            propertyId: property.id,
            checkIn: inDays(day),
            checkOut: inDays(day + 1),
            paymentMethodId: undefined,
          }),
        );
      const [first] = [
        await guest.must(201, hold(10)),
        await guest.must(201, hold(11)),
        await guest.must(201, hold(12)),
      ];
      const fourth = await hold(13);
      assert.deepEqual([fourth.status, fourth.body.code, fourth.body.limit], [409, 'hold_limit', 3]);
      assert.deepEqual(await world().availability(property.id, inDays(13), inDays(14)), [true]);
      const another = await world().person();
      const theirs = { propertyId: property.id, checkIn: inDays(13), checkOut: inDays(14) };
      await another.must(201, another.post('/bookings', stayRequest(theirs)));
      await guest.must(200, guest.post(`/bookings/${first.id}/cancellation`));
      await guest.must(201, hold(14));
    });

    it('takes nothing that is not the client’s to say (S4)', async () => {
      const { property, host } = await world().home();
      const guest = await world().person();
      for (const more of [
        { status: 'confirmed' },
        { hostId: guest.id },
        { guestId: host.id },
        { role: 'operator' },
        { id: 'bkg_00000000000000000000000000' },
        { holdExpiresAt: '2099-01-01T00:00:00Z' },
        { payment: { status: 'posted' } },
        { sandbox: true, clockOffsetMs: 1 },
        { cancellationPolicy: 'flexible' },
      ]) {
        const { status, body } = await guest.post(
          '/bookings',
          stayRequest({ propertyId: property.id, ...more }),
        );
        assert.deepEqual([status, body.code], [400, 'invalid_input'], JSON.stringify(more));
        for (const path of Object.keys(more))
          assert.ok(
            body.errors.some((error: any) => error.path === path),
            path,
          );
      }
      assert.deepEqual((await guest.get('/bookings')).body.data, []);
    });

    it('names every bad field at once', async () => {
      const guest = await world().person();
      const { status, body } = await guest.post('/bookings', {
        propertyId: 'somewhere',
        checkIn: '2027-02-30',
        checkOut: 'soon',
        guests: { adults: 0 },
        paymentMethodId: '4242424242424242',
      });
      assert.deepEqual([status, body.code], [400, 'invalid_input']);
      assert.deepEqual(
        body.errors.map(({ path }: any) => path),
        ['propertyId', 'checkIn', 'checkOut', 'guests.adults', 'paymentMethodId'],
      );
    });

    it('refuses a stay without a night (D1)', async () => {
      const { property } = await world().home();
      const guest = await world().person();
      for (const checkOut of [inDays(30), inDays(29)]) {
        const { status } = await guest.post('/bookings', stayRequest({ propertyId: property.id, checkOut }));
        assert.equal(status, 400);
      }
    });
  });
});
