import type { z } from 'zod';
import { openPayoutAccount, readPayoutAccount } from '../payouts/account-routes.ts';
import { listMyPayouts, readPayout } from '../payouts/routes.ts';
import type {
  OpenedPayoutAccount as OpenedWire,
  PayoutAccount as AccountWire,
  Payout as PayoutWire,
} from '../payouts/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { act, call } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PAGE, pageType } from './pages.ts';

const PayoutStatus = enumOf('PayoutStatus', 'How far a payout has come.', {
  scheduled: 'Due, and under way.',
  waiting: 'Something is in the way.',
  paid: 'The bank has transferred it.',
  returned: 'The bank got it back; it is tried again.',
});

const PayoutObstacle = enumOf('PayoutObstacle', 'What a payout waits for.', {
  onboarding: 'The host has to tell the bank who they are.',
  account: 'The bank does not pay the host’s account.',
  currency: 'The host’s account does not take the currency of the stay.',
  dispute: 'The guest has gone to their bank about the payment.',
  hold: 'The first payout of a new host is held for a while.',
  bank: 'The bank does not make the transfer yet.',
});

const Payout = builder
  .objectRef<z.output<typeof PayoutWire>>('Payout')
  .implement({
    description: 'Money to a host for a stay.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `pyo_…`.' }),
      bookingId: t.exposeID('bookingId', { description: 'What for.' }),
      status: t.expose('status', { type: PayoutStatus, description: 'How far it has come.' }),
      waitingFor: t.expose('waitingFor', {
        type: PayoutObstacle,
        nullable: true,
        description: 'Null unless it waits.',
      }),
      heldUntil: t.expose('heldUntil', {
        type: 'Instant',
        nullable: true,
        description: 'Null unless it waits for the end of a hold.',
      }),
      holdReason: t.exposeString('holdReason', {
        nullable: true,
        description: 'Why, where it is not the rule for all new hosts.',
      }),
      amount: t.expose('amount', {
        type: 'MinorUnits',
        description: 'What reaches the host: expected until it is paid.',
      }),
      debtNetted: t.expose('debtNetted', {
        type: 'MinorUnits',
        description: 'What of the host’s share paid their debts.',
      }),
      currency: t.exposeString('currency', { description: 'ISO 4217.' }),
      dueAt: t.expose('dueAt', { type: 'Instant', description: 'From when on it may be paid.' }),
      paidAt: t.expose('paidAt', { type: 'Instant', nullable: true, description: 'When it was paid.' }),
    }),
  });

const PayeeStanding = enumOf('PayeeStanding', 'Whether the bank can pay somebody.', {
  none: 'They have not asked to be paid.',
  incomplete: 'They have not told the bank all that it asked for.',
  restricted: 'The bank does not pay them.',
  payable: 'They are paid.',
});

const accountFields = {
  status: 'Whether the bank can pay you.',
  missing: 'What the bank still wants to know, in its own words.',
  disabledReason: 'Why it does not pay, in its own words.',
} as const;

const PayoutAccount = builder
  .objectRef<z.output<typeof AccountWire>>('PayoutAccount')
  .implement({
    description: 'Whether the bank can pay somebody.',
    fields: (t) => ({
      status: t.expose('status', { type: PayeeStanding, description: accountFields.status }),
      missing: t.exposeStringList('missing', { description: accountFields.missing }),
      disabledReason: t.exposeString('disabledReason', {
        nullable: true,
        description: accountFields.disabledReason,
      }),
    }),
  });

const OpenedPayoutAccount = builder
  .objectRef<z.output<typeof OpenedWire>>('OpenedPayoutAccount')
  .implement({
    description: 'An account at the bank, and the way into it.',
    fields: (t) => ({
      status: t.expose('status', { type: PayeeStanding, description: accountFields.status }),
      missing: t.exposeStringList('missing', { description: accountFields.missing }),
      disabledReason: t.exposeString('disabledReason', {
        nullable: true,
        description: accountFields.disabledReason,
      }),
      onboardingUrl: t.exposeString('onboardingUrl', {
        description: 'The bank’s page for its holder alone; good for a few minutes and one visit.',
      }),
    }),
  });

builder.queryField('payout', (t) =>
  t.field({
    type: Payout,
    nullable: true,
    description: 'A payout of your own. Refused with `not_found` for everyone else but operators.',
    args: { id: t.arg.id({ required: true, description: 'As `pyo_…`.' }) },
    resolve: (_root, { id }, context) => call(readPayout, { params: { id } }, context),
  }),
);

builder.queryField('payouts', (t) =>
  t.field({
    type: pageType('PayoutPage', 'payouts', Payout),
    nullable: true,
    description: 'Your payouts as a host, the newest first, each once it is due.',
    args: {
      bookingId: t.arg.id({ description: 'Only those for this booking.' }),
      status: t.arg({ type: PayoutStatus, description: 'Only those that have come so far.' }),
      hostId: t.arg.id({ description: 'Whose: for operators.' }),
      limit: t.arg.int(PAGE.limit),
      cursor: t.arg.string(PAGE.cursor),
    },
    resolve: (_root, query, context) => call(listMyPayouts, { query }, context),
  }),
);

builder.queryField('payoutAccount', (t) =>
  t.field({
    type: PayoutAccount,
    nullable: true,
    description: 'Whether the bank can pay you.',
    extensions: { cost: ACT_COST }, // Each asks the bank.
    resolve: (_root, _args, context) => call(readPayoutAccount, {}, context),
  }),
);

const NewPayoutAccount = builder.inputType('NewPayoutAccount', {
  description: 'How the bank leads back.',
  fields: (t) => ({
    returnUrl: t.string({ description: 'Where to; by default to the documentation of the API.' }),
  }),
});

builder.mutationField('openPayoutAccount', (t) =>
  t.field({
    type: OpenedPayoutAccount,
    nullable: true,
    description: 'Opens your account at the bank, unless there is one, and leads to its onboarding.',
    args: { input: t.arg({ type: NewPayoutAccount, description: 'The way back.' }) },
    extensions: { cost: ACT_COST },
    resolve: (_root, asked, context) => act(openPayoutAccount, { input: asked.input ?? {} }, context),
  }),
);
