import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findNightPrices, setNightPrices } from '#db/night-prices.ts';
import { pricingOf } from '#db/pricing.ts';
import { insertProperty, PropertyRow } from '#db/properties.ts';
import type { SearchedStay } from '#db/search.ts';
import { THE_STAY } from '#db/search/asked.ts';
import { stayTotal } from '#db/search/price.ts';
import { stayBindings } from '#db/search/stay.ts';
import { inTransaction } from '#db/transaction.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { MAX_AMOUNT_MINOR } from '#domain/money.ts';
import { addDays, daysBetween, todayIn } from '#domain/nights.ts';
import { reckonStay } from '#domain/pricing.ts';
import type { Pricing } from '#domain/pricing.ts';
import { anyPricing, anyStay, ODD_CURRENCIES } from '#test/domain/pricing-fixture.ts';
import { useOwnDatabase } from '#test/support/database.ts';
import { aUser } from './stays-fixture.ts';

/** 02:00 in Auckland on the 11th, and still the 9th in Pago Pago. */
const NOW = '2027-01-10T10:59:00.000Z';
const FROM = '2027-01-12';
const ZONES = ['Europe/London', 'Pacific/Auckland', 'Pacific/Pago_Pago'] as const;
const PROPERTIES_PER_CURRENCY = 30;
const STAYS = 25;

describe('the price of the whole stay in a search', () => {
  const own = useOwnDatabase();
  const db = () => own().db;
  let hostId: UserId;

  before('a host', async () => {
    hostId = await aUser(db());
  });

  afterEach('clear', () => db().raw('truncate properties cascade'));

  async function aHome(pricing: Pricing, currency: string, timeZone = 'Europe/London'): Promise<PropertyRow> {
    return inTransaction(db(), async (trx) => {
      const { id } = await insertProperty(trx, {
        hostId,
        title: 'Flat',
        roomType: 'entire_home',
        latitude: 53.48,
        longitude: -2.24,
        timeZone,
        currency,
        capacity: 16,
        nightlyMinor: pricing.nightly,
        weekendMinor: pricing.weekend ?? null,
        cleaningFeeMinor: pricing.cleaningFee,
        extraGuestFeeMinor: pricing.extraGuestFee,
        guestsIncluded: pricing.guestsIncluded,
        petFeeMinor: pricing.petFee,
        weeklyDiscountPercent: pricing.weeklyDiscountPercent,
        monthlyDiscountPercent: pricing.monthlyDiscountPercent,
        lowestNightlyMinor: pricing.lowestNightly ?? null,
        earlyBirdPercent: pricing.earlyBird?.percent,
        earlyBirdDays: pricing.earlyBird?.days,
        lastMinutePercent: pricing.lastMinute?.percent,
        lastMinuteDays: pricing.lastMinute?.days,
        serviceFees: pricing.serviceFees,
        taxes: pricing.taxes?.length ? [...pricing.taxes] : null,
      });
      const dated = Object.entries(pricing.dated ?? {}).map(([night, amountMinor]) => ({
        checkIn: night,
        checkOut: addDays(night, 1),
        amountMinor,
      }));
      await setNightPrices(trx, { id, hostId }, dated);
      return PropertyRow.query(trx).findById(id).throwIfNotFound();
    });
  }

  async function totals(search: SearchedStay & { guests?: number }): Promise<Map<PropertyId, number>> {
    const { rows } = await db().raw<{ rows: { id: PropertyId; total: number }[] }>(
      `select p.id, ${stayTotal(THE_STAY)} as total from properties p`,
      stayBindings(search, search.guests) as unknown as Record<string, string>,
    );
    return new Map(rows.map(({ id, total }) => [id, total]));
  }

  const drawn = <T>(arbitrary: fc.Arbitrary<T>, count: number, seed: number): T[] =>
    fc.sample(arbitrary, { numRuns: count, seed });

  for (const [seed, currency] of ODD_CURRENCIES.entries()) {
    it(`is what the stay is priced at, to the coin, for any prices in ${currency} (M1–M5)`, async function () {
      this.timeout(120_000);
      const homes = [];
      for (const [at, pricing] of drawn(
        anyPricing(currency, FROM),
        PROPERTIES_PER_CURRENCY,
        seed,
      ).entries()) {
        const home = await aHome(pricing, currency, ZONES[at % ZONES.length]);
        const dated = await findNightPrices(db(), home, { checkIn: FROM, checkOut: addDays(FROM, 60) });
        assert.deepEqual(dated, pricing.dated);
        homes.push({ row: home, pricing: pricingOf(home, dated) });
      }
      for (const [at, stay] of drawn(anyStay(FROM), STAYS, seed).entries()) {
        const guests = (at % 8) + 1;
        const found = await totals({ ...stay, guests, now: NOW });
        for (const { row, pricing } of homes) {
          const price = reckonStay({
            stay,
            guests: { adults: guests, children: 0, infants: 0, pets: 0 },
            pricing,
            currency,
            daysAhead: daysBetween(todayIn(row.timeZone, NOW), stay.checkIn),
          });
          assert.equal(found.get(row.id), price.total.amount, JSON.stringify({ pricing, stay, guests }));
        }
      }
    });
  }

  it('is asked without a number of guests for one', async () => {
    const { id } = await aHome({ nightly: 10_000, extraGuestFee: 1_000 }, 'GBP');
    const stay = { checkIn: FROM, checkOut: addDays(FROM, 2), now: NOW };
    assert.equal((await totals(stay)).get(id), 22_800);
    assert.equal((await totals({ ...stay, guests: 3 })).get(id), 22_800 + 4_560);
  });

  it('is cut off where it is more than can be counted, and no error', async () => {
    const most = MAX_AMOUNT_MINOR;
    const { id } = await aHome(
      { nightly: most, weekend: most, cleaningFee: most, extraGuestFee: most },
      'IDR',
    );
    const found = await totals({ checkIn: FROM, checkOut: addDays(FROM, 365), guests: 50, now: NOW });
    assert.equal(found.get(id), Number.MAX_SAFE_INTEGER);
  });

  it('reads no prices of single nights where a property has none from that night on', async () => {
    const home = await aHome({ nightly: 10_000, dated: { [FROM]: 15_000 } }, 'GBP');
    assert.equal(home.nightPricesUntil, FROM);
    const { rows } = await db().raw<{ rows: [{ 'QUERY PLAN': unknown }] }>(
      `explain (analyze, format json) select ${stayTotal(THE_STAY)} from properties p`,
      stayBindings({ checkIn: addDays(FROM, 1), checkOut: addDays(FROM, 5), now: NOW }) as unknown as Record<
        string,
        string
      >,
    );
    const neverRun = /"Relation Name":"night_prices"[^{}]*"Actual Loops":0/;
    assert.match(JSON.stringify(rows[0]['QUERY PLAN']), neverRun);
  });
});
