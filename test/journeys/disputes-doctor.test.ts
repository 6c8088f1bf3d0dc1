import assert from 'node:assert/strict';
import { openDoctor } from '#bin/examination.ts';
import { readConfig } from '#config';
import { disputeIs, disputeIsOver } from '../support/disputes.ts';
import { useWorld } from '../support/journeys.ts';
import { onboard, passToPayout, seesPayout, spendAll } from '../support/payouts.ts';
import type { Wire } from '../support/people.ts';

describe('the doctor, where payers have gone to their banks', function () {
  this.timeout(120_000);
  const world = useWorld('apart');
  const brokenOf = (findings: Map<string, string[]>, id: string) =>
    [...findings].filter(([, ids]) => ids.includes(id)).map(([invariant]) => invariant);

  /** What is found of these subjects, by invariant, and stays so for a moment. */
  async function found(): Promise<Map<string, string[]>> {
    await using doctor = openDoctor(readConfig(world().stack.environment));
    const verdicts = await doctor.examine(5_000);
    return new Map(verdicts.map(({ invariant, findings }) => [invariant, findings.map(({ id }) => id)]));
  }

  /** A booking whose payer has gone to their bank, at each stage at which that can stand. */
  async function disputed(complaint: object, outcome?: 'win' | 'lose'): Promise<Wire> {
    const { booking } = await world().booked();
    const id = await world().bank.dispute(booking.id, complaint);
    await disputeIs(world(), id, 'inquiry' in complaint ? 'inquiry' : 'opened');
    if (outcome !== undefined) {
      await world().bank.judge(id, outcome);
      await disputeIsOver(world(), id, outcome === 'win' ? 'won' : 'lost');
    }
    return world().db('disputes').where({ bank_dispute_id: id }).first();
  }

  it('finds that bank, ledger and record agree at every stage (M14)', async () => {
    const disputes = [
      await disputed({}),
      await disputed({ amount: 1_000 }),
      await disputed({ inquiry: true }),
      await disputed({}, 'win'),
      await disputed({}, 'lose'),
    ];
    const findings = await found();
    for (const { id, payment_id: paymentId, bank_dispute_id: bankId } of disputes)
      for (const subject of [id, paymentId, bankId]) assert.deepEqual(brokenOf(findings, subject), []);
  });

  it('finds that they agree where the host had been paid, in whatever account that is now (M14)', async () => {
    const subjects: string[] = [];
    for (const isSpent of [false, true])
      for (const outcome of [undefined, 'win', 'lose'] as const) {
        const { booking, host } = await world().booked({ paymentMethodId: 'pm_card_bypassPending' });
        const account = await onboard(world(), host);
        await passToPayout(world(), booking);
        await seesPayout(host, booking.id, { status: 'paid' });
        if (isSpent) await spendAll(world(), account);
        const id = await world().bank.dispute(booking.id);
        await disputeIs(world(), id, 'opened');
        if (outcome !== undefined) {
          await world().bank.judge(id, outcome);
          await disputeIsOver(world(), id, outcome === 'win' ? 'won' : 'lost');
        }
        const payouts: string[] = await world().db('payouts').where({ booking_id: booking.id }).pluck('id');
        subjects.push(booking.id, booking.payment.id, host.id, id, ...payouts);
      }
    const findings = await found();
    for (const subject of subjects) assert.deepEqual(brokenOf(findings, subject), []);
  });

  it('finds a payment that does not say that it is disputed', async () => {
    const { payment_id: id } = await disputed({});
    const setTo = (isDisputed: boolean) =>
      world().db('payments').where({ id }).update({ disputed: isDisputed });
    await setTo(false);
    assert.deepEqual(brokenOf(await found(), id), [
      'What is disputed stands open in the ledger until the verdict, and its payment says so',
    ]);
    await setTo(true);
  });

  it('finds money that the bank has taken and the record does not tell of', async () => {
    // One that is over: as long as it is not, the record is brought up to the bank's again.
    const { id, payment_id: paymentId } = await disputed({}, 'lose');
    const fee = (by: number) => world().db('disputes').where({ id }).increment('fee_minor', by);
    await fee(1);
    const findings = await found();
    await fee(-1);
    assert.equal(brokenOf(findings, paymentId).length, 1);
    assert.equal(brokenOf(findings, id).length, 1);
  });
});
