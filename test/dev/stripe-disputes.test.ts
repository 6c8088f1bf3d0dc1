import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import type { TestBank } from './stripe-fixture.ts';
import { eventually, failure, openBank, PAYMENT } from './stripe-fixture.ts';

const DAY_SECONDS = 86_400;
const FEE = 1500;

describe('the simulated bank: disputes', () => {
  let bank: TestBank;
  let stripe: Stripe;
  beforeEach(async () => {
    bank = await openBank();
    stripe = bank.stripe;
  });
  afterEach(() => bank[Symbol.asyncDispose]());

  const pay = async (method = 'pm_card_visa') => {
    const intent = await stripe.paymentIntents.create({ ...PAYMENT, payment_method: method });
    return intent.latest_charge as string;
  };
  const open = async (charge: string, complaint: object = {}) =>
    (await bank.control('POST', `/charges/${charge}/dispute`, complaint)) as Stripe.Dispute;
  const judge = async ({ id }: Stripe.Dispute, outcome: 'escalate' | 'lose' | 'win') =>
    (await bank.control('POST', `/disputes/${id}/verdict`, { outcome })) as Stripe.Dispute;
  const advance = (advanceSeconds: number) => bank.control('POST', '/clock', { advanceSeconds });
  const netOf = async (source: string) => {
    const { data } = await stripe.balanceTransactions.list({ source });
    return data.reduce((sum, { net }) => sum + net, 0);
  };
  const told = async ({ id }: Stripe.Dispute) => {
    const { data } = await stripe.events.list({ type: 'charge.dispute.*', limit: 100 });
    return data
      .filter((event) => (event.data.object as Stripe.Dispute).id === id)
      .map((event) => event.type.slice('charge.dispute.'.length))
      .reverse();
  };
  const refusal = (control: Promise<unknown>) => assert.rejects(control, assert.AssertionError);

  describe('a chargeback', () => {
    it('takes its amount and a fee at once, and waits for an answer', async () => {
      const charge = await pay();
      const { id } = await open(charge, { reason: 'product_not_received' });
      const dispute = await stripe.disputes.retrieve(id, { expand: ['charge', 'payment_intent'] });
      assert.deepEqual(
        [dispute.status, dispute.amount, dispute.currency, dispute.reason],
        ['needs_response', 12_300, 'gbp', 'product_not_received'],
      );
      assert.equal(dispute.payment_method_details?.card?.case_type, 'chargeback');
      assert.equal((dispute.charge as Stripe.Charge).disputed, true);
      assert.equal((dispute.payment_intent as Stripe.PaymentIntent).status, 'succeeded');
      assert.equal((dispute.evidence_details.due_by ?? 0) - dispute.created, 9 * DAY_SECONDS);
      const [debit, ...more] = dispute.balance_transactions;
      assert.deepEqual(
        [debit?.type, debit?.reporting_category, debit?.source, debit?.amount, debit?.fee, debit?.net],
        ['adjustment', 'dispute', id, -12_300, FEE, -12_300 - FEE],
      );
      assert.equal(more.length, 0);
      assert.equal(await netOf(id), -12_300 - FEE);
      assert.deepEqual(await told(dispute), ['created', 'funds_withdrawn']);
    });

    it('won gives back both, and lets the charge be refunded again', async () => {
      const charge = await pay();
      const dispute = await open(charge);
      const barred = await failure(stripe.refunds.create({ charge }));
      assert.deepEqual([barred.statusCode, barred.code], [400, 'charge_disputed']);
      const won = await judge(dispute, 'win');
      assert.deepEqual([won.status, won.is_charge_refundable], ['won', true]);
      assert.deepEqual(
        won.balance_transactions.map(({ reporting_category: category, net }) => [category, net]),
        [
          ['dispute', -12_300 - FEE],
          ['dispute_reversal', 12_300 + FEE],
        ],
      );
      assert.equal(await netOf(dispute.id), 0);
      assert.deepEqual(await told(dispute), ['created', 'funds_withdrawn', 'closed', 'funds_reinstated']);
      assert.equal((await stripe.refunds.create({ charge })).status, 'succeeded');
    });

    it('lost gives back nothing, and ends what could be refunded', async () => {
      const charge = await pay();
      const dispute = await open(charge);
      assert.equal((await judge(dispute, 'lose')).status, 'lost');
      assert.equal(await netOf(dispute.id), -12_300 - FEE);
      assert.deepEqual(await told(dispute), ['created', 'funds_withdrawn', 'closed']);
      assert.equal((await failure(stripe.refunds.create({ charge }))).code, 'charge_disputed');
      await refusal(judge(dispute, 'win'));
      await refusal(open(charge));
    });

    it('that is given in to is lost', async () => {
      const dispute = await open(await pay());
      assert.equal((await stripe.disputes.close(dispute.id)).status, 'lost');
      assert.equal((await failure(stripe.disputes.close(dispute.id))).statusCode, 400);
      assert.deepEqual(await told(dispute), ['created', 'funds_withdrawn', 'closed']);
    });

    it('that nobody answers in time is lost', async () => {
      const { id } = await open(await pay());
      await advance(9 * DAY_SECONDS - 60);
      assert.equal((await stripe.disputes.retrieve(id)).status, 'needs_response');
      await advance(60);
      const { status, evidence_details: details } = await stripe.disputes.retrieve(id);
      assert.deepEqual([status, details.past_due], ['lost', true]);
    });

    it('may be about a part, and about no more than was not given back (M14)', async () => {
      const charge = await pay();
      await stripe.refunds.create({ charge, amount: 2300 });
      await refusal(open(charge, { amount: 10_001 }));
      assert.equal((await open(charge)).amount, 10_000);
      const other = await pay();
      assert.equal(await netOf((await open(other, { amount: 500 })).id), -500 - FEE);
    });

    it('does not arise from what is given back in full, held, or disputed already (M14)', async () => {
      const charge = await pay();
      await stripe.refunds.create({ charge });
      await refusal(open(charge));
      const held = await stripe.paymentIntents.create({ ...PAYMENT, capture_method: 'manual' });
      await refusal(open(held.latest_charge as string));
      const disputed = await pay();
      await open(disputed);
      await refusal(open(disputed));
      assert.equal((await stripe.disputes.list()).data.length, 1);
    });

    it('turns back a refund that was still on its way', async () => {
      const charge = await pay('pm_card_pendingRefund');
      const { id } = await stripe.refunds.create({ charge });
      assert.equal((await open(charge)).amount, 12_300);
      const { status, failure_reason: reason } = await stripe.refunds.retrieve(id);
      assert.deepEqual([status, reason], ['failed', 'charge_for_pending_refund_disputed']);
      assert.equal(await netOf(id), 0);
    });
  });

  describe('evidence', () => {
    it('is collected in steps, and handed in once', async () => {
      const { id } = await open(await pay());
      await stripe.disputes.update(id, {
        evidence: { customer_name: 'Ada', receipt: 'file_1' },
        submit: false,
      });
      const staged = await stripe.disputes.update(id, { evidence: { receipt: '' }, submit: false });
      assert.deepEqual([staged.status, staged.evidence.customer_name], ['needs_response', 'Ada']);
      assert.equal(staged.evidence.receipt, null);
      assert.deepEqual(
        [staged.evidence_details.has_evidence, staged.evidence_details.submission_count],
        [true, 0],
      );
      const named = await stripe.disputes.update(id, { metadata: { bookingId: 'bkg_1' } });
      assert.equal(named.status, 'needs_response');
      const submitted = await stripe.disputes.update(id, { evidence: { product_description: 'A stay' } });
      assert.equal(submitted.status, 'under_review');
      assert.equal(submitted.evidence.customer_name, 'Ada');
      assert.equal(submitted.evidence_details.submission_count, 1);
      assert.deepEqual(submitted.metadata, { bookingId: 'bkg_1' });
      assert.deepEqual(await told(submitted), [
        'created',
        'funds_withdrawn',
        ...['updated', 'updated', 'updated', 'updated'],
      ]);
      const again = await failure(stripe.disputes.update(id, { evidence: { customer_name: 'Eve' } }));
      assert.equal(again.statusCode, 400);
      await advance(60 * DAY_SECONDS);
      assert.equal((await stripe.disputes.retrieve(id)).status, 'under_review');
      assert.equal((await judge(submitted, 'win')).status, 'won');
    });

    for (const [words, status] of [
      ['winning_evidence', 'won'],
      ['losing_evidence', 'lost'],
    ] as const)
      it(`in the words ${words} ends as ${status}`, async () => {
        const { id } = await open(await pay());
        const submitted = await stripe.disputes.update(id, { evidence: { uncategorized_text: words } });
        assert.equal(submitted.status, 'under_review');
        await advance(2);
        assert.equal((await stripe.disputes.retrieve(id)).status, status);
      });

    it('has its limit in all fields together', async () => {
      const { id } = await open(await pay());
      const evidence = { customer_name: 'a'.repeat(75_000), uncategorized_text: 'b'.repeat(75_000) };
      await stripe.disputes.update(id, { evidence, submit: false });
      const over = await failure(stripe.disputes.update(id, { evidence: { receipt: 'c' }, submit: false }));
      assert.deepEqual([over.statusCode, over.param], [400, 'evidence']);
    });

    it('of a kind that is unknown is refused by its name', async () => {
      const { id } = await open(await pay());
      const misspelt = { evidence: { customer_name: 'Ada', customer_nmae: 'Ada' } };
      assert.equal((await failure(stripe.disputes.update(id, misspelt))).param, 'evidence[customer_nmae]');
    });
  });

  describe('an inquiry', () => {
    it('moves no money, and closes without any', async () => {
      const charge = await pay();
      const dispute = await open(charge, { inquiry: true });
      assert.deepEqual([dispute.status, dispute.is_charge_refundable], ['warning_needs_response', true]);
      const answered = await stripe.disputes.update(dispute.id, { evidence: { receipt: 'file_1' } });
      assert.equal(answered.status, 'warning_under_review');
      assert.equal((await judge(dispute, 'win')).status, 'warning_closed');
      assert.deepEqual(dispute.balance_transactions, []);
      assert.equal(await netOf(dispute.id), 0);
      assert.deepEqual(await told(dispute), ['created', 'updated', 'closed']);
    });

    it('may become a chargeback, which can then be lost', async () => {
      const dispute = await open(await pay(), { inquiry: true });
      await refusal(judge(dispute, 'lose'));
      const escalated = await judge(dispute, 'escalate');
      assert.deepEqual([escalated.status, escalated.is_charge_refundable], ['needs_response', false]);
      assert.equal(escalated.payment_method_details?.card?.case_type, 'chargeback');
      assert.equal(await netOf(dispute.id), -12_300 - FEE);
      await judge(dispute, 'lose');
      assert.deepEqual(await told(dispute), ['created', 'updated', 'funds_withdrawn', 'closed']);
    });

    it('takes, as a chargeback, only what was not given back meanwhile', async () => {
      const charge = await pay();
      const dispute = await open(charge, { inquiry: true });
      await stripe.refunds.create({ charge, amount: 2300 });
      assert.equal((await judge(dispute, 'escalate')).amount, 10_000);
      assert.equal(await netOf(dispute.id), -10_000 - FEE);
    });

    it('in the words escalate_inquiry_evidence becomes a chargeback', async () => {
      const { id } = await open(await pay(), { inquiry: true });
      const evidence = { uncategorized_text: 'escalate_inquiry_evidence' };
      assert.equal((await stripe.disputes.update(id, { evidence })).status, 'warning_under_review');
      await advance(1);
      assert.equal((await stripe.disputes.retrieve(id)).status, 'needs_response');
    });

    it('ends with a full refund, and by itself when it leads to nothing', async () => {
      const charge = await pay();
      const asked = await open(charge, { inquiry: true });
      await stripe.refunds.create({ charge, amount: 300 });
      assert.equal((await stripe.disputes.retrieve(asked.id)).status, 'warning_needs_response');
      await stripe.refunds.create({ charge });
      assert.equal((await stripe.disputes.retrieve(asked.id)).status, 'warning_closed');
      const forgotten = await open(await pay(), { inquiry: true });
      await advance(120 * DAY_SECONDS);
      assert.equal((await stripe.disputes.retrieve(forgotten.id)).status, 'warning_closed');
    });
  });

  describe('a card that disputes', () => {
    for (const [method, reason, status] of [
      ['pm_card_createDispute', 'fraudulent', 'needs_response'],
      ['pm_card_createDisputeProductNotReceived', 'product_not_received', 'needs_response'],
      ['pm_card_createDisputeInquiry', 'fraudulent', 'warning_needs_response'],
    ] as const)
      it(`as ${method} does a moment after it has paid`, async () => {
        const charge = await pay(method);
        await advance(1);
        const [dispute, ...more] = (await stripe.disputes.list({ charge })).data;
        assert.deepEqual([dispute?.reason, dispute?.status, more.length], [reason, status, 0]);
      });

    it('also after a capture, by hand or in the background', async () => {
      const { capture_method: _, ...payment } = PAYMENT;
      const disputing = { ...payment, payment_method: 'pm_card_createDispute' };
      const later = await stripe.paymentIntents.create(disputing);
      const held = await stripe.paymentIntents.create({ ...disputing, capture_method: 'manual' });
      await stripe.paymentIntents.capture(held.id, { amount_to_capture: 5000 });
      await advance(2);
      await eventually(async () => (await stripe.disputes.list()).data.length === 2);
      const { data } = await stripe.disputes.list({ payment_intent: held.id });
      assert.deepEqual(
        data.map(({ amount }) => amount),
        [5000],
      );
      assert.equal((await stripe.disputes.list({ payment_intent: later.id })).data.length, 1);
    });
  });

  it('are listed newest first, and are not there under an id that nobody gave', async () => {
    const first = await open(await pay());
    const second = await open(await pay());
    const { data } = await stripe.disputes.list({ limit: 1 });
    assert.equal(data[0]?.id, second.id);
    const rest = await stripe.disputes.list({ starting_after: second.id });
    assert.deepEqual(
      rest.data.map(({ id }) => id),
      [first.id],
    );
    assert.equal((await failure(stripe.disputes.retrieve('du_nothing'))).code, 'resource_missing');
  });
});
