import assert from 'node:assert/strict';
import fc from 'fast-check';
import { policyCheckInOf } from '#domain/alterations.ts';
import { alterationOffer } from '#domain/alterations/price.ts';
import type { Altering } from '#domain/alterations/price.ts';
import { settlementOf } from '#domain/alterations/settlement.ts';
import { cancellationOutcome } from '#domain/cancellation.ts';
import type { CancellationOutcome } from '#domain/cancellation.ts';
import { OFFERED_POLICIES } from '#domain/cancellation/policies.ts';
import { isDomainError } from '#domain/errors.ts';
import { priceShares, sumOf as sumOfShares } from '#domain/ledger.ts';
import { coinMinor } from '#domain/money.ts';
import { addDays, nightsOf } from '#domain/nights.ts';
import { includedTaxMinor, nightSharesMinor, reckonStay, sumOf } from '#domain/pricing.ts';
import type { StayPrice } from '#domain/pricing.ts';
import type { Tax } from '#domain/pricing/taxes.ts';
import { altering, CHECK_IN, offerOf } from './alterations-fixture.ts';
import { anyPricing } from './pricing-fixture.ts';

const LATE = '2026-06-09T20:00:00.000Z';

const amounts = ({ lines }: StayPrice) =>
  Object.fromEntries(lines.map(({ kind, label, amount }) => [kind === 'night' ? label : kind, amount]));

