import assert from 'node:assert/strict';
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
});
