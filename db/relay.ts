import type { Db, Transaction } from './connect.ts';
import type { EventRow } from './events.ts';
import { inTransaction } from './transaction.ts';

/** What the relay reads and marks: the outbox to number, its followers' places, the bank's events to pass on. */

/**
 * Whether any of it is to be done: an event without a number, a follower who has not come to the last one, a word of the
 * bank heard at least `graceMs` ago. One question where each part would ask its own; asked again and again, it is nearly
 * all that a relay without work costs.
 */
export async function isRelayNeeded(
  db: Db,
  { followers, graceMs }: { followers: readonly string[]; graceMs: number },
): Promise<boolean> {
  const { rows } = await db.raw<{ rows: [{ needed: boolean }] }>(
    `select exists (select from events where seq is null)
         or exists (select from bank_events where delivered_at is null
                    and received_at <= clock_timestamp() - :graceMs * interval '1 millisecond')
         or (select coalesce(max(seq), 0) from events) > any (
              select coalesce(f.seq, 0) from unnest(cast(:followers as text[])) as known (name)
              left join event_followers f using (name)) as needed`,
    { followers, graceMs },
  );
  return rows[0].needed;
}

export interface EventToNumber extends Omit<EventRow, 'seq'> {
  seq: null;
}

/** Committed events without a number, oldest first, and the end of the chain they go on. */
export async function readUnnumbered(
  trx: Transaction,
  limit: number,
): Promise<{ events: EventToNumber[]; last: { seq: number; hash: Buffer } | undefined }> {
  const events = await trx('events')
    .whereNull('seq')
    .orderBy(['recorded_at', 'id'])
    .limit(limit)
    .select<EventToNumber[]>('id', 'kind', 'subject_id', 'actor_id', 'occurred_at', 'recorded_at', 'data');
  if (events.length === 0) return { events, last: undefined };
  const last = await trx('events')
    .whereNotNull('seq')
    .orderBy('seq', 'desc')
    .first<{ seq: number; hash: Buffer } | undefined>('seq', 'hash');
  return { events, last };
}

export interface Link {
  id: string;
  seq: number;
  hash: Buffer;
}

export async function writeLinks(trx: Transaction, links: Link[]): Promise<void> {
  await trx.raw(
    `update events e set seq = l.seq, hash = l.hash
     from unnest(?::text[], ?::bigint[], ?::bytea[]) as l (id, seq, hash) where e.id = l.id`,
    [links.map((link) => link.id), links.map((link) => link.seq), links.map((link) => link.hash)],
  );
}

/** The number of the last event that a follower has acted on, and of the last that one who gathers is acting on. */
export interface Place {
  name: string;
  seq: number;
  taking: number | null;
}

/** Where these stand who have acted on anything yet. */
export async function readPlaces(db: Db, names: readonly string[]): Promise<Map<string, Place>> {
  const places = await db('event_followers').whereIn('name', names).select<Place[]>('name', 'seq', 'taking');
  return new Map(places.map((place) => [place.name, place]));
}

export interface NumberedEvent extends EventRow {
  seq: number;
}

/** Numbered events after a place, in order: so many at most, or as far as `upTo`. */
export async function readFollowing(
  db: Db,
  { after, upTo, limit }: { after: number; upTo?: number; limit: number },
): Promise<NumberedEvent[]> {
  const events = db('events').where('seq', '>', after).orderBy('seq');
  return (upTo === undefined ? events.limit(limit) : events.where('seq', '<=', upTo)).select<NumberedEvent[]>(
    'id',
    'kind',
    'subject_id',
    'actor_id',
    'occurred_at',
    'recorded_at',
    'data',
    'seq',
  );
}

export async function movePlaces(db: Db, places: readonly Omit<Place, 'taking'>[]): Promise<void> {
  if (places.length > 0) await db('event_followers').insert(places).onConflict('name').merge(['seq']);
}

/** Says how far one who gathers is about to act: if that is cut short, it is as far the next time, and the same batch. */
export async function markTaking(db: Db, name: string, { seq, taking }: Omit<Place, 'name'>): Promise<void> {
  await db('event_followers').insert({ name, seq, taking }).onConflict('name').merge(['taking']);
}

