import { z } from 'zod';
import type { Db } from '#db/connect.ts';
import { findPayoutHold } from '#db/payout-holds.ts';
import type { PayoutHoldRow } from '#db/payout-holds.ts';
import { findUser } from '#db/users.ts';
import { notFound } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import { endpoint } from '../endpoint.ts';
import { ok } from '../replies.ts';
import { IdOf } from '../schemas.ts';
import { presentPayoutHold } from './presenter.ts';
import { NewPayoutHold, PayoutHold } from './schemas.ts';

const OfHost = z.strictObject({ id: IdOf('user') });

export const holdPayouts = endpoint({
  method: 'put',
  path: '/users/{id}/payout-hold',
  auth: 'operator',
  tags: ['payouts'],
  summary: 'Hold the first payout of a host, or let it go',
  description:
    'In the place of the rule for all new hosts. A host who has never been paid is paid so many days after their first ' +
    'payout is due; one who has been paid is held no more. Whatever is due by then is paid with it, and nothing before it is due.',
  params: OfHost,
  input: NewPayoutHold,
  output: { 200: PayoutHold },
  problems: ['not_found'],
  async handle({ params, input, actor, db, payouts }) {
    if ((await findUser(db, params.id)) === undefined) throw notFound('user');
    await payouts.hold(params.id, { ...input, operatorId: actor.id });
    return ok(presentPayoutHold(await holdOf(db, params.id)));
  },
});

export const readPayoutHold = endpoint({
  method: 'get',
  path: '/users/{id}/payout-hold',
  auth: 'operator',
  tags: ['payouts'],
  summary: 'Read what was decided about the first payout of a host',
  description: 'Refused with `not_found` where nothing was: then the rule for all new hosts holds.',
  params: OfHost,
  output: { 200: PayoutHold },
  problems: ['not_found'],
  async handle({ params, db }) {
    return ok(presentPayoutHold(await holdOf(db, params.id)));
  },
});

async function holdOf(db: Db, hostId: UserId): Promise<PayoutHoldRow> {
  const hold = await findPayoutHold(db, hostId);
  if (hold === undefined) throw notFound('payout hold');
  return hold;
}
