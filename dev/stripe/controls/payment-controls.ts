import { z } from 'zod';
import type { Simulation } from './controls.ts';
import { findCharge } from '../objects/charges.ts';
import { answerChallenge, settlePayment } from '../objects/confirmation.ts';
import { escalate, loseDispute, openDispute, winDispute } from '../objects/dispute-course.ts';
import { findDispute } from '../objects/disputes.ts';
import { findIntent } from '../objects/payment-intents.ts';
import { callOffRefund, failRefund, findRefund, settleRefund } from '../objects/refund-outcomes.ts';
import { giveBack, refundableCharge } from '../objects/refunds.ts';
import { answerSetupChallenge } from '../objects/setup-course.ts';
import { findSetupIntent } from '../objects/setup-intents.ts';

const Complaint = z.strictObject({
  amount: z.int().min(1).optional(),
  reason: z.string().min(1).default('fraudulent'),
  inquiry: z.boolean().default(false),
});

/** What somebody may type into the dashboard. */
const DashboardRefund = z.strictObject({
  amount: z.int().min(1).optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).nullable().default(null),
});

/** What can happen to payments, refunds and disputes past the account's own code, by method and path under `/_sim`. */
export const PAYMENT_CONTROLS = {
  'POST /payment_intents/:id/challenge'({ bank }: Simulation, input: unknown, id: string) {
    const { outcome } = z.strictObject({ outcome: z.enum(['pass', 'fail']) }).parse(input);
    bank.act(undefined, () => answerChallenge(bank, findIntent(bank, id), outcome === 'pass'));
    return findIntent(bank, id);
  },
  'POST /setup_intents/:id/challenge'({ bank }: Simulation, input: unknown, id: string) {
    const { outcome } = z.strictObject({ outcome: z.enum(['pass', 'fail']) }).parse(input);
    bank.act(undefined, () => answerSetupChallenge(bank, findSetupIntent(bank, id), outcome === 'pass'));
    return findSetupIntent(bank, id);
  },
  'POST /payment_intents/:id/settlement'({ bank }: Simulation, input: unknown, id: string) {
    const { outcome } = z.strictObject({ outcome: z.enum(['succeed', 'fail']) }).parse(input);
    bank.act(undefined, () => settlePayment(bank, findIntent(bank, id), outcome));
    return findIntent(bank, id);
  },
  'POST /refunds/:id/settlement'({ bank }: Simulation, input: unknown, id: string) {
    const { outcome, failureReason } = z
      .strictObject({
        outcome: z.enum(['succeed', 'fail']),
        failureReason: z.string().default('expired_or_canceled_card'),
      })
      .parse(input);
    return bank.act(undefined, () =>
      outcome === 'succeed'
        ? settleRefund(bank, findRefund(bank, id))
        : failRefund(bank, findRefund(bank, id), failureReason),
    );
  },
  'POST /refunds/:id/cancellation': ({ bank }: Simulation, _input: unknown, id: string) =>
    bank.act(undefined, () => callOffRefund(bank, findRefund(bank, id))),
  'POST /charges/:id/refund'({ bank }: Simulation, input: unknown, id: string) {
    const { amount, ...terms } = DashboardRefund.parse(input);
    return bank.act(undefined, () =>
      giveBack(bank, refundableCharge(bank, id), { ...terms, ...(amount !== undefined && { amount }) }),
    );
  },
  'POST /charges/:id/dispute'({ bank }: Simulation, input: unknown, id: string) {
    const { amount, ...complaint } = Complaint.parse(input);
    return bank.act(undefined, () =>
      openDispute(bank, findCharge(bank, id), { ...complaint, ...(amount !== undefined && { amount }) }),
    );
  },
  'POST /disputes/:id/verdict'({ bank }: Simulation, input: unknown, id: string) {
    const { outcome } = z.strictObject({ outcome: z.enum(['win', 'lose', 'escalate']) }).parse(input);
    const verdict = { win: winDispute, lose: loseDispute, escalate }[outcome];
    return bank.act(undefined, () => verdict(bank, findDispute(bank, id)));
  },
};
