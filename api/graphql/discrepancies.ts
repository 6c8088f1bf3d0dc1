import type { z } from 'zod';
import { ACTS, CAUSES } from '#domain/reconciliation.ts';
import { listAllDiscrepancies, readDiscrepancy, resolveDiscrepancy } from '../reconciliation/routes.ts';
import type { Discrepancy as DiscrepancyWire } from '../reconciliation/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { KEY_IF_ANY, act, call } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PAGE, pageType } from './pages.ts';

const DiscrepancyCause = enumOf('DiscrepancyCause', 'Why bank and ledger do not agree.', CAUSES);

const ResolvingAct = enumOf('ResolvingAct', 'What an operator can do about a discrepancy.', ACTS);

const DiscrepancyStatus = enumOf('DiscrepancyStatus', 'How far a discrepancy has come.', {
  open: 'Nobody does anything about it.',
  resolving: 'What an operator has asked for is being done.',
  resolved: 'It is over.',
});

const DiscrepancyResolution = enumOf('DiscrepancyResolution', 'How a discrepancy has ended.', {
  gone: 'By itself: bank and ledger agree.',
  accepted: 'The bank’s word was taken, and the difference is the platform’s.',
  refunded: 'The money went back to its payer.',
});

const Discrepancy = builder
  .objectRef<z.output<typeof DiscrepancyWire>>('Discrepancy')
  .implement({
    description: 'Something that bank and ledger do not agree about. What went out is negative.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `dcy_…`.' }),
      cause: t.expose('cause', { type: DiscrepancyCause, description: 'Why.' }),
      status: t.expose('status', { type: DiscrepancyStatus, description: 'How far it has come.' }),
      ageSeconds: t.exposeInt('ageSeconds', { description: 'How long it is, or was, open.' }),
      acts: t.expose('acts', { type: [ResolvingAct], description: 'What can be done about it now.' }),
      bankTransactionId: t.exposeString('bankTransactionId', {
        nullable: true,
        description: 'The bank’s own id of the movement.',
      }),
      bankType: t.exposeString('bankType', {
        nullable: true,
        description: 'The bank’s word for it: `charge`.',
      }),
      bankObjectId: t.exposeString('bankObjectId', {
        nullable: true,
        description: 'The charge, refund, … that caused it.',
      }),
      ledgerStep: t.exposeString('ledgerStep', {
        nullable: true,
        description: 'The step of the ledger that it is about.',
      }),
      bookingId: t.exposeID('bookingId', {
        nullable: true,
        description: 'Of which stay, where that is known.',
      }),
      bankAmount: t.expose('bankAmount', {
        type: 'MinorUnits',
        nullable: true,
        description: 'What the bank has; null where it has nothing.',
      }),
      ledgerAmount: t.expose('ledgerAmount', {
        type: 'MinorUnits',
        nullable: true,
        description: 'What the ledger has, likewise.',
      }),
      currency: t.exposeString('currency', { description: 'ISO 4217.' }),
      act: t.expose('act', {
        type: ResolvingAct,
        nullable: true,
        description: 'What an operator has asked for, until it is done.',
      }),
      reason: t.exposeString('reason', { nullable: true, description: 'Why, in the operator’s words.' }),
      failure: t.exposeString('failure', {
        nullable: true,
        description: 'Why what was asked for could not be done.',
      }),
      resolvedAs: t.expose('resolvedAs', {
        type: DiscrepancyResolution,
        nullable: true,
        description: 'How it ended; null until then.',
      }),
      openedAt: t.expose('openedAt', { type: 'Instant', description: 'When it was found.' }),
      resolvedAt: t.expose('resolvedAt', {
        type: 'Instant',
        nullable: true,
        description: 'When it was over; null until then.',
      }),
    }),
  });

builder.queryField('discrepancy', (t) =>
  t.field({
    type: Discrepancy,
    nullable: true,
    description: 'A discrepancy, for operators. Refused with `forbidden` for everyone else.',
    args: { id: t.arg.id({ required: true, description: 'As `dcy_…`.' }) },
    resolve: (_root, { id }, context) => call(readDiscrepancy, { params: { id } }, context),
  }),
);

builder.queryField('discrepancies', (t) =>
  t.field({
    type: pageType('DiscrepancyPage', 'discrepancies', Discrepancy),
    nullable: true,
    description:
      'What bank and ledger do not agree about, the newest first, for operators. Refused with `forbidden` for everyone else.',
    args: {
      open: t.arg.boolean({ description: 'Only those that are open, or only those that are not.' }),
      limit: t.arg.int(PAGE.limit),
      cursor: t.arg.string(PAGE.cursor),
    },
    resolve: (_root, { open, ...query }, context) =>
      call(listAllDiscrepancies, { query: { ...query, open: open?.toString() } }, context),
  }),
);

const NewResolution = builder.inputType('NewResolution', {
  description: 'What is to be done about a discrepancy.',
  fields: (t) => ({
    act: t.field({ type: ResolvingAct, required: true, description: 'One of its `acts`.' }),
    reason: t.string({ required: true, description: 'Why, for whoever looks at the books later.' }),
  }),
});

builder.mutationField('resolveDiscrepancy', (t) =>
  t.field({
    type: Discrepancy,
    nullable: true,
    description:
      'Has something done about a discrepancy, for operators. It is `resolving` until that is done.',
    args: {
      discrepancyId: t.arg.id({ required: true, description: 'As `dcy_…`.' }),
      input: t.arg({ type: NewResolution, required: true, description: 'What, and why.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { discrepancyId: id, ...asked }, context) =>
      act(resolveDiscrepancy, { params: { id }, ...asked }, context),
  }),
);
