import type { Db } from '#db/connect.ts';
import { findProperty } from '#db/properties.ts';
import { notFound } from '#domain/errors.ts';
import type { PropertyId } from '#domain/ids.ts';
import { isOperator } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';

/** Whether the property is the actor's own, or theirs to look at. @throws `not_found` for anyone else */
export async function keeperOf(db: Db, id: PropertyId, actor: Actor): Promise<{ forHost: boolean }> {
  const property = await findProperty(db, id);
  if (property?.hostId === actor.id) return { forHost: true };
  if (property === undefined || !isOperator(actor)) throw notFound('property');
  return { forHost: false };
}
