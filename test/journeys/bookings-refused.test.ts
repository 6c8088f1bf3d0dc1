import assert from 'node:assert/strict';
import { useWorld } from '../support/journeys.ts';
import { inDays, stayRequest } from '../support/people.ts';

const NIGHTS = [inDays(30), inDays(33)] as const;

describe('a booking that is refused', () => {
  const world = useWorld();

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
    const { status, body } = await guest.post('/bookings', stayRequest({ propertyId: property.id, quoteId }));
    assert.deepEqual([status, body.code], [404, 'not_found']);
  });

  it('goes by the rules of the checkout, whatever they were when the price was asked (A11)', async () => {
    const { host, property } = await world().home();
    const guest = await world().person();
    const stay = { checkIn: NIGHTS[0], checkOut: NIGHTS[1], guests: { adults: 2 } };
    const quote = await guest.must(201, guest.post(`/properties/${property.id}/quotes`, stay));
    const request = stayRequest({ propertyId: property.id, quoteId: quote.id });
    await host.must(200, host.put(`/properties/${property.id}/rules`, { minimumNights: 4 }));
    const { status, body } = await guest.post('/bookings', request);
    assert.deepEqual([status, body.rule, body.limit], [422, 'minimum_nights', 4]);
    assert.deepEqual((await guest.get('/bookings')).body.data, []);
    assert.deepEqual(await world().availability(property.id, ...NIGHTS), [true, true, true]);
    await host.must(200, host.put(`/properties/${property.id}/rules`, { minimumNights: 3 }));
    assert.deepEqual((await guest.books(request)).total, quote.total);
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
      assert.equal((await guest.books(request)).status, 'confirmed');
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
    await early.books(stayRequest({ propertyId: property.id }));
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
    await another.books(stayRequest(theirs));
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
      { clockOffsetMs: 1 },
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
