import assert from 'node:assert/strict';
import type { z } from 'zod';
import type { UserRow } from '#db/users.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import { isId } from '#domain/ids.ts';
import type { UserId } from '#domain/ids.ts';
import { maySeeAccountOf } from '#domain/permissions.ts';
import { presentPublicUser, presentUser } from '../users/presenter.ts';
import { listAllUsers } from '../users/routes.ts';
import type { PublicUser as PublicUserWire, User as UserWire } from '../users/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { call } from './calls.ts';
import { signedIn } from './context.ts';
import type { Context } from './context.ts';
import { PAGE, pageType } from './pages.ts';

export const Rating = builder
  .objectRef<{ average: number | null; count: number }>('Rating')
  .implement({
    description: 'What public reviews say, taken together.',
    fields: (t) => ({
      average: t.exposeFloat('average', { nullable: true, description: '1 to 5; null without reviews.' }),
      count: t.exposeInt('count', { description: 'How many reviews.' }),
    }),
  });

const Role = enumOf('Role', 'What an account may do.', {
  guest: 'Books stays: everyone.',
  host: 'Offers properties: whoever has created one.',
  operator: 'Works for the platform.',
});

export const User = builder
  .objectRef<z.output<typeof UserWire>>('User')
  .implement({
    description: 'An account, as its owner and operators see it.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `usr_…`.' }),
      name: t.exposeString('name', { description: 'Shown to everyone.' }),
      email: t.exposeString('email', { description: 'Shown to nobody else.' }),
      roles: t.expose('roles', { type: [Role], description: 'At least `guest`.' }),
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'When the account was made.' }),
    }),
  });

const UserPage = pageType('UserPage', 'accounts', User);

export const PublicUser = builder
  .objectRef<z.output<typeof PublicUserWire>>('PublicUser')
  .implement({
    description: 'A user, as everyone else sees them.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `usr_…`.' }),
      name: t.exposeString('name', { description: 'As they call themselves.' }),
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'Since when they have an account.' }),
      rating: t.expose('rating', { type: Rating, description: 'Of the hosts whom they stayed with.' }),
    }),
  });

/** The public view of somebody whom another row names. */
export async function publicUser(id: UserId, { loaders }: Context): Promise<z.output<typeof PublicUserWire>> {
  const row = await loaders.users.load(id);
  assert(row !== undefined);
  return presentPublicUser(row);
}

async function accountOf(id: string, { loaders }: Context): Promise<UserRow> {
  const row = isId('user', id) ? await loaders.users.load(id) : undefined;
  if (row === undefined) throw notFound('user');
  return row;
}

builder.queryField('me', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'Your own account. Refused with `unauthenticated` when you are not signed in.',
    resolve: async (_root, _args, context) => presentUser(await accountOf(signedIn(context).id, context)),
  }),
);

builder.queryField('user', (t) =>
  t.field({
    type: PublicUser,
    nullable: true,
    description: 'A user, as everyone sees them. Refused with `not_found` where there is none.',
    args: { id: t.arg.id({ required: true, description: 'As `usr_…`.' }) },
    resolve: async (_root, { id }, context) => presentPublicUser(await accountOf(id, context)),
  }),
);

builder.queryField('account', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'A whole account: your own, or for operators anybody’s. Refused with `forbidden` otherwise.',
    args: { id: t.arg.id({ required: true, description: 'As `usr_…`.' }) },
    async resolve(_root, { id }, context) {
      const actor = signedIn(context);
      const row = await accountOf(id, context);
      if (maySeeAccountOf(row.id, actor)) return presentUser(row);
      throw new DomainError('forbidden', 'An account is for its owner and for operators.');
    },
  }),
);

builder.queryField('users', (t) =>
  t.field({
    type: UserPage,
    nullable: true,
    description: 'All accounts, the newest first, for operators. Refused with `forbidden` for everyone else.',
    args: { limit: t.arg.int(PAGE.limit), cursor: t.arg.string(PAGE.cursor) },
    resolve: (_root, query, context) => call(listAllUsers, { query }, context),
  }),
);