export interface BankEventRow {
  id: string;
  kind: string;
  object_id: string | null;
  payload: object;
  received_at: string;
}

/** What the bank tells, as far as it is kept. */
export interface KnownEvent {
  id: string;
  kind: string;
  objectId: string | undefined;
  /** Of another mode than ours: kept as heard, and handed to nobody. */
  isOfOtherMode?: boolean;
  payload: object;
}

/** Who has an event of another mode than ours. */
const ANOTHER_MODE = 'another mode';

/** Keeps a bank event; false when it was kept before. */
export async function keepBankEvent(db: Db, event: KnownEvent): Promise<boolean> {
  const rows = await db('bank_events')
    .insert({
      id: event.id,
      kind: event.kind,
      object_id: event.objectId ?? null,
      payload: JSON.stringify(event.payload),
      ...(event.isOfOtherMode === true && { delivered_at: db.fn.now(), delivered_to: ANOTHER_MODE }),
    })
    .onConflict('id')
    .ignore()
    .returning<{ id: string }[]>('id');
  return rows.length === 1;
}

/** Bank events nobody has been told of, received at least `graceMs` ago, oldest first. */
export async function readUndelivered(db: Db, graceMs: number, limit: number): Promise<BankEventRow[]> {
  return db('bank_events')
    .whereNull('delivered_at')
    .where('received_at', '<=', db.raw(`clock_timestamp() - ? * interval '1 millisecond'`, [graceMs]))
    .orderBy('received_at')
    .limit(limit)
    .select<BankEventRow[]>('id', 'kind', 'object_id', 'payload', 'received_at');
}

/** Bank events that have been handed on, and to whom. */
export async function markDelivered(db: Db, delivered: ReadonlyMap<string, string>): Promise<void> {
  if (delivered.size === 0) return;
  await db.raw(
    `update bank_events e set delivered_at = now(), delivered_to = d.recipient
     from unnest(cast(? as text[]), cast(? as text[])) as d (id, recipient) where e.id = d.id`,
    [[...delivered.keys()], [...delivered.values()]],
  );
}

/** Of a refund made by hand whose payment has brought no money that we know of. */
const OF_NOBODY_YET = 'nobody yet';

/**
 * Leaves an event of a refund made by hand aside, since the payment is none of ours or never brought money. False, and it
 * stays, when that money has come in meanwhile.
 */
export async function leaveAside(
  db: Db,
  { id, intentId }: { id: string; intentId: string },
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    await lockIntent(trx, intentId);
    const posted: unknown = await trx('payments')
      .where({ intent_id: intentId, status: 'posted' })
      .first('id');
    if (posted !== undefined) return false;
    await trx('bank_events')
      .where({ id })
      .update({ delivered_at: trx.fn.now(), delivered_to: OF_NOBODY_YET });
    return true;
  });
}

/** Money has come in that nobody waited for any more: what was left aside of its refunds is heard of after all. */
export async function takeUpAgain(trx: Transaction, intentId: string): Promise<void> {
  await lockIntent(trx, intentId);
  await trx.raw(
    `update bank_events set delivered_at = null, delivered_to = null
     where delivered_to = :nobody and payload #>> '{data,object,payment_intent}' = :intentId`,
    { nobody: OF_NOBODY_YET, intentId },
  );
}

/** Who leaves a refund aside and who takes its money in look at each other's work: one after the other. */
async function lockIntent(trx: Transaction, intentId: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [intentId]);
}

/** Which of these events have been kept. */
export async function findKept(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db('bank_events').whereIn('id', ids).select<{ id: string }[]>('id');
  return new Set(rows.map(({ id }) => id));
}

/** Has what the bank has told of these objects handed to its owners once more. Gives how many events that are. */
export async function redeliverEvents(trx: Transaction, objectIds: readonly string[]): Promise<number> {
  return trx('bank_events')
    .whereIn('object_id', objectIds)
    .whereNotNull('delivered_at')
    .whereNot('delivered_to', ANOTHER_MODE)
    .update({ delivered_at: null, delivered_to: null });
}
