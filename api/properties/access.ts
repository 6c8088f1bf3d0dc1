import type { Db } from '#db/connect.ts';
import { findProperty } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import { notFound } from '#domain/errors.ts';
import type { PropertyId } from '#domain/ids.ts';
import { isOperator, maySeeProperty } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';

/** @throws DomainError `not_found` where the actor may not know of it */
export async function visibleProperty(
  db: Db,
  id: PropertyId,
  actor: Actor | undefined,
): Promise<PropertyRow> {
  const property = await findProperty(db, id);
  if (property === undefined || !maySeeProperty(property, actor)) throw notFound('property');
  return property;
}

/** @throws DomainError `not_found` for anyone but its host */
export async function hostsProperty(db: Db, id: PropertyId, actor: Actor): Promise<PropertyRow> {
  const property = await findProperty(db, id);
  if (property?.hostId !== actor.id) throw notFound('property');
  return property;
}

/** Whether the property is the actor's own, or theirs to look after. @throws `not_found` for anyone else */
export async function keeperOf(db: Db, id: PropertyId, actor: Actor): Promise<'host' | 'operator'> {
  const property = await findProperty(db, id);
  if (property?.hostId === actor.id) return 'host';
  if (property === undefined || !isOperator(actor)) throw notFound('property');
  return 'operator';
}
