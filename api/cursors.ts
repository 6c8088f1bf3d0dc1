import type { z } from 'zod';
import { invalidInput } from '#domain/errors.ts';

/** Where a page ended, as text that clients pass back unread. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Throws `invalid_input` for a cursor that is none of this list's. */
export function decodeCursor<S extends z.ZodType>(
  schema: S,
  cursor: string | undefined,
): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw invalidInput('cursor', 'This is no cursor of this list.');
  }
}

/**
 * A page of rows that were asked for one more than `limit`: the extra one says that there is a next page.
 * `positionOf` is where the page ends, from its last row.
 */
export function page<Row, Wire>(
  rows: readonly Row[],
  limit: number,
  { present, positionOf }: { present: (row: Row) => Wire; positionOf: (row: Row) => unknown },
): { data: Wire[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { data: shown.map(present), nextCursor: last === undefined ? null : encodeCursor(positionOf(last)) };
}
