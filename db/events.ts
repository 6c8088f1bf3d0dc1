import type { EventId } from '#domain/ids.ts';
import type { Db, Transaction } from './connect.ts';
import { newId } from './ids.ts';

/** What an outbox row tells. No personal data: ids, statuses, amounts. */
export interface NewEvent {
  /** Subject and past participle: `booking.confirmed`, `property.updated`. */
  kind: string;
  subjectId: string;
  /** Who did it: a user's id, or `system` for a timer, the bank or a job. */
  actorId: string;
  /** The business instant; the wall clock's is kept beside it as `recorded_at`. */
  occurredAt?: string;
  /** For a state change `{ before, after }`, and whatever a reader of the event needs. */
  data?: Readonly<Record<string, unknown>>;
}

/** Tells of a state change in the transaction that makes it. Returns the event's id. */
export async function recordEvent(trx: Transaction | Db, event: NewEvent): Promise<EventId> {
  const id = newId('event');
  await trx('events').insert({
    id,
    kind: event.kind,
    subject_id: event.subjectId,
    actor_id: event.actorId,
    occurred_at: event.occurredAt ?? new Date().toISOString(),
    data: JSON.stringify(event.data ?? {}),
  });
  return id;
}

export interface EventRow {
  id: EventId;
  kind: string;
  subject_id: string;
  actor_id: string;
  occurred_at: string;
  recorded_at: string;
  data: Readonly<Record<string, unknown>>;
  /** Null until the relay has numbered it. */
  seq: number | null;
}

export async function findEvent(db: Db, id: EventId): Promise<EventRow | undefined> {
  return db<EventRow>('events').where({ id }).first();
}

/** Whether such a thing has been told of a subject before. */
export async function hasEvent(db: Db | Transaction, subjectId: string, kind: string): Promise<boolean> {
  return (await db('events').where({ subject_id: subjectId, kind }).first('id')) !== undefined;
}
