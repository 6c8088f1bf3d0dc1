import assert from 'node:assert/strict';
import { availabilityEndpoints } from '#api/availability/routes.ts';
import { priceEndpoints } from '#api/pricing/price-routes.ts';
import { pricingEndpoints } from '#api/pricing/routes.ts';
import { MAX_QUOTE_ID_LENGTH } from '#api/pricing/schemas.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import type { PropertyRow } from '#db/properties.ts';
import { setPublication } from '#db/properties.ts';
import { inTransaction } from '#db/transaction.ts';
import type { UserId } from '#domain/ids.ts';
import { addDays } from '#domain/nights.ts';
import { NIGHT_PRICE_LIMITS } from '#domain/pricing/nights.ts';
import { TAX_LIMITS } from '#domain/pricing/taxes.ts';
import { aProperty, NOW } from '../db/stays-fixture.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';
import { newPerson, Person } from '../support/people.ts';
import type { Answer, Call, Wire } from '../support/people.ts';

const TODAY = NOW.slice(0, 10);
const MAY = '2027-05-01';
const CITY_TAX = { name: 'City tax', charge: 'per_guest_night', amount: 200, maxNights: 7 };
const VAT = { name: 'VAT', charge: 'percent', percent: 9.975, base: 'stay', included: true };

describe('the prices of a property', () => {
  const api = useLocalApi(
    [...userEndpoints, ...sessionEndpoints, ...availabilityEndpoints, ...priceEndpoints, ...pricingEndpoints],
    { now: () => new Date(NOW), quoteSecret: 'a secret that nobody knows' },
  );
  let host: Person;
  let stranger: Person;
  const anyone = () => new Person(api().url);

  before(async () => {
    host = await newPerson(api().url);
    stranger = await newPerson(api().url);
  });

  async function call(person: Person, path: string, request: Call = {}): Promise<Answer<Wire>> {
    const { method = 'GET' } = request;
    const answer = await person.call(path, request);
    const contentType = answer.headers.get('content-type');
    assertConforms({ method, url: path }, { status: answer.status, contentType, body: answer.body });
    return answer;
  }
  const aHome = (facts: { currency?: string; timeZone?: string } = {}): Promise<PropertyRow> =>
    aProperty(api().db, { hostId: host.id as UserId, ...facts });
  const setPrices = (id: string, body: object, person = host) =>
    call(person, `/properties/${id}/pricing`, { method: 'PUT', body });
  const setNights = (id: string, prices: object[], person = host) =>
    call(person, `/properties/${id}/night-prices`, { method: 'PUT', body: { prices } });
  const copy = (id: string, body: object, person = host) =>
    call(person, `/properties/${id}/night-prices/copies`, { method: 'POST', body });
  const quote = (id: string, stay: object) =>
    call(anyone(), `/properties/${id}/quotes`, { method: 'POST', body: { guests: { adults: 2 }, ...stay } });
  async function nightly(id: string, from: string, to: string): Promise<number[]> {
    const { body } = await call(anyone(), `/properties/${id}/calendar?from=${from}&to=${to}`);
    return body.nights.map(({ price }: Wire) => price);
  }
  const pathsOf = ({ status, body }: Answer<Wire>): unknown => {
    assert.deepEqual([status, body.code], [400, 'invalid_input']);
    return body.errors.map(({ path }: Wire) => path);
  };

  describe('all of them', () => {
    const WHOLE = {
      nightly: 12_000,
      weekend: 15_000,
      cleaningFee: 5_000,
      extraGuestFee: 1_000,
      guestsIncluded: 2,
      petFee: 700,
      weeklyDiscountPercent: 10,
      monthlyDiscountPercent: 20,
      lowestNightly: 9_000,
      earlyBird: { percent: 10, days: 60 },
      lastMinute: { percent: 15, days: 2 },
      serviceFees: 'host_only',
      taxes: [{ ...CITY_TAX, included: false }, VAT],
    };

    it('are set at once and read by anyone, and go back to their defaults when they are left out', async () => {
      const { id: propertyId } = await aHome();
      const whole = { propertyId, currency: 'GBP', ...WHOLE };
      assert.deepEqual((await setPrices(propertyId, WHOLE)).body, whole);
      assert.deepEqual((await call(anyone(), `/properties/${propertyId}/pricing`)).body, whole);
      assert.deepEqual((await setPrices(propertyId, { nightly: 8_000 })).body, {
        propertyId,
        currency: 'GBP',
        nightly: 8_000,
        weekend: null,
        cleaningFee: 0,
        extraGuestFee: 0,
        guestsIncluded: 1,
        petFee: 0,
        weeklyDiscountPercent: 0,
        monthlyDiscountPercent: 0,
        lowestNightly: null,
        earlyBird: null,
        lastMinute: null,
        serviceFees: 'split',
        taxes: [],
      });
    });

    it('are the host’s alone to set, and of what is not published the host’s alone to read (S1)', async () => {
      const { id, hostId } = await aHome();
      assert.equal((await setPrices(id, WHOLE, anyone())).status, 401);
      assert.equal((await setPrices(id, WHOLE, stranger)).status, 404);
      await inTransaction(api().db, (trx) => setPublication(trx, { id, hostId }, 'closed'));
      for (const [person, status] of [
        [anyone(), 404],
        [stranger, 404],
        [host, 200],
      ] as const)
        assert.equal((await call(person, `/properties/${id}/pricing`)).status, status);
    });

    it('are refused where they make no sense, each by its name', async () => {
      const { id } = await aHome();
      const bad: [taxes: object[], paths: string[]][] = [
        [[{ name: 'VAT', charge: 'percent', percent: 7 }], ['taxes.0.base']],
        [[{ name: 'VAT', charge: 'percent', base: 'stay' }], ['taxes.0.percent']],
        [[{ name: 'VAT', charge: 'flat' }], ['taxes.0.amount']],
        [[CITY_TAX, { ...CITY_TAX, percent: 7 }], ['taxes.1.percent']],
        [[{ ...VAT, amount: 7 }], ['taxes.0.amount']],
        [[{ ...VAT, base: 'stay_and_fee' }], ['taxes.0.base']],
        [[{ ...VAT, percent: 0 }], ['taxes.0.percent']],
        [[{ ...VAT, percent: 100.001 }], ['taxes.0.percent']],
        [[{ ...VAT, percent: 7.0001 }], ['taxes.0.percent']],
        [[{ ...CITY_TAX, amount: -1 }], ['taxes.0.amount']],
        [[{ ...CITY_TAX, maxNights: 0 }], ['taxes.0.maxNights']],
        [[{ ...CITY_TAX, name: ' ' }], ['taxes.0.name']],
      ];
      for (const [taxes, paths] of bad)
        assert.deepEqual(pathsOf(await setPrices(id, { nightly: 1, taxes })), paths);
      const days = { percent: 101, days: -1 };
      assert.deepEqual(pathsOf(await setPrices(id, { earlyBird: days })), [
        'nightly',
        'earlyBird.percent',
        'earlyBird.days',
      ]);
    });

    it('are as many taxes as can be, of names as long as can be, and no more', async () => {
      const { id } = await aHome();
      const name = 'T'.repeat(TAX_LIMITS.nameLength);
      const taxes = Array.from({ length: TAX_LIMITS.taxes }, () => ({ ...CITY_TAX, name }));
      assert.equal((await setPrices(id, { nightly: 1, taxes })).status, 200);
      assert.deepEqual(pathsOf(await setPrices(id, { nightly: 1, taxes: [...taxes, CITY_TAX] })), ['taxes']);
      const longer = [{ ...CITY_TAX, name: `${name}T` }];
      assert.deepEqual(pathsOf(await setPrices(id, { nightly: 1, taxes: longer })), ['taxes.0.name']);
    });

    it('are no more than the bank charges at once, in the currency’s own measure (M1)', async () => {
      const { id } = await aHome();
      const most = 99_999_999;
      const taxes = (amount: number) => [{ ...CITY_TAX, amount }];
      const good = { nightly: most, lowestNightly: most, taxes: taxes(most) };
      assert.equal((await setPrices(id, good)).status, 200);
      const answer = await setPrices(id, {
        nightly: most + 1,
        lowestNightly: most + 1,
        taxes: taxes(most + 1),
      });
      assert.deepEqual(pathsOf(answer), ['nightly', 'lowestNightly', 'taxes.0.amount']);
    });

    it('are explained by the quote, line by line (M5)', async () => {
      const { id } = await aHome();
      const taxes = [
        { ...CITY_TAX, maxNights: 2 },
        VAT,
        { name: 'Levy', charge: 'flat', amount: 5, exemptOverNights: 2 },
      ];
      await host.must(200, setPrices(id, { nightly: 10_000, lastMinute: { percent: 10, days: 5 }, taxes }));
      const { body } = await quote(id, { checkIn: addDays(TODAY, 5), checkOut: addDays(TODAY, 8) });
      assert.deepEqual(body.lines, [
        { kind: 'night', label: 'Night', quantity: 3, amount: 30_000 },
        { kind: 'discount', label: 'Last-minute discount, 10 %', quantity: 1, amount: -3_000 },
        { kind: 'service_fee', label: 'Service fee', quantity: 1, amount: 3_780 },
        {
          kind: 'tax',
          label: 'City tax, GBP 2.00 a guest and night, on the first 2 nights',
          quantity: 4,
          amount: 800,
        },
      ]);
      assert.deepEqual(body.includedTaxes, [
        { label: 'VAT, 9.975 % of the stay', quantity: 1, amount: 2_449 },
      ]);
      assert.deepEqual(body.total, { amount: 31_580, currency: 'GBP' });
    });
  });

  describe('of single nights', () => {
    it('are set many at once, the later of two holding, and taken away by null', async () => {
      const { id, hostId } = await aHome();
      const prices = [
        { from: MAY, to: '2027-05-06', price: 15_000 },
        { from: '2027-05-03', to: '2027-05-04', price: 20_000 },
      ];
      assert.equal((await setNights(id, prices)).status, 204);
      const before = [15_000, 15_000, 20_000, 15_000, 15_000, 10_000];
      assert.deepEqual(await nightly(id, MAY, '2027-05-07'), before);
      assert.equal(
        (await setNights(id, [{ from: '2027-05-02', to: '2027-05-04', price: null }])).status,
        204,
      );
      assert.deepEqual(await nightly(id, MAY, '2027-05-05'), [15_000, 10_000, 10_000, 15_000]);
      const told = await api().db('events').where({ subject_id: id, kind: 'property.night_prices_set' });
      assert.deepEqual(
        told.map(({ actor_id }) => actor_id),
        [hostId, hostId],
      );
    });

    it('are what a stay there costs', async () => {
      const { id } = await aHome();
      await host.must(204, setNights(id, [{ from: MAY, to: '2027-05-02', price: 15_000 }]));
      const { body } = await quote(id, { checkIn: '2027-04-30', checkOut: '2027-05-02' });
      assert.deepEqual(body.total, { amount: 28_500, currency: 'GBP' });
    });

    it('can be set from today, by the calendar of the property, to three years ahead', async () => {
      // It is the 11th in Auckland when it is noon on the 10th in London.
      const { id } = await aHome({ timeZone: 'Pacific/Auckland' });
      const today = addDays(TODAY, 1);
      const last = addDays(today, NIGHT_PRICE_LIMITS.daysAhead);
      const night = (from: string) => ({ from, to: addDays(from, 1), price: 1 });
      assert.equal((await setNights(id, [night(today), night(last)])).status, 204);
      const answer = await setNights(id, [night(addDays(today, -1)), night(addDays(last, 1))]);
      assert.deepEqual(pathsOf(answer), ['prices.0.from', 'prices.1.to']);
    });

    it('are refused for no night, for too many spans, and for more than the bank charges', async () => {
      const { id } = await aHome();
      const span = { from: MAY, to: '2027-05-02', price: 1 };
      const spans = Array.from({ length: NIGHT_PRICE_LIMITS.spans }, () => span);
      assert.equal((await setNights(id, spans)).status, 204);
      assert.deepEqual(pathsOf(await setNights(id, [...spans, span])), ['prices']);
      assert.deepEqual(pathsOf(await setNights(id, [])), ['prices']);
      assert.deepEqual(pathsOf(await setNights(id, [{ ...span, to: MAY }])), ['prices.0.to']);
      assert.deepEqual(pathsOf(await setNights(id, [span, { ...span, price: 100_000_000 }])), [
        'prices.1.price',
      ]);
    });

    it('are the host’s alone to set and to copy (S1)', async () => {
      const { id } = await aHome();
      const prices = [{ from: MAY, to: '2027-05-02', price: 1 }];
      const season = { from: MAY, to: '2027-05-02', start: '2027-06-01' };
      for (const [person, status] of [
        [anyone(), 401],
        [stranger, 404],
      ] as const) {
        assert.equal((await setNights(id, prices, person)).status, status);
        assert.equal((await copy(id, season, person)).status, status);
      }
    });

    it('are copied from a season to another, the nights without one too', async () => {
      const { id } = await aHome();
      await setNights(id, [
        { from: MAY, to: '2027-05-03', price: 15_000 },
        { from: '2027-06-01', to: '2027-06-08', price: 30_000 },
      ]);
      assert.equal((await copy(id, { from: MAY, to: '2027-05-05', start: '2027-06-02' })).status, 204);
      const after = [30_000, 15_000, 15_000, 10_000, 10_000, 30_000, 30_000];
      assert.deepEqual(await nightly(id, '2027-06-01', '2027-06-08'), after);
    });

    it('are copied as they were where both seasons overlap', async () => {
      const { id } = await aHome();
      await setNights(id, [
        { from: MAY, to: '2027-05-02', price: 1 },
        { from: '2027-05-02', to: '2027-05-03', price: 2 },
      ]);
      assert.equal((await copy(id, { from: MAY, to: '2027-05-03', start: '2027-05-02' })).status, 204);
      assert.deepEqual(await nightly(id, MAY, '2027-05-05'), [1, 1, 2, 10_000]);
    });

    it('are copied a year at a time, out of the past too, but not into it', async () => {
      const { id } = await aHome();
      const from = addDays(TODAY, -100);
      const year = { from, to: addDays(from, NIGHT_PRICE_LIMITS.seasonNights), start: TODAY };
      assert.equal((await copy(id, year)).status, 204);
      assert.deepEqual(pathsOf(await copy(id, { ...year, to: addDays(year.to, 1) })), ['to']);
      assert.deepEqual(pathsOf(await copy(id, { ...year, start: addDays(TODAY, -1) })), ['start']);
    });

    it('of a whole year come with its calendar in one call, and fit in the id of a quote', async () => {
      const { id } = await aHome();
      const days = [...Array(365).keys()];
      const rates = days.map((day) => 10_000 + ((day * 7_919) % 89_999));
      for (const part of [days.slice(0, 100), days.slice(100, 200), days.slice(200, 300), days.slice(300)]) {
        const night = (day: number) => addDays(MAY, day - 110);
        const prices = part.map((day) => ({ from: night(day), to: night(day + 1), price: rates[day] ?? 0 }));
        assert.equal((await setNights(id, prices)).status, 204);
      }
      const span = [addDays(MAY, -110), addDays(MAY, 255)] as const;
      assert.deepEqual(await nightly(id, ...span), rates);
      const taxes = Array.from({ length: TAX_LIMITS.taxes }, (_, at) => ({
        ...CITY_TAX,
        amount: 100 + at,
        name: `${at} ${'a long name of a tax '.repeat(2)}`,
      }));
      await host.must(200, setPrices(id, { nightly: 1, taxes }));
      const { body } = await quote(id, { checkIn: span[0], checkOut: span[1] });
      assert.ok(body.id.length <= MAX_QUOTE_ID_LENGTH, `${body.id.length} characters`);
      assert.equal(body.lines.filter(({ kind }: Wire) => kind === 'night').length, 1);
    });
  });
});
