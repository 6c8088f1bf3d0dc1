import type { UserId } from '#domain/ids.ts';
import type { Role } from '#domain/permissions.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { newId } from './ids.ts';
import { inTransaction } from './transaction.ts';

export interface UserRow {
  id: UserId;
  email: string;
  name: string;
  /** Null for an imported host, who cannot sign in until they set one. */
  password_hash: string | null;
  roles: Role[];
  stripe_customer_id: string | null;
  /** From the public reviews of those who had them to stay. */
  rating_average: number | null;
  review_count: number;
  created_at: string;
  updated_at: string;
}

export interface NewUser {
  /** Normalized. */
  email: string;
  name: string;
  passwordHash: string | null;
  roles?: readonly Role[];
}

/** Throws `email_taken`. Whoever registers learns that the address is known: they say that it is theirs. */
export async function insertUser(db: Db, user: NewUser): Promise<UserRow> {
  const id = newId('user');
  return inTransaction(db, async (trx) => {
    const [row] = (await trx('users')
      .insert({
        id,
        email: user.email,
        name: user.name,
        password_hash: user.passwordHash,
        roles: user.roles ?? ['guest'],
      })
      .returning<UserRow[]>('*')) as [UserRow];
    await recordEvent(trx, { kind: 'user.registered', subjectId: id, actorId: id });
    return row;
  });
}

export async function findUser(db: Db | Transaction, id: UserId): Promise<UserRow | undefined> {
  return db('users').where({ id }).first<UserRow | undefined>('*');
}

export async function findUserByEmail(db: Db, email: string): Promise<UserRow | undefined> {
  return db('users').where({ email }).first<UserRow | undefined>('*');
}

/** Everyone who works for the platform. */
export async function findOperators(db: Db): Promise<UserRow[]> {
  return db('users').whereRaw(`'operator' = any (roles)`).orderBy('id').select<UserRow[]>('*');
}

/** The newest first, from after `before` (an id) on. */
export function listUsers(db: Db, page: { before: UserId | undefined; limit: number }): Promise<UserRow[]> {
  const users = db('users').orderBy('id', 'desc').limit(page.limit);
  if (page.before !== undefined) void users.where('id', '<', page.before);
  return users.select<UserRow[]>('*');
}

export interface UserChanges {
  name?: string | undefined;
  email?: string | undefined;
  passwordHash?: string | undefined;
}

/** Changes what is given. The event names the fields, not their values: they are personal. Throws `email_taken`. */
export async function updateUser(db: Db, id: UserId, changes: UserChanges): Promise<UserRow | undefined> {
  const columns = { name: changes.name, email: changes.email, password_hash: changes.passwordHash };
  return inTransaction(db, async (trx) => {
    const [row] = await trx('users').where({ id }).update(columns).returning<UserRow[]>('*');
    if (row === undefined) return undefined;
    const fields = Object.keys(changes).map((field) => (field === 'passwordHash' ? 'password' : field));
    await recordEvent(trx, { kind: 'user.updated', subjectId: id, actorId: id, data: { fields } });
    return row;
  });
}

/** The same password under today's parameters: nothing changed that anyone could tell. */
export async function replacePasswordHash(
  db: Db,
  id: UserId,
  hashes: { old: string; new: string },
): Promise<void> {
  await db('users').where({ id, password_hash: hashes.old }).update({ password_hash: hashes.new });
}

/** Adds a role. `actorId` is who granted it: an operator, or `system`. Returns whether the user did not have it yet. */
export async function grantRole(
  trx: Db | Transaction,
  grant: { userId: UserId; role: Role; actorId: string },
): Promise<boolean> {
  const { userId, role, actorId } = grant;
  const granted = await trx('users')
    .where({ id: userId })
    .whereRaw('not (? = any (roles))', [role])
    .update({ roles: trx.raw('array_append(roles, ?)', [role]) });
  if (granted === 0) return false;
  await recordEvent(trx, { kind: 'user.role_granted', subjectId: userId, actorId, data: { role } });
  return true;
}