describe('What an alteration costs', () => {
  it('leaves the price of nights that are kept, and asks today’s for those that are added', () => {
    const offer = offerOf({ until: 2, today: { nightly: 20_000 } });
    assert.deepEqual(offer.price.nightRatesMinor, [...Array<number>(5).fill(10_000), 20_000, 20_000]);
    assert.equal(sumOf(offer.price.lines, 'cleaning'), 5_000);
    // 400.00 and 14 % of it.
    assert.deepEqual([offer.chargeMinor, offer.refundMinor], [45_600, 0]);
  });

  it('gives back in full what is left out while the policy gives everything back', () => {
    const offer = offerOf({ until: -2 });
    assert.deepEqual(amounts(offer.price), { Night: 30_000, cleaning: 5_000, service_fee: 4_900 });
    assert.deepEqual([offer.chargeMinor, offer.refundMinor], [0, 22_800]);
  });

  it('keeps for the host of a night left out what the policy would have kept of it (L9)', () => {
    const late = { policy: 'moderate', at: '2026-06-07T12:00:00.000Z' } as const;
    const offer = offerOf({ ...late, until: -2 });
    // Half of two nights goes back; of the platform’s fee nothing.
    assert.equal(sumOf(offer.price.lines, 'removed_night'), 10_000);
    assert.equal(offer.price.guestServiceFeeMinor, offerOf({}).price.guestServiceFeeMinor);
    assert.equal(offer.refundMinor, 10_000);
  });

  it('keeps the first night whole where the policy does, so that no stay is put off for nothing', () => {
    const offer = offerOf({ at: LATE, from: 1, until: 1 });
    assert.equal(sumOf(offer.price.lines, 'removed_night'), 10_000);
    assert.deepEqual([offer.chargeMinor, offer.refundMinor], [11_400, 0]);
  });

  it('keeps nothing where the host asks for it', () => {
    const offer = offerOf({ at: LATE, policy: 'non_refundable', by: 'host', until: -2 });
    assert.equal(sumOf(offer.price.lines, 'removed_night'), 0);
    assert.equal(offer.refundMinor, 22_800);
  });

  it('gives nothing back under a policy that never does', () => {
    const offer = offerOf({ policy: 'non_refundable', until: -2 });
    assert.deepEqual([offer.chargeMinor, offer.refundMinor], [0, 0]);
    assert.equal(sumOf(offer.price.lines, 'removed_night'), 20_000);
  });

  it('keeps what was kept when the booking is altered, or cancelled in full, later', () => {
    const late = { policy: 'strict', at: '2026-05-20T12:00:00.000Z' } as const;
    const first = offerOf({ ...late, until: -2 });
    assert.equal(sumOf(first.price.lines, 'removed_night'), 10_000);
    const again = { ...altering({ ...late, nights: 3, policy: 'flexible' }), price: first.price };
    const second = alterationOffer({
      ...again,
      to: { ...again.to, guests: { ...again.guests, infants: 1 } },
    });
    assert.deepEqual(second.price, first.price);
    const { refundMinor, keptMinor } = cancellationOutcome(again);
    assert.equal(keptMinor, 10_000 + first.price.guestServiceFeeMinor);
    assert.equal(refundMinor, first.price.total.amount - keptMinor);
  });

  it('gives the removed nights back too when the host cancels', () => {
    const { price } = offerOf({ policy: 'strict', until: -2 });
    const { keptMinor } = cancellationOutcome({ ...altering({ nights: 3 }), price, by: 'host' });
    assert.equal(keptMinor, 0);
  });

  it('reckons the length discount anew when its limit is crossed, either way', () => {
    const weekly = { weeklyDiscountPercent: 10 };
    const longer = offerOf({ nights: 6, until: 1, booked: weekly });
    assert.equal(sumOf(longer.price.lines, 'discount'), -7_000);
    const shorter = offerOf({ nights: 7, until: -1, booked: weekly });
    assert.equal(sumOf(shorter.price.lines, 'discount'), 0);
    assert.equal(sumOf(shorter.price.lines, 'night'), 60_000);
  });

  it('keeps the discount of a stay whose dates stay', () => {
    const offer = offerOf({
      nights: 7,
      booked: { weeklyDiscountPercent: 10 },
      today: { weeklyDiscountPercent: 0 },
      newParty: { infants: 1 },
    });
    assert.deepEqual([offer.chargeMinor, offer.refundMinor], [0, 0]);
  });

  it('has no taxes any more where the booking does not say by what they were reckoned (M5)', () => {
    const plain = altering({ until: 1 });
    const { lines, total } = plain.price;
    const tax = { kind: 'tax' as const, label: 'City tax', quantity: 1, amount: 900 };
    const price = {
      ...plain.price,
      taxMinor: 900,
      lines: [...lines, tax],
      total: { ...total, amount: total.amount + 900 },
    };
    const offer = alterationOffer({ ...plain, price });
    assert.deepEqual([offer.price.taxMinor, sumOf(offer.price.lines, 'tax')], [0, 0]);
    assert.equal(offer.chargeMinor, 11_400 - 900);
    const { money, redivided } = settlementOf(price, offer.price);
    assert.equal(sumOfShares(money), offer.chargeMinor);
    assert.deepEqual([money.taxesMinor, redivided.taxesMinor], [0, -900]);
  });

  it('reckons the taxes of the booking anew, with its fees, whatever the host asks by now (M5)', () => {
    const taxes: Tax[] = [
      { name: 'City tax', included: false, charge: 'per_guest_night', amount: 200, exemptOverNights: 5 },
      { name: 'VAT', included: true, charge: 'percent', percent: 10, base: 'stay' },
    ];
    const facts = {
      booked: { taxes, serviceFees: 'host_only' as const },
      today: { taxes: [], serviceFees: 'split' as const },
    };
    const shorter = offerOf({ ...facts, until: -1 }).price;
    assert.deepEqual([sumOf(shorter.lines, 'tax'), includedTaxMinor(shorter)], [4 * 2 * 200, 4_091]);
    assert.equal(shorter.guestServiceFeeMinor, 0);
    const more = offerOf({ ...facts, newParty: { children: 1, infants: 1 } });
    assert.deepEqual([sumOf(more.price.lines, 'tax'), more.chargeMinor], [5 * 3 * 200, 5 * 200]);
    const longer = offerOf({ ...facts, until: 1 });
    assert.deepEqual([sumOf(longer.price.lines, 'tax'), longer.chargeMinor], [0, 10_000 - 5 * 2 * 200]);
  });

  it('calls a stay that is moved early, or late, only if it always was', () => {
    const booked = { lastMinute: { percent: 20, days: 3 }, earlyBird: { percent: 10, days: 30 } };
    const priceAt = (daysAhead: number) =>
      reckonStay({
        stay: { checkIn: CHECK_IN, checkOut: addDays(CHECK_IN, 5) },
        guests: { adults: 2, children: 0, infants: 0, pets: 0 },
        pricing: { nightly: 10_000, cleaningFee: 5_000, guestsIncluded: 2, ...booked },
        currency: 'GBP',
        daysAhead,
      });
    const discounts = (daysAhead: number, from: number) => {
      const moved = offerOf({ booked, price: priceAt(daysAhead), from, until: from }).price;
      return moved.lines.filter(({ kind }) => kind === 'discount').map(({ label }) => label);
    };
    assert.deepEqual(discounts(3, 1), []);
    assert.deepEqual(discounts(4, -1), []);
    assert.deepEqual(discounts(2, 1), ['Last-minute discount, 20 %']);
    assert.deepEqual(discounts(30, -1), []);
    assert.deepEqual(discounts(29, 1), []);
    assert.deepEqual(discounts(31, -1), ['Early-bird discount, 10 %']);
    const there = offerOf({ booked, price: priceAt(31), from: 5, until: 5 }).price;
    assert.deepEqual(there.daysAhead, { now: 36, least: 31, most: 36 });
  });

  it('asks today’s fee of guests who come on top, and keeps what the others were booked at', () => {
    const booked = { extraGuestFee: 1_000 };
    const offer = offerOf({
      booked,
      today: { extraGuestFee: 3_000 },
      party: { adults: 3 },
      newParty: { adults: 4 },
    });
    assert.equal(sumOf(offer.price.lines, 'extra_guest'), 5 * 1_000 + 5 * 3_000);
  });

  it('counts guests who stay away as given up too', () => {
    const facts = { booked: { extraGuestFee: 1_000 }, party: { adults: 4 }, newParty: { adults: 2 } };
    assert.equal(offerOf(facts).refundMinor, 11_400);
    const late = offerOf({ ...facts, policy: 'moderate', at: '2026-06-07T12:00:00.000Z' });
    // The first night is kept whole, of the others half.
    assert.equal(sumOf(late.price.lines, 'removed_night'), 2_000 + 4 * 1_000);
  });

  it('has no extra guests without a number, however often there are fewer of them', () => {
    const booked = { extraGuestFee: 1_000 };
    const facts = { booked, by: 'host' as const };
    // One extra guest on four nights, two on the fifth: by the bill, two on the first.
    const today = { guestsIncluded: 1 };
    const longer = offerOf({ ...facts, nights: 4, until: 1, party: { adults: 3 }, today }).price;
    const fewer = { price: longer, nights: 5, from: 1, party: { adults: 3 }, newParty: { adults: 2 } };
    const later = offerOf({ ...facts, ...fewer }).price;
    const extras = ({ lines }: StayPrice) => lines.filter(({ kind }) => kind === 'extra_guest');
    assert.ok(extras(later).every(({ quantity, amount }) => quantity > 0 && amount > 0));
    const alone = { price: later, nights: 4, party: { adults: 2 }, newParty: { adults: 1 } };
    assert.deepEqual(extras(offerOf({ ...facts, ...alone }).price), []);
  });

  it('asks for pets once, and gives that back only while everything goes back', () => {
    const withPets = { booked: { petFee: 2_000 }, party: { pets: 1 } };
    assert.equal(
      sumOf(offerOf({ booked: { petFee: 2_000 }, newParty: { pets: 1 } }).price.lines, 'pet'),
      2_000,
    );
    assert.equal(
      sumOf(offerOf({ ...withPets, today: { petFee: 9_000 }, until: 1 }).price.lines, 'pet'),
      2_000,
    );
    assert.equal(sumOf(offerOf({ ...withPets, newParty: { pets: 0 } }).price.lines, 'pet'), 0);
    assert.equal(sumOf(offerOf({ ...withPets, newParty: { pets: 0 }, at: LATE }).price.lines, 'pet'), 2_000);
  });

  it('refuses a difference that the bank would not charge', () => {
    assert.throws(() => offerOf({ until: 1, today: { nightly: 20 } }), { code: 'amount_too_small' });
  });

  it('says per kind of line what there was and what there will be', () => {
    assert.deepEqual(offerOf({ until: 1 }).lines, [
      { kind: 'night', beforeMinor: 50_000, afterMinor: 60_000 },
      { kind: 'cleaning', beforeMinor: 5_000, afterMinor: 5_000 },
      { kind: 'service_fee', beforeMinor: 7_700, afterMinor: 9_100 },
    ]);
  });
});

