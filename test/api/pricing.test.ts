import assert from 'node:assert/strict';
import { pricingEndpoints } from '#api/pricing/routes.ts';
import { findOffer, isExpired, readQuote, signQuote } from '#api/pricing/quotes.ts';
import type { PricedStay } from '#api/pricing/quotes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { newId } from '#db/ids.ts';
import { setPublication, updateProperty } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import { inTransaction } from '#db/transaction.ts';
import { isDomainError } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import { addDays } from '#domain/nights.ts';
import { priceStay } from '#domain/pricing.ts';
import { aProperty, aUser, NOW, take } from '../db/stays-fixture.ts';
import type { PropertyFacts } from '../db/stays-fixture.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';
import { newPerson, Person } from '../support/people.ts';
import type { Answer, Wire } from '../support/people.ts';

const SECRET = 'a secret of thirty-two characters';
/** Thursday to Sunday: one night at the base price, two of the weekend. */
const STAY = { checkIn: '2027-03-04', checkOut: '2027-03-07', guests: { adults: 2 } };

describe('quotes', () => {
  const api = useLocalApi([...userEndpoints, ...sessionEndpoints, ...pricingEndpoints], {
    now: () => new Date(NOW),
    quoteSecret: SECRET,
  });

  async function quote(
    property: Pick<PropertyRow, 'id'>,
    facts: object = {},
    { by = new Person(api().url), key }: { by?: Person; key?: string } = {},
  ): Promise<Answer<Wire>> {
    const path = `/properties/${property.id}/quotes`;
    const answer = await by.post(path, { ...STAY, ...facts }, key);
    const contentType = answer.headers.get('content-type');
    assertConforms({ method: 'POST', url: path }, { status: answer.status, contentType, body: answer.body });
    return answer;
  }
  const aListing = (facts: PropertyFacts = {}) =>
    aProperty(api().db, { weekendMinor: 120_00, cleaningFeeMinor: 30_00, ...facts });

  it('asks the database nothing about dates that make no stay', async () => {
    const { db } = api();
    const asked: string[] = [];
    const hear = ({ sql }: { sql: string }) => asked.push(sql);
    db.on('query', hear);
    const backwards = {
      propertyId: newId('property'),
      checkIn: STAY.checkOut,
      checkOut: STAY.checkIn,
      guestId: undefined,
    };
    await assert.rejects(findOffer(db, backwards), (error) => isDomainError(error, 'invalid_input'));
    await db.raw('select 1'); // Comes after whatever was asked before.
    db.off('query', hear);
    assert.deepEqual(asked, ['select 1']);
  });

  it('list what a stay costs, line by line, for half an hour', async () => {
    const property = await aListing();
    const { status, body } = await quote(property);
    assert.equal(status, 201);
    const { id, ...rest } = body;
    assert.deepEqual(rest, {
      propertyId: property.id,
      checkIn: STAY.checkIn,
      checkOut: STAY.checkOut,
      guests: { adults: 2, children: 0, infants: 0, pets: 0 },
      lines: [
        { kind: 'night', label: 'Night', quantity: 1, amount: 100_00 },
        { kind: 'night', label: 'Weekend night', quantity: 2, amount: 240_00 },
        { kind: 'cleaning', label: 'Cleaning fee', quantity: 1, amount: 30_00 },
        { kind: 'service_fee', label: 'Service fee', quantity: 1, amount: 51_80 },
      ],
      total: { amount: 421_80, currency: 'GBP' },
      bookingMode: 'instant',
      expiresAt: '2027-01-10T12:30:00.000Z',
    });
    assert.match(id, /^qte_1\.[\w-]+\.[\w-]+$/);
  });

  it('are integers of the minor unit in a currency without decimals (M1)', async () => {
    const property = await aListing({
      currency: 'JPY',
      nightlyMinor: 12_345,
      weekendMinor: 15_001,
      cleaningFeeMinor: 0,
    });
    const { body } = await quote(property);
    // 14 % of 42,347 is 5,928.58.
    assert.deepEqual(body.total, { amount: 48_276, currency: 'JPY' });
  });

  it('carry the price in their id, which a later edit does not reach (A11)', async () => {
    const property = await aListing();
    const { body } = await quote(property);
    const { id, hostId } = property;
    await inTransaction(api().db, (trx) => updateProperty(trx, { id, hostId }, { nightlyMinor: 999_00 }));
    const { price, propertyId } = readQuote(body.id, SECRET);
    assert.deepEqual([propertyId, price.total, price.lines], [id, body.total, body.lines]);
    assert.equal((await quote(property)).body.lines[0].amount, 999_00);
  });

  it('are refused for nights that are taken, and hold none themselves', async () => {
    const property = await aListing();
    await quote(property);
    const { checkIn, checkOut } = STAY;
    const guestId = await aUser(api().db);
    assert.equal(await take(api().db, { propertyId: property.id, guestId, checkIn, checkOut }), 'taken');
    const { status, body } = await quote(property, { checkIn: '2027-03-06', checkOut: '2027-03-08' });
    assert.deepEqual([status, body.code], [409, 'dates_unavailable']);
    assert.equal(
      (await quote(property, { checkIn: '2027-03-07', checkOut: '2027-03-08' })).status,
      201,
      '(D2)',
    );
  });

  it('are refused where there is no room to prepare (D3)', async () => {
    const property = await aListing({ rules: { preparationNightsBefore: 1 } });
    const guestId = await aUser(api().db);
    await take(api().db, { propertyId: property.id, guestId, checkIn: '2027-03-03', checkOut: '2027-03-04' });
    assert.equal((await quote(property)).body.code, 'dates_unavailable');
    assert.equal((await quote(property, { checkIn: '2027-03-05' })).status, 201);
  });

  it('name the rule that refuses the stay, and the bound that would do', async () => {
    const property = await aListing({ rules: { minimumNights: 3, maximumNights: 10, maximumPets: 0 } });
    for (const [facts, rule, limit] of [
      [{ checkOut: '2027-03-05' }, 'minimum_nights', 3],
      [{ checkOut: '2027-03-20' }, 'maximum_nights', 10],
      [{ guests: { adults: 3, children: 2 } }, 'capacity', 4],
      [{ guests: { adults: 1, pets: 1 } }, 'pets', 0],
      [{ checkIn: '2027-01-09', checkOut: '2027-01-12' }, 'past', '2027-01-10'],
      [{ checkIn: '2028-03-04', checkOut: '2028-03-08' }, 'booking_window', '2028-01-10'],
    ] as const) {
      const { status, body } = await quote(property, facts);
      assert.deepEqual([status, body.code, body.rule, body.limit], [422, 'stay_refused', rule, limit]);
    }
  });

  it('are none for the host, and none for what is not published', async () => {
    const host = await newPerson(api().url);
    const property = await aListing({ hostId: host.id as UserId });
    assert.equal((await quote(property, {}, { by: host })).body.rule, 'own_property');
    const { id, hostId } = property;
    await inTransaction(api().db, (trx) => setPublication(trx, { id, hostId }, 'closed'));
    assert.equal((await quote(property)).status, 404);
    assert.equal((await quote(property, {}, { by: host })).body.rule, 'not_published');
    assert.equal((await quote({ id: newId('property') })).status, 404);
  });

  it('need a night, real dates and an adult, and take no price (D1, S3)', async () => {
    const property = await aListing();
    for (const [facts, path] of [
      [{ checkOut: STAY.checkIn }, 'checkOut'],
      [{ checkOut: '2027-03-01' }, 'checkOut'],
      [{ checkIn: '2027-02-30' }, 'checkIn'],
      [{ guests: { adults: 0, children: 2 } }, 'guests.adults'],
      [{ total: { amount: 1, currency: 'GBP' } }, 'total'],
    ] as const) {
      const { status, body } = await quote(property, facts);
      assert.equal(status, 400);
      assert.deepEqual(
        body.errors.map((error: Wire) => error.path),
        [path],
      );
    }
  });

  it('below what the bank will charge are refused', async () => {
    const { status, body } = await quote(
      await aListing({ nightlyMinor: 5, weekendMinor: 5, cleaningFeeMinor: 0 }),
    );
    assert.deepEqual([status, body.code], [422, 'amount_too_small']);
  });

  it('come again for the same key, price and all (M23)', async () => {
    const guest = await newPerson(api().url);
    const property = await aListing();
    const first = await quote(property, {}, { by: guest, key: 'quote-key' });
    const { id, hostId } = property;
    await inTransaction(api().db, (trx) => updateProperty(trx, { id, hostId }, { nightlyMinor: 999_00 }));
    const again = await quote(property, {}, { by: guest, key: 'quote-key' });
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
  });
});

