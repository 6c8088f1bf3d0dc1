import { z } from 'zod';
import { findPayout, listPayouts } from '#db/payouts.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import { isOperator, maySeePayout } from '#domain/permissions.ts';
import { decodeCursor, page } from '../cursors.ts';
import { endpoint } from '../endpoint.ts';
import { ok } from '../replies.ts';
import { IdOf, pageOf } from '../schemas.ts';
import { openPayoutAccount, readPayoutAccount } from './account-routes.ts';
import { holdPayouts, readPayoutHold } from './hold-routes.ts';
import { presentPayout } from './presenter.ts';
import { Payout, PayoutsQuery } from './schemas.ts';

export const readPayout = endpoint({
  method: 'get',
  path: '/payouts/{id}',
  auth: 'user',
  summary: 'Read a payout',
  description: 'For its host and operators.',
  params: z.strictObject({ id: IdOf('payout') }),
  output: { 200: Payout },
  problems: ['not_found'],
  async handle({ params, actor, db }) {
    const payout = await findPayout(db, params.id);
    if (payout === undefined || !maySeePayout(payout, actor)) throw notFound('payout');
    return ok(presentPayout(payout));
  },
});

export const listMyPayouts = endpoint({
  method: 'get',
  path: '/payouts',
  auth: 'user',
  summary: 'List your payouts, the newest first',
  description:
    'A host is paid from 24 hours after the scheduled check-in on; a payout is listed once it is due.',
  query: PayoutsQuery,
  output: { 200: pageOf(Payout) },
  problems: ['forbidden'],
  async handle({ query, actor, db }) {
    const { bookingId, status, limit, hostId = actor.id } = query;
    if (hostId !== actor.id && !isOperator(actor))
      throw new DomainError('forbidden', 'Only operators see the payouts of others.');
    const after = decodeCursor(IdOf('payout'), query.cursor);
    const rows = await listPayouts(db, { hostId, bookingId, status, after, limit: limit + 1 });
    return ok(page(rows, limit, { present: presentPayout, positionOf: ({ id }) => id }));
  },
});

export const payoutEndpoints = [
  openPayoutAccount,
  readPayoutAccount,
  listMyPayouts,
  readPayout,
  holdPayouts,
  readPayoutHold,
];
