import assert from 'node:assert/strict';
import { addDays } from '#domain/nights.ts';
import { acceptWith, answer, assertSound, propose } from '../support/alterations.ts';
import { useWorld } from '../support/journeys.ts';
import { balancesOf } from '../support/ledger.ts';
import { hostShareOf, onboard, passToPayout, transfersOf } from '../support/payouts.ts';
import { inDays } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

/** What an alteration does to the shares of both sides where they are not with us any more. */
describe('the share of a host in a booking that is altered', () => {
  const world = useWorld();

  it('is owed where it falls after they were paid, and none of it is left on nobody’s account (M13)', async () => {
    const pricing = { nightly: 10_000, extraGuestFee: 5_000, guestsIncluded: 1 };
    const { booking, guest, host, property } = await world().booked({ checkOut: inDays(36) }, { pricing });
    await onboard(world(), host);
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    await passToPayout(world(), booking);
    const before = await hostShareOf(world(), booking.id);
    await until('the host is paid', async () => {
      const [transfer] = await transfersOf(world(), booking.id);
      return transfer?.amount === before;
    });
    // One of the two leaves, the other stays a night longer: the platform keeps its fee on what is given up.
    const dearer = { pricing: { ...pricing, nightly: 13_500 } };
    await host.must(200, host.patch(`/properties/${property.id}`, dearer));
    const wanted = { checkOut: inDays(37), guests: { adults: 1 }, paymentMethodId: 'pm_card_visa' };
    const proposal = await guest.must(201, propose(guest, booking, wanted));
    assert.ok(proposal.charge.amount > 0);
    assert.equal((await host.must(200, answer(host, proposal, 'acceptance'))).status, 'altered');
    const less = before - (await hostShareOf(world(), booking.id));
    assert.ok(less > 0, 'the host has less of it, though the guest pays more');
    const { host_payable: payable = 0, host_debt: debt = 0 } = await balancesOf(world().db, booking.id);
    assert.deepEqual([payable, debt], [0, less]);
    await assertSound(world(), booking);
  });

  it('may fall where they have given all of it away, and the rest goes back with the stay (M8)', async () => {
    const facts = { checkIn: inDays(4), checkOut: inDays(7) };
    const { booking, guest, host, property } = await world().booked(facts, {
      cancellationPolicy: 'moderate',
    });
    await host.must(201, host.post(`/payments/${booking.payment.id}/refunds`, {}));
    await world().refunded(booking.id, { reason: 'goodwill' });
    await host.must(200, host.patch(`/properties/${property.id}`, { pricing: { nightly: 4_500 } }));
    const dates = { checkIn: inDays(3), checkOut: addDays(facts.checkOut, -1) };
    const proposal = await guest.must(
      201,
      propose(guest, booking, { ...dates, paymentMethodId: 'pm_card_visa' }),
    );
    assert.equal((await host.must(200, answer(host, proposal, 'acceptance'))).status, 'altered');
    await assertSound(world(), booking);
    await host.must(200, host.post(`/bookings/${booking.id}/cancellation`, { reason: 'A burst pipe.' }));
    await until('all that was paid has gone back', async () => {
      return (await balancesOf(world().db, booking.id)).bank_clearing === undefined;
    });
    await assertSound(world(), booking);
  });

  it('is taken back out of the transfer that has it, where there were several', async () => {
    const { booking, guest, host } = await world().booked();
    await onboard(world(), host);
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    await passToPayout(world(), booking);
    const sent = async () => (await transfersOf(world(), booking.id)).map(({ amount }) => amount);
    await until('the host is paid', async () => (await sent()).length === 1);
    const proposal = await host.must(201, propose(host, booking, { checkOut: inDays(34) }));
    await guest.must(200, acceptWith(guest, proposal, 'pm_card_visa'));
    await until('the host is paid the rest', async () => (await sent()).length === 2);
    await host.must(201, host.post(`/payments/${booking.payment.id}/refunds`, { amount: 20_000 }));
    await world().refunded(booking.id, { reason: 'goodwill' });
    const taken = (await transfersOf(world(), booking.id)).map(({ amount_reversed: back }) => back);
    assert.deepEqual(taken.sort(), [0, 20_000]);
    assert.equal((await balancesOf(world().db, booking.id)).host_debt, undefined);
    await assertSound(world(), booking);
  });
});

describe('money for a stay that was free, and is altered', () => {
  const world = useWorld();

  it('that came too late is none of the booking’s, whatever becomes of it (L9)', async () => {
    const { booking, guest, host, property } = await world().booked(
      {},
      { pricing: { nightly: 0, weekend: 0 } },
    );
    const dearer = { pricing: { nightly: 10_000, weekend: 10_000 } };
    await host.must(200, host.patch(`/properties/${property.id}`, dearer));
    const late = await guest.must(201, propose(guest, booking, { checkOut: inDays(34) }));
    await host.must(200, answer(host, late, 'acceptance'));
    const { alteration } = await guest.must(200, guest.get(`/bookings/${booking.id}`));
    await world().bank.control('POST', '/webhooks/pause');
    assert.equal(await world().bank.payInBrowser(alteration.payment.clientSecret), 200);
    await guest.must(200, answer(guest, late, 'withdrawal'));
    await world().refunded(booking.id, { reason: 'late_payment' });
    await world().bank.control('POST', '/webhooks/resume');
    await assertSound(world(), booking);
    const wanted = { checkOut: inDays(34), paymentMethodId: 'pm_card_visa' };
    const proposal = await guest.must(201, propose(guest, booking, wanted));
    assert.equal((await host.must(200, answer(host, proposal, 'acceptance'))).status, 'altered');
    await assertSound(world(), booking);
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await until('all that was paid has gone back', async () => {
      return (await balancesOf(world().db, booking.id)).bank_clearing === undefined;
    });
    await assertSound(world(), booking);
  });
});
