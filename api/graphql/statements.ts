import type { z } from 'zod';
import { MOVEMENT_KINDS } from '#domain/statements.ts';
import { readStatement } from '../statements/routes.ts';
import type { Statement as StatementWire, StatementMovement as MovementWire } from '../statements/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { call } from './calls.ts';
import { PAGE } from './pages.ts';

const MovementKind = enumOf('MovementKind', 'Why a host has more or less than before.', MOVEMENT_KINDS);

const StatementMovement = builder
  .objectRef<z.output<typeof MovementWire>>('StatementMovement')
  .implement({
    description: 'What the host’s balance went up or down by.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'What the ledger calls it, the same for ever.' }),
      at: t.expose('at', { type: 'Instant', description: 'When the money moved.' }),
      date: t.expose('date', { type: 'CalendarDate', description: 'The same as a date, in UTC.' }),
      kind: t.expose('kind', { type: MovementKind, description: 'Why it moved.' }),
      bookingId: t.exposeID('bookingId', { description: 'For which stay.' }),
      propertyId: t.exposeID('propertyId', { description: 'Where.' }),
      property: t.exposeString('property', { description: 'Its title, as it is today.' }),
      amount: t.expose('amount', { type: 'MinorUnits', description: 'Above nothing in the host’s favour.' }),
      debtNetted: t.expose('debtNetted', {
        type: 'MinorUnits',
        nullable: true,
        description:
          'Of a payout: what of the host’s share paid their debts, which had been taken off before.',
      }),
      balance: t.expose('balance', { type: 'MinorUnits', description: 'After it.' }),
    }),
  });

const StatementTotal = builder
  .objectRef<z.output<typeof StatementWire>['totals'][number]>('StatementTotal')
  .implement({
    description: 'All movements of one kind in a period.',
    fields: (t) => ({
      kind: t.expose('kind', { type: MovementKind, description: 'Of which kind.' }),
      count: t.exposeInt('count', { description: 'How many there were.' }),
      amount: t.expose('amount', { type: 'MinorUnits', description: 'What they come to.' }),
    }),
  });

const Statement = builder
  .objectRef<z.output<typeof StatementWire>>('Statement')
  .implement({
    description:
      'A host’s account in one currency: its opening balance and all movements, or all totals, add up to the closing one.',
    fields: (t) => ({
      hostId: t.exposeID('hostId', { description: 'Whose.' }),
      from: t.expose('from', { type: 'CalendarDate', description: 'The first day.' }),
      to: t.expose('to', { type: 'CalendarDate', description: 'The last day, itself included.' }),
      timeZone: t.exposeString('timeZone', { description: 'By which days are told: `UTC`.' }),
      currency: t.exposeString('currency', { description: 'ISO 4217.' }),
      openingBalance: t.expose('openingBalance', {
        type: 'MinorUnits',
        description: 'What the host was owed before; below nothing what they owed.',
      }),
      closingBalance: t.expose('closingBalance', { type: 'MinorUnits', description: 'The same at the end.' }),
      totals: t.expose('totals', {
        type: [StatementTotal],
        description: 'Of the whole period, whichever page this is.',
      }),
      movements: t.expose('movements', { type: [StatementMovement], description: 'In their order.' }),
      nextCursor: t.exposeString('nextCursor', {
        nullable: true,
        description: 'For the next page, with the same arguments; null on the last.',
      }),
    }),
  });

builder.queryField('statement', (t) =>
  t.field({
    type: Statement,
    nullable: true,
    description: 'What you had, earned and were paid as a host in a period of a year at most.',
    args: {
      from: t.arg({ type: 'CalendarDate', required: true, description: 'The first day, in UTC.' }),
      to: t.arg({ type: 'CalendarDate', required: true, description: 'The last day, itself included.' }),
      currency: t.arg.string({ description: 'May be left out where there has ever been one alone.' }),
      hostId: t.arg.id({ description: 'Whose: for operators.' }),
      limit: t.arg.int(PAGE.limit),
      cursor: t.arg.string(PAGE.cursor),
    },
    resolve: (_root, query, context) => call(readStatement, { query }, context),
  }),
);