describe('a quote\u2019s token', () => {
  const stay = { checkIn: '2027-03-04', checkOut: '2027-03-07' };
  const guests = { adults: 2, children: 0, infants: 0, pets: 0 };
  const priced = (facts: Partial<PricedStay> = {}): PricedStay => ({
    propertyId: newId('property'),
    ...stay,
    guests,
    price: priceStay({ stay, guests, pricing: { nightly: 100_00, weekend: 120_00 }, currency: 'GBP' }),
    bookingMode: 'instant',
    expiresAt: '2027-01-10T12:30:00.000Z',
    ...facts,
  });
  const isRefused = (error: unknown) =>
    isDomainError(error, 'invalid_input') && JSON.stringify(error.details).includes('"quoteId"');

  it('gives back what was signed', () => {
    const quote = priced();
    assert.deepEqual(readQuote(signQuote(quote, SECRET), SECRET), quote);
  });

  it('with any character changed, cut or added is none of ours (S3)', () => {
    const token = signQuote(priced(), SECRET);
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'A' ? 'B' : 'A';
      assert.throws(
        () => readQuote(token.slice(0, index) + other + token.slice(index + 1), SECRET),
        isRefused,
      );
    }
    for (const wrong of [
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      token.replace('qte_1', 'qte_2'),
      '',
      '.',
      'qte_1..',
    ]) {
      assert.throws(() => readQuote(wrong, SECRET), isRefused);
    }
  });

  it('signed with another secret is none of ours', () => {
    assert.throws(() => readQuote(signQuote(priced(), `${SECRET}!`), SECRET), isRefused);
  });

  it('stays short for the longest stay', () => {
    const year = { checkIn: '2027-03-04', checkOut: addDays('2027-03-04', 365) };
    const price = priceStay({
      stay: year,
      guests,
      pricing: { nightly: 123_45, weekend: 234_56 },
      currency: 'GBP',
    });
    const length = signQuote(priced({ ...year, price }), SECRET).length;
    assert.ok(length <= 2048, `${length} characters`);
  });

  it('counts its last instant as in time, and the next millisecond as too late (D12)', () => {
    const quote = priced();
    assert.equal(isExpired(quote, '2027-01-10T12:30:00.000Z'), false);
    assert.equal(isExpired(quote, '2027-01-10T12:30:00.001Z'), true);
  });
});
