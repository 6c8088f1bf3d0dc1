import type { z } from 'zod';
import {
  endSession,
  listOwnSessions,
  refresh,
  signIn,
  signOut,
  signOutEverywhere,
} from '../sessions/routes.ts';
import type { Session as SessionWire, SignedIn as SignedInWire } from '../sessions/schemas.ts';
import { builder } from './builder.ts';
import { act, call, done } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PAGE, pageType } from './pages.ts';
import { User } from './users.ts';

const SignedIn = builder
  .objectRef<z.output<typeof SignedInWire>>('SignedIn')
  .implement({
    description: 'What a sign-in gives: tokens, and whose they are.',
    fields: (t) => ({
      token: t.exposeString('token', { description: 'Sent as `Authorization: Bearer …`.' }),
      refreshToken: t.exposeString('refreshToken', { description: 'Good once, for `refreshSession`.' }),
      expiresAt: t.expose('expiresAt', { type: 'Instant', description: 'When `token` ends.' }),
      user: t.expose('user', { type: User, description: 'Whose they are.' }),
    }),
  });

const Session = builder
  .objectRef<z.output<typeof SessionWire>>('Session')
  .implement({
    description: 'A sign-in that has not ended.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `ses_…`.' }),
      current: t.exposeBoolean('current', { description: 'Whether this call was made with it.' }),
      userAgent: t.exposeString('userAgent', {
        nullable: true,
        description: 'What signed in, in its own words; null where it said none.',
      }),
      createdAt: t.expose('createdAt', { type: 'Instant', description: 'When it began.' }),
      refreshedAt: t.expose('refreshedAt', {
        type: 'Instant',
        description: 'When its tokens were last renewed.',
      }),
    }),
  });

builder.queryField('sessions', (t) =>
  t.field({
    type: pageType('SessionPage', 'sessions', Session),
    nullable: true,
    description: 'Your sessions, the newest first.',
    args: { limit: t.arg.int(PAGE.limit), cursor: t.arg.string(PAGE.cursor) },
    resolve: (_root, query, context) => call(listOwnSessions, { query }, context),
  }),
);

const Credentials = builder.inputType('Credentials', {
  description: 'What proves who somebody is.',
  fields: (t) => ({
    email: t.string({ required: true, description: 'Of the account.' }),
    password: t.string({ required: true, description: 'Of the account.' }),
  }),
});

builder.mutationField('signIn', (t) =>
  t.field({
    type: SignedIn,
    nullable: true,
    description:
      'Begins a session. Refused with `unauthenticated` for whatever is wrong with the credentials.',
    args: { input: t.arg({ type: Credentials, required: true, description: 'Whose.' }) },
    extensions: { cost: ACT_COST },
    resolve: (_root, { input }, context) => act(signIn, { input }, context),
  }),
);

const Refresh = builder.inputType('Refresh', {
  description: 'What proves that a session is one’s own.',
  fields: (t) => ({
    refreshToken: t.string({ required: true, description: 'Of the last sign-in or refresh.' }),
  }),
});

builder.mutationField('refreshSession', (t) =>
  t.field({
    type: SignedIn,
    nullable: true,
    description:
      'Exchanges a refresh token for a new pair. Each is good once, and for ten seconds more in case the answer was ' +
      'lost; one that comes back later ends the session. To be sent without the token that has ended.',
    args: { input: t.arg({ type: Refresh, required: true, description: 'Which.' }) },
    extensions: { cost: ACT_COST },
    resolve: (_root, { input }, context) => act(refresh, { input }, context),
  }),
);

builder.mutationField('signOut', (t) =>
  t.boolean({
    nullable: true,
    description: 'Ends this session. True once that is done.',
    extensions: { cost: ACT_COST },
    resolve: (_root, _args, context) => done(act(signOut, {}, context)),
  }),
);

builder.mutationField('endSession', (t) =>
  t.boolean({
    nullable: true,
    description: 'Ends one of your sessions. True once that is done.',
    args: { id: t.arg.id({ required: true, description: 'As `ses_…`.' }) },
    extensions: { cost: ACT_COST },
    resolve: (_root, { id }, context) => done(act(endSession, { params: { id } }, context)),
  }),
);

builder.mutationField('signOutEverywhere', (t) =>
  t.boolean({
    nullable: true,
    description: 'Ends all your sessions, this one too. True once that is done.',
    extensions: { cost: ACT_COST },
    resolve: (_root, _args, context) => done(act(signOutEverywhere, {}, context)),
  }),
);
