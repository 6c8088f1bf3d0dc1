import type { BookingId, PropertyId, UserId } from '#domain/ids.ts';
import { BookingRow } from './bookings.ts';
import type { Db } from './connect.ts';
import { PropertyRow } from './properties.ts';
import type { UserRow } from './users.ts';

/*
 * Rows of many ids in one statement, by id; what is not there is missing. For readers who gather ids before they ask.
 */

function byId<Id, Row extends { id: Id }>(rows: readonly Row[]): Map<Id, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

export async function findUsers(db: Db, ids: UserId[]): Promise<Map<UserId, UserRow>> {
  return byId(await db('users').whereIn('id', ids).select<UserRow[]>('*'));
}

/** Properties that were not deleted, whatever their status. Who may see them is the caller's question. */
export async function findProperties(db: Db, ids: PropertyId[]): Promise<Map<PropertyId, PropertyRow>> {
  return byId(await PropertyRow.query(db).findByIds(ids).whereNull('deletedAt'));
}

/** Who may see them is the caller's question. */
export async function findBookings(db: Db, ids: BookingId[]): Promise<Map<BookingId, BookingRow>> {
  return byId(await BookingRow.query(db).findByIds(ids));
}
