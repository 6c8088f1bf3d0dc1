import type { z } from 'zod';
import type { UserRow } from '#db/users.ts';
import type { PublicUser, User } from './schemas.ts';

export function presentUser(row: UserRow): z.output<typeof User> {
  return { id: row.id, name: row.name, email: row.email, roles: row.roles, createdAt: row.created_at };
}

/** Without mail address and roles. */
export function presentPublicUser(row: UserRow): z.output<typeof PublicUser> {
  const rating = { average: row.rating_average, count: row.review_count };
  return { id: row.id, name: row.name, createdAt: row.created_at, rating };
}