/** Any booking of a currency, and any alteration of it. */
function anyAltering(currency: string): fc.Arbitrary<Altering> {
  const pricing = anyPricing(currency, addDays(CHECK_IN, -8));
  const guests = fc.record({
    adults: fc.integer({ min: 1, max: 5 }),
    children: fc.integer({ min: 0, max: 2 }),
    infants: fc.constant(0),
    pets: fc.integer({ min: 0, max: 1 }),
  });
  return fc
    .record({
      booked: pricing,
      today: pricing,
      guests,
      newGuests: guests,
      nights: fc.integer({ min: 1, max: 20 }),
      from: fc.integer({ min: -8, max: 8 }),
      newNights: fc.integer({ min: 1, max: 20 }),
      policy: fc.constantFrom(...OFFERED_POLICIES),
      by: fc.constantFrom('guest' as const, 'host' as const),
      daysAhead: fc.integer({ min: 0, max: 40 }),
    })
    .map((drawn) => {
      const stay = { checkIn: CHECK_IN, checkOut: addDays(CHECK_IN, drawn.nights) };
      const checkIn = addDays(CHECK_IN, drawn.from);
      return {
        policy: drawn.policy,
        checkInTime: '15:00',
        zone: 'Europe/London',
        confirmedAt: '2026-04-01T12:00:00.000Z',
        at: `${addDays(CHECK_IN, -drawn.daysAhead)}T09:00:00.000Z`,
        by: drawn.by,
        price: reckonStay({
          stay,
          guests: drawn.guests,
          pricing: drawn.booked,
          currency,
          daysAhead: drawn.daysAhead,
        }),
        stay,
        guests: drawn.guests,
        to: { stay: { checkIn, checkOut: addDays(checkIn, drawn.newNights) }, guests: drawn.newGuests },
        pricing: drawn.today,
      };
    });
}

