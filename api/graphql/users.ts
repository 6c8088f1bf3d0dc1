import assert from 'node:assert/strict';
import type { z } from 'zod';
import { notFound } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import { presentPublicUser, presentUser } from '../users/presenter.ts';
import type { PublicUser as PublicUserWire, User as UserWire } from '../users/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { signedIn } from './context.ts';
import type { Context } from './context.ts';

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
    description: 'An account, as its owner sees it.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `usr_…`.' }),
      name: t.exposeString('name', { description: 'Shown to everyone.' }),
      email: t.exposeString('email', { description: 'Shown to nobody else.' }),
      roles: t.expose('roles', { type: [Role], description: 'At least `guest`.' }),
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'When the account was made.' }),
    }),
  });

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

builder.queryField('me', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'Your own account. Refused with `unauthenticated` when you are not signed in.',
    async resolve(_root, _args, context) {
      const row = await context.loaders.users.load(signedIn(context).id);
      if (row === undefined) throw notFound('user');
      return presentUser(row);
    },
  }),
);
