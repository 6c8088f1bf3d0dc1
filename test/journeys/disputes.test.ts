import assert from 'node:assert/strict';
import { settleDisputeId } from '#workflows/disputes.contract.ts';
import { disputeIs, disputeIsOver, disputePasses } from '../support/disputes.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { assertBooksBalance, balancesOf, eventsOf, movementsOf } from '../support/ledger.ts';
import { newProperty, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { toReview, write, isPublic } from '../support/reviews.ts';
import { until } from '../support/virtual-time.ts';

/** Three nights at 100.00, cleaning at 50.00, and the guest's fee of 14 %; less the host's fee of 3 %. */
const TOTAL = 39_900;
const OF_HOST = 33_950;
const OF_PLATFORM = TOTAL - OF_HOST;
/** What the bank takes for a dispute in pounds. */
const FEE = 1_500;
const DAY_MS = 86_400_000;

describe('a dispute', () => {
  const world = useWorld();
  const steps = async ({ id }: Wire) =>
    (await movementsOf(world().db, id)).map(({ step }) => step.split(':')[0]);
  const balances = ({ id }: Wire) => balancesOf(world().db, id);
  const isDisputed = async (guest: Traveller, { payment }: Wire): Promise<boolean> =>
    (await guest.must(200, guest.get(`/payments/${payment.id}`))).disputed;

  /** A paid booking whose payer has gone to their bank, as we know it. */
  async function disputed(complaint: object = {}) {
    const journey = await world().booked();
    const id = await world().bank.dispute(journey.booking.id, complaint);
    const row = await disputeIs(world(), id, 'inquiry' in complaint ? 'inquiry' : 'opened');
    return { ...journey, id, row };
  }

  const evidence = (
    operator: Traveller,
    { id }: Wire,
    { text = 'The guest stayed.', key }: { text?: string; key?: string } = {},
  ) => operator.post(`/disputes/${id}/evidence`, { text }, key);

  it('takes amount and fee at once; the payment says so, and the operators are told', async () => {
    const operator = await world().operator();
    const { booking, guest, id, row } = await disputed({ reason: 'product_not_received' });
    assert.deepEqual((await movementsOf(world().db, booking.id))[1], {
      step: `dispute:${row.id}`,
      bankId: id,
      entries: { disputes: TOTAL, bank_fees: FEE, bank_clearing: -(TOTAL + FEE) },
    });
    assert.equal(await isDisputed(guest, booking), true);
    const read = await operator.must(200, operator.get(`/disputes/${row.id}`));
    assert.deepEqual(read, {
      id: row.id,
      bankDisputeId: id,
      bookingId: booking.id,
      paymentId: booking.payment.id,
      status: 'opened',
      reason: 'product_not_received',
      amount: TOTAL,
      fee: FEE,
      currency: 'GBP',
      dueBy: read.dueBy,
      openedAt: read.openedAt,
    });
    const { due_by: dueBy } = (await world().bank.disputeOf(id)).evidence_details;
    assert.equal(Date.parse(read.dueBy), Number(dueBy) * 1_000);
    assert.match((await world().mail(operator, new RegExp(row.id))).text, /GBP 399\.00/);
    const [told] = (await eventsOf(world().db, booking.payment.id)).filter(
      ({ kind }) => kind === 'payment.disputed',
    );
    assert.deepEqual(
      [told?.data.bookingId, told?.data.disputeId, told?.data.amount],
      [booking.id, row.id, TOTAL],
    );
    assert.match(await world().temporal.detailsOf(settleDisputeId(id)), /The bank says opened/);
    await assertBooksBalance(world().db);
  });

  it('is won: the bank gives back amount and fee, and all is as it was', async () => {
    const operator = await world().operator();
    const { booking, guest, id, row } = await disputed();
    const answered = await operator.must(202, evidence(operator, row, { text: 'winning_evidence' }));
    assert.equal(answered.statement, 'winning_evidence');
    await disputeIsOver(world(), id, 'won');
    assert.deepEqual(await steps(booking), ['post', 'dispute', 'reinstatement']);
    assert.deepEqual(await balances(booking), {
      bank_clearing: TOTAL,
      host_payable: -OF_HOST,
      platform_revenue: -OF_PLATFORM,
    });
    assert.equal(await isDisputed(guest, booking), false);
    assert.match((await world().mail(operator, new RegExp(`Over: ${row.id}`))).text, /given the money back/);
    const closed = (await eventsOf(world().db, booking.payment.id)).at(-1);
    assert.deepEqual([closed?.kind, closed?.data.status], ['payment.dispute_closed', 'won']);
    assert.equal((await operator.get(`/disputes/${row.id}`)).body.fee, 0);
  });

  it('that the payer takes back is won without an answer', async () => {
    const { booking, id } = await disputed();
    await world().bank.judge(id, 'win');
    const { evidence_submitted_at: submittedAt } = await disputeIsOver(world(), id, 'won');
    assert.equal(submittedAt, null);
    assert.deepEqual(await steps(booking), ['post', 'dispute', 'reinstatement']);
  });

  it('is lost: host, platform and bank fees bear it, as if it had been refunded (M14)', async () => {
    const operator = await world().operator();
    const { booking, guest, id, row } = await disputed();
    await operator.must(202, evidence(operator, row, { text: 'losing_evidence' }));
    await disputeIsOver(world(), id, 'lost');
    const loss = (await movementsOf(world().db, booking.id)).at(-1);
    assert.deepEqual(loss, {
      step: `loss:${row.id}`,
      bankId: id,
      entries: { disputes: -TOTAL, host_payable: OF_HOST, platform_revenue: OF_PLATFORM },
    });
    assert.deepEqual(await balances(booking), { bank_fees: FEE, bank_clearing: -FEE });
    assert.equal(await isDisputed(guest, booking), false);
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'confirmed');
    await assertBooksBalance(world().db);
  });

  it('after a partial refund is about the rest, and each bears the rest of their part (M14)', async () => {
    const { booking, host } = await world().booked();
    await host.must(201, host.post(`/payments/${booking.payment.id}/refunds`, { amount: 9_950 }));
    await world().refunded(booking.id, { amount: 9_950 });
    const id = await world().bank.dispute(booking.id);
    assert.equal((await disputeIs(world(), id, 'opened')).amount_minor, TOTAL - 9_950);
    await world().bank.judge(id, 'lose');
    await disputeIsOver(world(), id, 'lost');
    assert.deepEqual(await steps(booking), ['post', 'refund', 'dispute', 'loss']);
    assert.deepEqual(await balances(booking), { bank_fees: FEE, bank_clearing: -FEE });
  });

  it('of a part is lost in proportion, to the unit', async () => {
    const { booking, id } = await disputed({ amount: 1_001 });
    await world().bank.judge(id, 'lose');
    await disputeIsOver(world(), id, 'lost');
    const { host_payable: host, platform_revenue: platform, ...rest } = await balances(booking);
    assert.deepEqual(rest, { bank_clearing: TOTAL - 1_001 - FEE, bank_fees: FEE });
    assert.deepEqual([host, platform], [-(OF_HOST - 852), -(OF_PLATFORM - 149)]);
  });

  it('does not arise from what is given back in full (M14)', async () => {
    const { booking, guest } = await world().booked();
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    await world().refunded(booking.id);
    await assert.rejects(world().bank.dispute(booking.id), /fully refunded charge cannot be disputed/);
    assert.equal(await isDisputed(guest, booking), false);
  });

  describe('that is only an inquiry (M14)', () => {
    it('moves no money, freezes nothing, and comes to nothing', async () => {
      const operator = await world().operator();
      const { booking, guest, id, row } = await disputed({ inquiry: true });
      assert.equal(await isDisputed(guest, booking), false);
      assert.match((await world().mail(operator, new RegExp(row.id))).text, /has taken nothing/);
      await operator.must(202, evidence(operator, row));
      await disputeIs(world(), id, 'inquiry_under_review');
      await world().bank.judge(id, 'win');
      await disputeIsOver(world(), id, 'inquiry_closed');
      assert.deepEqual(await steps(booking), ['post']);
      const told = (await eventsOf(world().db, booking.payment.id)).map(({ kind }) => kind);
      assert.ok(!told.includes('payment.disputed') && !told.includes('payment.dispute_closed'));
    });

    it('may become a chargeback, which wants an answer of its own', async () => {
      const operator = await world().operator();
      const { booking, guest, id, row } = await disputed({ inquiry: true });
      await operator.must(202, evidence(operator, row));
      await disputeIs(world(), id, 'inquiry_under_review');
      await world().bank.judge(id, 'escalate');
      await disputeIs(world(), id, 'opened');
      assert.equal(await isDisputed(guest, booking), true);
      const again = await operator.must(202, evidence(operator, row, { text: 'winning_evidence' }));
      assert.equal(again.evidenceSubmittedAt, undefined);
      await disputeIsOver(world(), id, 'won');
      assert.deepEqual(await steps(booking), ['post', 'dispute', 'reinstatement']);
    });

    it('ends when all is given back', async () => {
      const { booking, guest, id } = await disputed({ inquiry: true });
      await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
      await disputeIsOver(world(), id, 'inquiry_closed');
      await world().refunded(booking.id);
      assert.deepEqual(await balances(booking), {});
    });
  });

  it('during the stay leaves the stay as it is (M15)', async () => {
    const { booking, guest } = await world().booked();
    await world().passTo(booking, booking.checkInAt);
    await world().sees(guest, booking.id, 'in_stay');
    const id = await world().bank.dispute(booking.id);
    await disputeIs(world(), id, 'opened');
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'in_stay');
    await world().passTo(booking, booking.checkOutAt);
    await world().sees(guest, booking.id, 'completed');
    await world().bank.judge(id, 'lose');
    await disputeIsOver(world(), id, 'lost');
    assert.equal((await guest.get(`/bookings/${booking.id}`)).body.status, 'completed');
  });

  describe('as the bank tells of it', () => {
    it('is taken up once, in whatever order and however often (W1, W2)', async () => {
      const { booking } = await world().booked();
      await world().bank.control('POST', '/webhooks/pause');
      const id = await world().bank.dispute(booking.id);
      await world().bank.judge(id, 'win');
      const events = await world().bank.eventsAbout(id);
      assert.ok(events.length >= 4);
      for (const event of [...events].reverse())
        for (const copy of ['', '_again'])
          assert.equal(await world().bank.deliver({ ...event, id: `${event.id}${copy}` }), 200);
      await disputeIsOver(world(), id, 'won');
      await world().bank.control('POST', '/webhooks/resume');
      await world().bankIsHeard();
      assert.deepEqual(await steps(booking), ['post', 'dispute', 'reinstatement']);
      const told = (await eventsOf(world().db, booking.payment.id)).map(({ kind }) => kind);
      assert.equal(told.filter((kind) => kind === 'payment.disputed').length, 1);
    });

    it('may be known before our own commit of the payment (W2)', async () => {
      const host = await world().person('Hugh Host');
      const { id: propertyId } = await newProperty(host);
      const guest = await world().person();
      const create = { method: 'POST', path: '/v1/payment_intents' };
      await world().bank.misbehave({ kind: 'answer_late', match: create, delayMs: 3_000 });
      const answer = guest.post(
        '/bookings',
        stayRequest({ propertyId, paymentMethodId: 'pm_card_createDispute' }),
      );
      await until('the dispute is handed on', async () => {
        const event = await world()
          .db('bank_events')
          .whereLike('kind', 'charge.dispute.%')
          .whereRaw(`delivered_to = 'dispute:' || object_id`)
          .whereNotIn('object_id', world().db('disputes').select('bank_dispute_id'))
          .first();
        return event !== undefined;
      });
      const booking = await guest.must(201, answer);
      assert.equal(booking.status, 'confirmed');
      await until('the payment is disputed', () => isDisputed(guest, booking));
      assert.deepEqual(await steps(booking), ['post', 'dispute']);
    });

    it('is found out by asking, when it tells nothing (W10)', async () => {
      const { booking, id } = await disputed();
      await world().bank.control('POST', '/webhooks/pause');
      await world().bank.judge(id, 'win');
      await world().temporal.advance(settleDisputeId(id), DAY_MS + 1_000);
      await disputeIsOver(world(), id, 'won');
      assert.deepEqual(await steps(booking), ['post', 'dispute', 'reinstatement']);
    });
  });

  it('bars a refund: what the bank says to it is ours to say', async () => {
    const { booking, host } = await disputed();
    const path = `/payments/${booking.payment.id}/refunds`;
    await host.must(201, host.post(path, { amount: 1_000 }));
    await until('the refund has failed', async () => {
      return (await host.must(200, host.get(path))).data[0].status === 'failed';
    });
    const refund = await world().db('refunds').where({ booking_id: booking.id }).first();
    assert.equal(refund.failure, 'charge_disputed');
    assert.deepEqual(await steps(booking), ['post', 'dispute']);
  });

  it('changes no review that is public (R5)', async () => {
    const { booking, guest, host } = await toReview(world());
    const { id } = await guest.must(201, write(guest, booking.id));
    await host.must(201, write(host, booking.id));
    const before = await isPublic(guest, id);
    const rated = (await guest.get(`/properties/${booking.propertyId}`)).body.rating;
    const dispute = await world().bank.dispute(booking.id);
    await disputeIs(world(), dispute, 'opened');
    await world().bank.judge(dispute, 'lose');
    await disputeIsOver(world(), dispute, 'lost');
    assert.deepEqual(await guest.must(200, guest.get(`/reviews/${id}`)), before);
    assert.deepEqual((await guest.get(`/properties/${booking.propertyId}`)).body.rating, rated);
  });

  describe('is answered', () => {
    it('by itself a day before it is due, after the operators were reminded in vain', async () => {
      const operator = await world().operator();
      const noteToHost = 'We arrive late, by train.';
      const { booking, guest } = await world().booked({ noteToHost });
      await world().passTo(booking, booking.checkInAt);
      await world().sees(guest, booking.id, 'in_stay');
      await guest.must(200, guest.post(`/bookings/${booking.id}/check-in`));
      const id = await world().bank.dispute(booking.id);
      const row = await disputeIs(world(), id, 'opened');
      await disputePasses(world(), row, { to: 'reminder', byMs: -60_000 });
      assert.deepEqual(
        (await eventsOf(world().db, row.id)).map(({ kind }) => kind),
        ['dispute.opened'],
      );
      await disputePasses(world(), row, { to: 'reminder' });
      assert.match(
        (await world().mail(operator, new RegExp(`Still to be answered: ${row.id}`))).text,
        /evidence/,
      );
      assert.equal((await world().bank.disputeOf(id)).status, 'needs_response');
      await disputePasses(world(), row, { to: 'answer' });
      await disputeIs(world(), id, 'under_review');
      const { evidence: said, evidence_details: details } = await world().bank.disputeOf(id);
      assert.equal(details.submission_count, 1);
      assert.deepEqual(
        [said.customer_name, said.customer_email_address, said.service_date, said.uncategorized_text],
        ['Ada Traveller', guest.email, booking.checkIn, null],
      );
      assert.match(said.product_description ?? '', /Canal-side flat[^]*Total: GBP 399\.00/);
      assert.match(said.cancellation_policy_disclosure ?? '', /flexible/);
      assert.match(
        said.access_activity_log ?? '',
        /Check-in was recorded[^]*We arrive late[^]*booking\.confirmed/,
      );
      assert.deepEqual(
        (await eventsOf(world().db, row.id)).map(({ kind }) => kind),
        ['dispute.opened', 'dispute.reminded', 'dispute.answered'],
      );
    });

    it('once: with an operator’s words, and the same answer for the same key (M23)', async () => {
      const operator = await world().operator();
      const { id, row } = await disputed();
      await operator.must(202, evidence(operator, row, { text: 'They were there.', key: 'my answer' }));
      await disputeIs(world(), id, 'under_review');
      assert.equal((await world().bank.disputeOf(id)).evidence.uncategorized_text, 'They were there.');
      const again = await evidence(operator, row, { text: 'They were there.', key: 'my answer' });
      assert.deepEqual([again.status, again.body.status], [200, 'under_review']);
      const more = await evidence(operator, row, { text: 'And they liked it.' });
      assert.deepEqual(
        [more.status, more.body.code, more.body.disputeStatus],
        [409, 'dispute_state', 'under_review'],
      );
    });

    it('with words of 5,000 characters, and no more', async () => {
      const operator = await world().operator();
      const { row } = await disputed();
      for (const text of ['', 'x'.repeat(5_001)]) {
        const { status, body } = await evidence(operator, row, { text });
        assert.deepEqual([status, body.errors?.[0].path], [400, 'text']);
      }
      await operator.must(202, evidence(operator, row, { text: 'x'.repeat(5_000) }));
    });

    it('while Temporal is away: the words are kept, and handed in later', async () => {
      const operator = await world().operator();
      const { id, row } = await disputed();
      const temporal = world().stack.part('temporal');
      await temporal.hold('SIGKILL');
      try {
        await operator.must(202, evidence(operator, row, { text: 'Late, and still in time.' }));
      } finally {
        await temporal.release();
      }
      await world().isWhole();
      await world().temporal.advance(settleDisputeId(id), DAY_MS + 1_000);
      await disputeIs(world(), id, 'under_review');
      assert.equal(
        (await world().bank.disputeOf(id)).evidence.uncategorized_text,
        'Late, and still in time.',
      );
    });
  });

  it('is the operators’ business alone (S1)', async () => {
    const operator = await world().operator();
    const { guest, host, row } = await disputed();
    for (const [person, status, code] of [
      [world().anyone(), 401, 'unauthenticated'],
      [guest, 403, 'forbidden'],
      [host, 403, 'forbidden'],
    ] as const)
      for (const answer of [
        await person.get('/disputes'),
        await person.get(`/disputes/${row.id}`),
        await evidence(person, row),
      ])
        assert.deepEqual([answer.status, answer.body.code], [status, code]);
    const { data } = await operator.must(200, operator.get('/disputes?limit=100'));
    assert.ok(data.some(({ id }: Wire) => id === row.id));
    const nobodys = 'dsp_00000000000000000000000000';
    for (const answer of [
      await operator.get(`/disputes/${nobodys}`),
      await evidence(operator, { id: nobodys }),
    ])
      assert.deepEqual([answer.status, answer.body.code], [404, 'not_found']);
  });
});
