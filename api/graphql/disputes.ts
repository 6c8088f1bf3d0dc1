import type { z } from 'zod';
import { addEvidence, listAllDisputes, readDispute } from '../payments/dispute-routes.ts';
import type { Dispute as DisputeWire } from '../payments/dispute-schemas.ts';
import { builder, enumOf } from './builder.ts';
import { KEY_IF_ANY, act, call } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PAGE, pageType } from './pages.ts';

const DisputeStatus = enumOf('DisputeStatus', 'How far a payer’s complaint to their bank has come.', {
  inquiry: 'The bank only asks, and waits for an answer.',
  inquiry_under_review: 'The bank weighs our answer, and has taken nothing.',
  inquiry_closed: 'The bank has asked, and nothing came of it.',
  opened: 'The bank has taken the amount and a fee, and waits for our evidence.',
  under_review: 'The bank weighs our evidence.',
  won: 'The money is, or comes, back.',
  lost: 'The payer keeps the money.',
});

const Dispute = builder
  .objectRef<z.output<typeof DisputeWire>>('Dispute')
  .implement({
    description: 'A payer has gone to their own bank.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `dsp_…`.' }),
      bankDisputeId: t.exposeString('bankDisputeId', { description: 'The bank’s own id.' }),
      bookingId: t.exposeID('bookingId', { description: 'Of which stay.' }),
      paymentId: t.exposeID('paymentId', { description: 'What is disputed.' }),
      status: t.expose('status', { type: DisputeStatus, description: 'How far it has come.' }),
      reason: t.exposeString('reason', { description: 'The bank’s word for it: `product_not_received`.' }),
      amount: t.expose('amount', { type: 'MinorUnits', description: 'In minor units of its currency.' }),
      fee: t.expose('fee', {
        type: 'MinorUnits',
        description: 'What the bank has charged for it, less what it has given back.',
      }),
      currency: t.exposeString('currency', { description: 'ISO 4217.' }),
      dueBy: t.expose('dueBy', {
        type: 'Instant',
        nullable: true,
        description: 'Until when evidence is taken; null where the bank names no day.',
      }),
      statement: t.exposeString('statement', {
        nullable: true,
        description: 'What an operator has to say to it; null where none has.',
      }),
      evidenceSubmittedAt: t.expose('evidenceSubmittedAt', {
        type: 'Instant',
        nullable: true,
        description: 'When it was answered; null until then.',
      }),
      openedAt: t.expose('openedAt', { type: 'Instant', description: 'When it was put on record.' }),
      closedAt: t.expose('closedAt', {
        type: 'Instant',
        nullable: true,
        description: 'When it was over; null until then.',
      }),
    }),
  });

builder.queryField('dispute', (t) =>
  t.field({
    type: Dispute,
    nullable: true,
    description: 'A dispute, for operators. Refused with `forbidden` for everyone else.',
    args: { id: t.arg.id({ required: true, description: 'As `dsp_…`.' }) },
    resolve: (_root, { id }, context) => call(readDispute, { params: { id } }, context),
  }),
);

builder.queryField('disputes', (t) =>
  t.field({
    type: pageType('DisputePage', 'disputes', Dispute),
    nullable: true,
    description: 'All disputes, the newest first, for operators. Refused with `forbidden` for everyone else.',
    args: { limit: t.arg.int(PAGE.limit), cursor: t.arg.string(PAGE.cursor) },
    resolve: (_root, query, context) => call(listAllDisputes, { query }, context),
  }),
);

const NewEvidence = builder.inputType('NewEvidence', {
  description: 'An operator’s own words.',
  fields: (t) => ({ text: t.string({ required: true, description: 'For the payer’s bank to read.' }) }),
});

builder.mutationField('answerDispute', (t) =>
  t.field({
    type: Dispute,
    nullable: true,
    description:
      'Adds an operator’s words to what is known of the stay, and hands it all in: the bank takes one answer.',
    args: {
      disputeId: t.arg.id({ required: true, description: 'As `dsp_…`.' }),
      input: t.arg({ type: NewEvidence, required: true, description: 'What there is to say.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { disputeId: id, ...asked }, context) =>
      act(addEvidence, { params: { id }, ...asked }, context),
  }),
);
