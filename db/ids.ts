import { randomBytes } from 'node:crypto';
import { idOf } from '#domain/ids.ts';
import type { Id, IdKind } from '#domain/ids.ts';

/** A fresh id of that kind, sortable by the wall clock. */
export function newId<K extends IdKind>(kind: K): Id<K> {
  return idOf(kind, Date.now(), randomBytes(16));
}
