import { z } from 'zod';
import { revokeSessions } from '#db/sessions.ts';
import { findUser, insertUser, listUsers, updateUser } from '#db/users.ts';
import type { UserRow } from '#db/users.ts';
import { DomainError, invalidInput, notFound } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import { maySeeAccountOf } from '#domain/permissions.ts';
import { weaknessOf } from '#domain/users.ts';
import { decodeCursor, page } from '../cursors.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { sessionCacheKey } from '../middleware/authenticate.ts';
import { countSignIn } from '../middleware/rate-limit.ts';
import { created, ok } from '../replies.ts';
import { IdOf, PageQuery, pageOf } from '../schemas.ts';
import { presentPublicUser, presentUser } from './presenter.ts';
import { NewUser, PublicUser, User, UserChanges } from './schemas.ts';

function refuseWeak(password: string, person: { email: string; name: string }): void {
  const weakness = weaknessOf(password, person);
  if (weakness !== undefined) throw invalidInput('password', weakness);
}

async function accountOf(id: UserId, db: ApiDeps['db']): Promise<UserRow> {
  const user = await findUser(db, id);
  if (user === undefined) throw notFound('user');
  return user;
}

export const register = endpoint({
  method: 'post',
  path: '/users',
  auth: 'none',
  limit: 'registration',
  summary: 'Register',
  description: 'Makes an account. It does not sign in: that is `POST /sessions`.',
  input: NewUser,
  output: { 201: User },
  problems: ['email_taken'],
  async handle({ input, db, passwords }) {
    const { email, name, password } = input;
    refuseWeak(password, input);
    const user = await insertUser(db, { email, name, passwordHash: await passwords.hash(password) });
    return created(presentUser(user), { location: `/users/${user.id}` });
  },
});

export const readMe = endpoint({
  method: 'get',
  path: '/users/me',
  auth: 'user',
  summary: 'Read your own account',
  output: { 200: User },
  async handle({ actor, db }) {
    return ok(presentUser(await accountOf(actor.id, db)));
  },
});

/** Whoever holds a stolen token must not be able to lock the owner out: what opens the account needs its password. */
async function stepUp(user: UserRow, currentPassword: string | undefined, deps: ApiDeps): Promise<void> {
  if (currentPassword === undefined) {
    throw invalidInput('currentPassword', 'Needed to change mail address or password.');
  }
  await countSignIn(user.email, deps.rateLimits);
  if (await deps.passwords.verify(user.password_hash, currentPassword)) return;
  throw new DomainError('forbidden', 'The current password is not right.');
}

export const updateMe = endpoint({
  method: 'patch',
  path: '/users/me',
  auth: 'user',
  summary: 'Change your own account',
  description: 'A change of password ends all other sessions.',
  input: UserChanges,
  output: { 200: User },
  problems: ['forbidden', 'email_taken'],
  async handle({ input, actor, ...deps }) {
    const { db, cache, passwords, now } = deps;
    const { password, currentPassword, ...plain } = input;
    const user = await accountOf(actor.id, db);
    if (password !== undefined || plain.email !== undefined) await stepUp(user, currentPassword, deps);
    if (password !== undefined)
      refuseWeak(password, { email: plain.email ?? user.email, name: plain.name ?? user.name });
    const changes =
      password === undefined ? plain : { ...plain, passwordHash: await passwords.hash(password) };
    if (Object.keys(changes).length === 0) return ok(presentUser(user));
    const updated = await updateUser(db, actor.id, changes);
    if (updated === undefined) throw notFound('user');
    if (password !== undefined) {
      const ended = await revokeSessions(db, { userId: actor.id, except: actor.sessionId }, now());
      await cache.drop((ended ?? []).map(sessionCacheKey));
    }
    return ok(presentUser(updated));
  },
});

export const readUser = endpoint({
  method: 'get',
  path: '/users/{id}',
  auth: 'optional',
  summary: 'Read a user',
  description: 'The public view; the whole account for its owner and for operators.',
  params: z.strictObject({ id: IdOf('user') }),
  output: { 200: z.union([PublicUser, User]) },
  problems: ['not_found'],
  async handle({ params, actor, db }) {
    const user = await accountOf(params.id, db);
    return ok(maySeeAccountOf(user.id, actor) ? presentUser(user) : presentPublicUser(user));
  },
});

export const listAllUsers = endpoint({
  method: 'get',
  path: '/users',
  auth: 'operator',
  summary: 'List users, the newest first',
  query: PageQuery,
  output: { 200: pageOf(User) },
  async handle({ query, db }) {
    const before = decodeCursor(IdOf('user'), query.cursor);
    const rows = await listUsers(db, { before, limit: query.limit + 1 });
    return ok(page(rows, query.limit, { present: presentUser, positionOf: ({ id }) => id }));
  },
});

export const userEndpoints = [register, readMe, updateMe, readUser, listAllUsers];
