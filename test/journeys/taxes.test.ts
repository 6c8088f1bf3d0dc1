import assert from 'node:assert/strict';
import { acceptWith, answer, assertSound, propose } from '../support/alterations.ts';
import { useWorld } from '../support/journeys.ts';
import { balancesOf } from '../support/ledger.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

const CITY_TAX = { name: 'City tax', charge: 'per_guest_night', amount: 300 };
const VAT = { name: 'VAT', charge: 'percent', percent: 10, base: 'stay', included: true };

/** Three nights of 110.00 for two; City tax of 18.00 on top, VAT of 30.00 within. */
describe('a stay that is taxed', () => {
  const world = useWorld();

  async function taxed(prices: object, stay: object = {}, facts: object = {}) {
    const home = await world().home({ ...facts });
    const { host, property } = home;
    await host.must(
      200,
      host.put(`/properties/${property.id}/pricing`, { nightly: 11_000, guestsIncluded: 4, ...prices }),
    );
    const guest = await world().person();
    const booking = await guest.books(stayRequest({ propertyId: property.id, ...stay }));
    return { ...home, guest, booking };
  }
  const owedIn = async ({ id }: Wire) => {
    const {
      host_payable = 0,
      platform_revenue = 0,
      taxes_payable = 0,
      bank_clearing = 0,
    } = await balancesOf(world().db, id);
    return {
      host: 0 - host_payable,
      platform: 0 - platform_revenue,
      taxes: 0 - taxes_payable,
      clearing: bank_clearing,
    };
  };

  it('puts both kinds of taxes aside, those on top and those within, and shows them on the receipt (M5)', async () => {
    const { booking, guest } = await taxed({ taxes: [CITY_TAX, VAT] });
    // 330.00 and 14 % of it, and 18.00.
    assert.deepEqual(booking.total, { amount: 39_420, currency: 'GBP' });
    const vat = { label: 'VAT, 10 % of the stay', quantity: 1, amount: 3_000 };
    assert.deepEqual(booking.includedTaxes, [vat]);
    assert.deepEqual(await owedIn(booking), {
      host: 33_000 - 990 - 3_000,
      platform: 4_620 + 990,
      taxes: 1_800 + 3_000,
      clearing: 39_420,
    });
    const receipt = await guest.must(200, guest.get(`/bookings/${booking.id}/receipt`));
    assert.deepEqual([receipt.taxes, receipt.total, receipt.includedTaxes], [4_800, 39_420, [vat]]);
    await assertSound(world(), booking);
  });

  it('gives all of them back with a full refund (M5)', async () => {
    const { booking, guest } = await taxed({ taxes: [CITY_TAX, VAT] });
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await world().refunded(booking.id, { amount: 39_420 });
    assert.deepEqual(await owedIn(booking), { host: 0, platform: 0, taxes: 0, clearing: 0 });
    await assertSound(world(), booking);
  });

  it('gives them back in proportion to what goes back of the stay, and keeps the rest owed (M5)', async () => {
    const stay = { checkIn: inDays(3), checkOut: inDays(6) };
    const { booking, guest } = await taxed({ taxes: [CITY_TAX, VAT] }, stay, {
      cancellationPolicy: 'moderate',
    });
    const quoted = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation-quote`));
    // Of 330.00 the host keeps the first night and half of the others: a third goes back, and of the taxes too.
    assert.deepEqual(
      quoted.lines.map(({ kind, refund, kept }: Wire) => [kind, refund, kept]),
      [
        ['night', 11_000, 22_000],
        ['service_fee', 0, 4_620],
        ['tax', 600, 1_200],
      ],
    );
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await world().refunded(booking.id, { amount: 11_600 });
    assert.deepEqual(await owedIn(booking), {
      host: 22_000 - 660 - 2_000,
      platform: 4_620 + 660,
      taxes: 1_200 + 2_000,
      clearing: 39_420 - 11_600,
    });
    await assertSound(world(), booking);
  });

  it('loses its taxes where an alteration makes it longer than they are due for, and has them again (M5)', async () => {
    const taxes = [
      { ...CITY_TAX, exemptOverNights: 3 },
      { ...VAT, exemptOverNights: 3 },
    ];
    const { booking, guest, host, property } = await taxed({ taxes });
    assert.equal((await owedIn(booking)).taxes, 4_800);
    // The host asks otherwise by now: of what is booked the old taxes hold, of the added night the new price.
    await host.must(
      200,
      host.put(`/properties/${property.id}/pricing`, { nightly: 20_000, guestsIncluded: 4 }),
    );
    const longer = await guest.must(
      201,
      propose(guest, booking, { checkOut: inDays(34), paymentMethodId: 'pm_card_visa' }),
    );
    assert.equal(longer.total.amount, 33_000 + 20_000 + 7_420);
    assert.equal(longer.charge.amount, 60_420 - 39_420);
    assert.equal((await host.must(200, answer(host, longer, 'acceptance'))).status, 'altered');
    assert.deepEqual(await owedIn(booking), {
      host: 53_000 - 1_590,
      platform: 7_420 + 1_590,
      taxes: 0,
      clearing: 60_420,
    });
    await assertSound(world(), booking);

    const shorter = await host.must(201, propose(host, booking, { checkOut: inDays(33) }));
    assert.equal(shorter.total.amount, 39_420);
    assert.equal((await guest.must(200, acceptWith(guest, shorter, 'pm_card_visa'))).status, 'altered');
    await until('the difference has gone back', async () => (await owedIn(booking)).clearing === 39_420);
    assert.equal((await owedIn(booking)).taxes, 4_800);
    await assertSound(world(), booking);
  });

  it('is paid month by month with its taxes, each part with its share of them (M5)', async () => {
    const long = { checkOut: inDays(75) };
    const { booking } = await taxed({ taxes: [CITY_TAX, VAT] }, long);
    const [first] = booking.instalments;
    const { host, platform, taxes, clearing } = await owedIn(booking);
    assert.equal(host + platform + taxes, clearing);
    assert.equal(clearing, first.amount.amount);
    // 45 nights owe 270.00 on top and 450.00 within; two thirds of them are paid.
    assert.equal(taxes, 48_000);
    await assertSound(world(), booking);
  });

  it('whose host pays all fees costs the guest no fee, in yen and in dinars (M1, M2)', async () => {
    for (const [currency, nightly, total] of [
      ['JPY', 12_345, 37_035],
      ['KWD', 30_503, 91_510],
    ] as const) {
      const { booking } = await taxed({ nightly, serviceFees: 'host_only' }, {}, { currency });
      assert.deepEqual(booking.total, { amount: total, currency });
      const owed = await owedIn(booking);
      assert.equal(owed.host + owed.platform, total);
      assert.equal(owed.host, nightly * 3 - Math.round(nightly * 3 * 0.155));
      await assertSound(world(), booking);
    }
  });
});
