import { register, updateMe } from '../users/routes.ts';
import { builder } from './builder.ts';
import { act } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { User } from './users.ts';

const NewUser = builder.inputType('NewUser', {
  description: 'Whoever registers.',
  fields: (t) => ({
    email: t.string({ required: true, description: 'Signs in with it; shown to nobody else.' }),
    password: t.string({
      required: true,
      description: '8 to 128 characters, and none that is easily guessed.',
    }),
    name: t.string({ required: true, description: 'Shown to everyone.' }),
  }),
});

builder.mutationField('register', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'Makes an account. It does not sign in: that is `signIn`.',
    args: { input: t.arg({ type: NewUser, required: true, description: 'Who.' }) },
    extensions: { cost: ACT_COST },
    resolve: (_root, { input }, context) => act(register, { input }, context),
  }),
);

const UserChanges = builder.inputType('UserChanges', {
  description: 'What is to change of an account; what is left out stays.',
  fields: (t) => ({
    name: t.string({ description: 'Shown to everyone.' }),
    email: t.string({ description: 'Needs `currentPassword`.' }),
    password: t.string({ description: 'A new one. Needs `currentPassword`, and ends all other sessions.' }),
    currentPassword: t.string({ description: 'Needed to change mail address or password.' }),
  }),
});

builder.mutationField('updateMe', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'Changes your own account. A change of password ends all other sessions.',
    args: { input: t.arg({ type: UserChanges, required: true, description: 'What is to change.' }) },
    extensions: { cost: ACT_COST },
    resolve: (_root, { input }, context) => act(updateMe, { input }, context),
  }),
);