/** The offer, unless the bank would not take the difference. */
function offered(asked: Altering) {
  try {
    return alterationOffer(asked);
  } catch (error) {
    if (isDomainError(error, 'amount_too_small') || isDomainError(error, 'stay_refused')) return undefined;
    throw error;
  }
}

/** A tax by the night is not due for a night that is given up, and is nobody's to keep. */
function keptBesideTaxes({ keptMinor, lines }: CancellationOutcome): number {
  return keptMinor - (lines.find(({ kind }) => kind === 'tax')?.keptMinor ?? 0);
}

for (const currency of ['GBP', 'JPY', 'KWD']) {
  describe(`Any alteration in ${currency}`, () => {
    it('adds up: what was paid, less what goes back, and what is charged on top, is the new total', () => {
      fc.assert(
        fc.property(anyAltering(currency), (asked) => {
          const offer = offered(asked);
          if (offer === undefined) return;
          const { price, chargeMinor, refundMinor } = offer;
          const paid = asked.price.total.amount;
          assert.equal(paid - refundMinor + chargeMinor, price.total.amount);
          assert.ok(chargeMinor === 0 || refundMinor === 0);
          assert.equal((chargeMinor + refundMinor) % coinMinor(currency), 0);
          assert.equal(sumOf(price.lines), price.total.amount);
          assert.equal(sumOfShares(priceShares(price)), price.total.amount);
          const before = offer.lines.reduce((sum, { beforeMinor }) => sum + beforeMinor, 0);
          const after = offer.lines.reduce((sum, { afterMinor }) => sum + afterMinor, 0);
          assert.deepEqual([before, after], [paid, price.total.amount]);
          assert.equal(price.nightRatesMinor.length, nightsOf(asked.to.stay).length);
          const shares = nightSharesMinor(price).reduce((sum, share) => sum + share, 0);
          assert.equal(shares, sumOf(price.lines, 'night', 'extra_guest', 'discount'));
        }),
      );
    });

    it('settles to the unit: each side has what the new price says, and nobody pays less than nothing', () => {
      fc.assert(
        fc.property(anyAltering(currency), (asked) => {
          const offer = offered(asked);
          if (offer === undefined) return;
          const [from, to] = [priceShares(asked.price), priceShares(offer.price)];
          const { money, redivided } = settlementOf(asked.price, offer.price);
          const sign = offer.refundMinor > 0 ? -1 : 1;
          assert.equal(sumOfShares(money), offer.chargeMinor + offer.refundMinor);
          assert.equal(sumOfShares(redivided), 0);
          for (const side of ['hostMinor', 'platformMinor', 'taxesMinor'] as const) {
            assert.ok(money[side] >= 0);
            assert.equal(from[side] + sign * money[side] + redivided[side], to[side]);
          }
        }),
      );
    });

    it('leads back: put off and undone while everything goes back, it costs what it did', () => {
      fc.assert(
        fc.property(anyAltering(currency), (asked) => {
          const free = {
            ...asked,
            policy: 'flexible' as const,
            at: '2026-05-01T12:00:00.000Z',
            pricing: asked.pricing,
          };
          const there = offered(free);
          const back = there && {
            ...free,
            price: there.price,
            ...free.to,
            to: { stay: free.stay, guests: free.guests },
          };
          const again = back && offered({ ...back, pricing: { ...back.pricing } });
          if (again === undefined || there === undefined) return;
          assert.equal(
            there.price.total.amount - again.refundMinor + again.chargeMinor,
            again.price.total.amount,
          );
          assert.equal(sumOf(again.price.lines, 'removed_night'), 0);
        }),
      );
    });

    it('is no way round the policy: shortened and then cancelled, the host keeps no less than cancelled at once', () => {
      fc.assert(
        fc.property(
          anyAltering(currency),
          fc.integer({ min: 1, max: 20 }),
          fc.boolean(),
          (asked, less, isAtEnd) => {
            const all = nightsOf(asked.stay);
            const left = Math.max(1, all.length - less);
            const checkIn = isAtEnd ? asked.stay.checkIn : addDays(asked.stay.checkOut, -left);
            const short: Altering = {
              ...asked,
              by: 'guest',
              // A discount that the host gives meanwhile is theirs to give.
              pricing: {
                ...asked.pricing,
                weeklyDiscountPercent: 0,
                monthlyDiscountPercent: 0,
                earlyBird: undefined,
                lastMinute: undefined,
              },
              to: { stay: { checkIn, checkOut: addDays(checkIn, left) }, guests: asked.guests },
            };
            const offer = offered(short);
            if (offer === undefined) return;
            const atOnce = cancellationOutcome(asked.by === 'host' ? { ...asked, by: 'guest' } : asked);
            const { stay } = short.to;
            const policyCheckIn = policyCheckInOf(asked, stay);
            const later = cancellationOutcome({
              ...asked,
              by: 'guest',
              stay,
              policyCheckIn,
              price: offer.price,
            });
            const slack = 2 * coinMinor(currency) + all.length; // What is rounded, line by line and night by night.
            const [keptLater, keptAtOnce] = [keptBesideTaxes(later), keptBesideTaxes(atOnce)];
            assert.ok(
              keptLater + slack >= keptAtOnce,
              `${keptLater.toString()} is less than ${keptAtOnce.toString()}`,
            );
          },
        ),
      );
    });
  });
}
