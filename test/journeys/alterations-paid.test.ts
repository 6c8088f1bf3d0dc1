import assert from 'node:assert/strict';
import { addDays } from '#domain/nights.ts';
import { acceptWith, answer, assertSound, propose, seesAlteration } from '../support/alterations.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { balancesOf } from '../support/ledger.ts';
import { inDays } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { onboard, passToPayout, transfersOf } from '../support/payouts.ts';
import { until } from '../support/virtual-time.ts';

const CHALLENGED = 'pm_card_authenticationRequired';
const DECLINED = 'pm_card_visa_chargeDeclined';
const CHECK_OUT = inDays(33);
const LONGER = { checkOut: addDays(CHECK_OUT, 1) };
/** A night of 100.00 and 14 % of it. */
const DIFFERENCE = 11_400;
const TOTAL = 39_900;
const HOUR_MS = 3_600_000;

describe('the payment of an alteration', () => {
  const world = useWorld();

  const seen = (person: Traveller, { id }: Wire) => person.must(200, person.get(`/bookings/${id}`));
  const addedNight = ({ id }: Wire) => world().availability(id, CHECK_OUT, LONGER.checkOut);

  /** A booking whose alteration to a night more both sides want: it waits for its payment. */
  async function agreed(paymentMethodId?: string) {
    const home = await world().booked();
    const { booking, guest, host } = home;
    const proposal = await guest.must(201, propose(guest, booking, { ...LONGER, paymentMethodId }));
    const alteration = await host.must(200, answer(host, proposal, 'acceptance'));
    return { ...home, alteration };
  }

  const isFreed = (property: Wire) =>
    until('the added night is free', async () => (await addedNight(property)).every(Boolean));

  async function isAsItWas({
    guest,
    booking,
    property,
  }: {
    guest: Traveller;
    booking: Wire;
    property: Wire;
  }) {
    const { checkOut, total, status } = await seen(guest, booking);
    assert.deepEqual([checkOut, total, status], [CHECK_OUT, booking.total, 'confirmed']);
    await isFreed(property);
    await until('nothing more can be paid', async () => {
      const intents = await world().bank.intentsOf(booking.id);
      return intents.every(({ status: at }) => at === 'succeeded' || at === 'canceled');
    });
    await assertSound(world(), booking);
  }

  it('waits for a challenge to be passed, and the nights wait with it', async () => {
    const { booking, guest, host, property, alteration } = await agreed(CHALLENGED);
    assert.deepEqual([alteration.status, alteration.payment.status], ['accepted', 'requires_action']);
    assert.equal(alteration.payment.nextActionUrl, undefined, 'the challenge is the guest’s alone');
    assert.deepEqual(await addedNight(property), [false]);
    const waiting = await seen(guest, booking);
    assert.equal(waiting.checkOut, CHECK_OUT);
    await world().mail(guest, /waits for your payment/);
    await world().bank.passChallenge(waiting.alteration.payment.nextActionUrl);
    await seesAlteration(host, booking, { status: 'altered' });
    assert.equal((await seen(guest, booking)).checkOut, LONGER.checkOut);
    assert.equal((await world().bank.intentsOf(booking.id)).length, 2);
    await assertSound(world(), booking);
  });

  it('comes to nothing when the challenge is failed, and both are told', async () => {
    const told = await agreed(CHALLENGED);
    const { booking, guest, host } = told;
    const { alteration } = await seen(guest, booking);
    await world().bank.passChallenge(alteration.payment.nextActionUrl, 'fail');
    const failed = await seesAlteration(guest, booking, { status: 'failed' });
    assert.equal(failed.failure.code, 'card_declined');
    await world().mail(guest, /could not be changed/);
    await world().mail(host, /could not be changed/);
    await isAsItWas(told);
  });

  it('is awaited a day, and then the booking is what it was', async () => {
    const told = await agreed();
    const { booking, guest, alteration } = told;
    const hours = (Date.parse(alteration.payBy) - Date.now()) / HOUR_MS;
    assert.ok(hours > 23.9 && hours <= 24, `${hours} hours`);
    await world().passTo(booking, alteration.payBy);
    const failed = await seesAlteration(guest, booking, { status: 'failed' });
    assert.equal(failed.failure.code, 'payment_timeout');
    await isAsItWas(told);
    // And it can be tried anew.
    await guest.must(201, propose(guest, booking, LONGER));
  });

  it('can be tried again by the guest while it waits', async () => {
    const { booking, guest, host } = await agreed();
    const declined = await guest.post('/payments', { bookingId: booking.id, paymentMethodId: DECLINED });
    assert.deepEqual([declined.status, declined.body.code], [402, 'card_declined']);
    const paid = await guest.must(
      201,
      guest.post('/payments', { bookingId: booking.id, paymentMethodId: 'pm_card_visa' }),
    );
    assert.deepEqual([paid.status, paid.amount], ['posted', DIFFERENCE]);
    await seesAlteration(host, booking, { status: 'altered' });
    assert.equal((await seen(guest, booking)).total.amount, TOTAL + DIFFERENCE);
    await assertSound(world(), booking);
  });

  it('that is declined leaves the booking as it was: accepted, but its charge fails (L9)', async () => {
    const told = await agreed(DECLINED);
    assert.equal(told.alteration.status, 'failed');
    await isAsItWas(told);
    const { booking, guest, host, property } = await world().booked();
    const proposal = await host.must(201, propose(host, booking, LONGER));
    const accepted = await acceptWith(guest, proposal, DECLINED);
    assert.deepEqual([accepted.status, accepted.body.code], [402, 'card_declined']);
    await isAsItWas({ booking, guest, property });
  });

  it('is given back where it was charged a second time, and the booking stays altered (M24)', async () => {
    const { booking, guest } = await agreed('pm_card_visa');
    const intents = await world().bank.intentsOf(booking.id);
    const difference = intents.find(({ amount }) => amount === DIFFERENCE);
    assert.ok(difference);
    await world().bank.chargeByHand(booking.id, difference);
    await world().refunded(booking.id, { reason: 'late_payment', amount: DIFFERENCE });
    const { status, total } = await seen(guest, booking);
    assert.deepEqual([status, total.amount], ['confirmed', TOTAL + DIFFERENCE]);
    await assertSound(world(), booking);
  });

  it('is called off by a cancellation, which gives back what was paid (L9)', async () => {
    const { booking, guest, property } = await agreed(CHALLENGED);
    const cancelled = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    assert.deepEqual(
      [cancelled.status, cancelled.cancellation.refund.amount],
      ['cancelled', booking.total.amount],
    );
    await world().refunded(booking.id, { reason: 'cancellation' });
    assert.deepEqual(await world().availability(property.id, booking.checkIn, LONGER.checkOut), [
      true,
      true,
      true,
      true,
    ]);
    await seesAlteration(guest, booking, { status: 'failed' });
    await until('nobody can pay for it any more', async () => {
      const [, difference] = await world().bank.intentsOf(booking.id);
      const intents = await world().bank.intentsOf(booking.id);
      return difference !== undefined && intents.filter(({ status }) => status === 'canceled').length === 1;
    });
    assert.deepEqual(await balancesOf(world().db, booking.id), {});
    await assertSound(world(), booking);
  });

  it('gives way to an operator’s override too', async () => {
    const { booking, guest } = await agreed();
    const operator = await world().operator();
    await operator.must(
      200,
      operator.post(`/bookings/${booking.id}/cancellation`, {
        reason: 'A flood.',
        override: { refund: 'full' },
      }),
    );
    await seesAlteration(guest, booking, { status: 'failed' });
    await world().refunded(booking.id, { amount: booking.total.amount });
    await assertSound(world(), booking);
  });

  it('that comes when its time is over goes back by itself', async () => {
    const told = await agreed();
    const { booking, guest, alteration } = told;
    const { alteration: open } = await seen(guest, booking);
    await world().bank.control('POST', '/webhooks/pause');
    assert.equal(await world().bank.payInBrowser(open.payment.clientSecret), 200);
    await guest.must(200, answer(guest, alteration, 'withdrawal'));
    const refund = await world().refunded(booking.id, { reason: 'late_payment', amount: DIFFERENCE });
    assert.equal(refund.payment_id, open.payment.id);
    await seesAlteration(guest, booking, { status: 'withdrawn' });
    await isFreed(told.property);
    await assertSound(world(), booking);
  });

  it('and that of the booking are both given back when the altered booking is cancelled, and never more', async () => {
    const { booking, guest } = await agreed('pm_card_visa');
    const { total } = await seen(guest, booking);
    const quote = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation-quote`));
    assert.equal(quote.refund.amount, total.amount);
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    let refunds: Wire[] = [];
    await until(
      () => `both payments have gone back: ${JSON.stringify(refunds)}`,
      async () => {
        refunds = await world().db('refunds').where({ booking_id: booking.id }).orderBy('amount_minor');
        return refunds.length === 2 && refunds.every(({ status }) => status === 'settled');
      },
    );
    assert.deepEqual(
      refunds.map(({ amount_minor: amount }) => amount),
      [DIFFERENCE, booking.total.amount],
    );
    assert.deepEqual(await balancesOf(world().db, booking.id), {});
    await assertSound(world(), booking);
  });

  it('counts towards what the host is paid, also where they have been paid before', async () => {
    const { booking, guest, host } = await world().booked();
    await onboard(world(), host);
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    await passToPayout(world(), booking);
    const sent = async () =>
      (await transfersOf(world(), booking.id)).reduce((sum, { amount }) => sum + amount, 0);
    await until('the host is paid', async () => (await sent()) === 33_950);
    const proposal = await host.must(201, propose(host, booking, LONGER));
    await guest.must(200, acceptWith(guest, proposal, 'pm_card_visa'));
    await until('the host is paid the rest', async () => (await sent()) === 33_950 + 9_700);
    await assertSound(world(), booking);
  });
});

describe('an alteration under the cancellation policy', () => {
  const world = useWorld();

  it('keeps of a night left out too late what a cancellation would keep (L9)', async () => {
    const facts = { checkIn: inDays(3), checkOut: inDays(6) };
    const { booking, guest, host } = await world().booked(facts, { cancellationPolicy: 'moderate' });
    const proposal = await guest.must(201, propose(guest, booking, { checkOut: inDays(5) }));
    // Half of the night; of the platform’s fee nothing.
    assert.deepEqual([proposal.refund.amount, proposal.charge.amount], [5_000, 0]);
    assert.ok(proposal.changes.some(({ kind, after }: Wire) => kind === 'removed_night' && after === 5_000));
    await host.must(200, answer(host, proposal, 'acceptance'));
    await world().refunded(booking.id, { reason: 'alteration', amount: 5_000 });
    // And the host keeps it when the rest is cancelled: a night whole, half of the other, and of the cleaning fee alike.
    const quote = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation-quote`));
    const kept = quote.lines.find(({ kind }: Wire) => kind === 'removed_night');
    assert.deepEqual(kept, { kind: 'removed_night', refund: 0, kept: 5_000 });
    assert.equal(quote.refund.amount, 5_000 + 1_250);
    await assertSound(world(), booking);
  });

  it('wins no time by putting the stay off: deadlines stay those of the nights that are kept', async () => {
    const facts = { checkIn: inDays(4), checkOut: inDays(7) };
    const { booking, guest, host } = await world().booked(facts, { cancellationPolicy: 'moderate' });
    const dates = { checkIn: inDays(6), checkOut: inDays(9) };
    const proposal = await guest.must(
      201,
      propose(guest, booking, { ...dates, paymentMethodId: 'pm_card_visa' }),
    );
    await host.must(200, answer(host, proposal, 'acceptance'));
    // Six days ahead moderate gives everything back; four days ahead it does not.
    const quote = await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation-quote`));
    assert.equal(quote.reason, 'partial');
    await assertSound(world(), booking);
  });

  it('in yen and dinars adds up to the unit', async () => {
    for (const [currency, nightly] of [
      ['JPY', 10_001],
      ['KWD', 30_003],
    ] as const) {
      const { booking, guest, host } = await world().booked({}, { currency, pricing: { nightly } });
      const longer = await guest.must(
        201,
        propose(guest, booking, { ...LONGER, paymentMethodId: 'pm_card_visa' }),
      );
      assert.equal((await host.must(200, answer(host, longer, 'acceptance'))).status, 'altered');
      const shorter = await host.must(201, propose(host, booking, { checkOut: addDays(CHECK_OUT, -1) }));
      await guest.must(200, answer(guest, shorter, 'acceptance'));
      const { total } = await guest.must(200, guest.get(`/bookings/${booking.id}`));
      assert.equal(
        Number(booking.total.amount) + Number(longer.charge.amount) - Number(shorter.refund.amount),
        total.amount,
      );
      await until('what was promised is given back', async () => {
        const refunds: Wire[] = await world().db('refunds').where({ booking_id: booking.id });
        return refunds.length > 0 && refunds.every(({ status }) => status === 'settled');
      });
      const { bank_clearing: clearing } = await balancesOf(world().db, booking.id);
      assert.equal(clearing, total.amount);
      await assertSound(world(), booking);
    }
  });

  it('makes a stay that was free cost something, and the host is paid for it', async () => {
    const { booking, guest, host } = await world().booked({}, { pricing: { nightly: 0, weekend: 0 } });
    assert.equal(booking.total.amount, 0);
    await host.must(
      200,
      host.patch(`/properties/${booking.propertyId}`, { pricing: { nightly: 10_000, weekend: 10_000 } }),
    );
    const proposal = await guest.must(
      201,
      propose(guest, booking, { ...LONGER, paymentMethodId: 'pm_card_visa' }),
    );
    assert.equal((await host.must(200, answer(host, proposal, 'acceptance'))).status, 'altered');
    await assertSound(world(), booking);
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await world().refunded(booking.id, { reason: 'cancellation', amount: DIFFERENCE });
  });
});
