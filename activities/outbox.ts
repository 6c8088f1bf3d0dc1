import { createHash } from 'node:crypto';
import type { Db } from '#db/connect.ts';
import type { EventRow } from '#db/events.ts';
import { markTaking, movePlaces, readFollowing, readPlaces, readUnnumbered, writeLinks } from '#db/relay.ts';
import type { EventToNumber, Link } from '#db/relay.ts';
import { inTransaction } from '#db/transaction.ts';

const AT_ONCE = 500;
/** What is done about a batch is one workflow: of each event two letters, seldom more. */
const GATHERED_AT_ONCE = 100;

/**
 * Numbers what has been committed since, in one chain: each hash covers the event and the hash before it, so history
 * cannot be rewritten unseen. Only a committed row is seen here, so nobody who reads by number skips a late committer.
 * Returns how many were numbered.
 */
export async function numberEvents(db: Db): Promise<number> {
  return inTransaction(db, async (trx) => {
    const { events, last } = await readUnnumbered(trx, AT_ONCE);
    if (events.length === 0) return 0;
    await writeLinks(trx, chain(events, last));
    return events.length;
  });
}

/** The chain's continuation. The first event of all is chained to nothing. */
export function chain(events: EventToNumber[], last: { seq: number; hash: Buffer } | undefined): Link[] {
  let { seq, hash } = last ?? { seq: 0, hash: Buffer.alloc(0) };
  return events.map((event) => {
    seq += 1;
    hash = hashOf(event, seq, hash);
    return { id: event.id, seq, hash };
  });
}

function hashOf(event: EventToNumber, seq: number, previous: Buffer): Buffer {
  const { id, kind, subject_id, actor_id, occurred_at, recorded_at, data } = event;
  return createHash('sha256')
    .update(previous)
    .update(JSON.stringify([seq, id, kind, subject_id, actor_id, occurred_at, recorded_at, data]))
    .digest();
}

/** Who acts on events, one after the other and at least once each. `follow` is safe to repeat. */
export interface Follower {
  name: string;
  follow(event: EventRow): Promise<void>;
}

/** Who acts on many events at once, no oftener than every so many ms. */
export interface Gatherer {
  name: string;
  everyMs: number;
  /** What is to be done about them, if anything is. Of a batch that was cut short the very same batch is asked again. */
  gather(events: readonly EventRow[]): (() => Promise<unknown>) | undefined;
}

export interface Advance {
  /** Of how many events followers have heard. */
  taken: number;
  failures: { name: string; error: unknown }[];
}

/**
 * Brings followers up to date, those who stand at one place by one look at the outbox. Whoever cannot act on an event
 * stops there until the next time, and keeps nobody else.
 */
export async function advance(db: Db, followers: readonly Follower[]): Promise<Advance> {
  const places = await readPlaces(
    db,
    followers.map(({ name }) => name),
  );
  const moved: { name: string; seq: number }[] = [];
  const advanced: Advance = { taken: 0, failures: [] };
  for (const [after, together] of Map.groupBy(followers, ({ name }) => places.get(name)?.seq ?? 0)) {
    const events = await readFollowing(db, { after, limit: AT_ONCE });
    for (const follower of together) {
      let seq = after;
      try {
        for (const event of events) {
          await follower.follow(event);
          seq = event.seq;
          advanced.taken += 1;
        }
      } catch (error) {
        advanced.failures.push({ name: follower.name, error });
      }
      if (seq !== after) moved.push({ name: follower.name, seq });
    }
  }
  await movePlaces(db, moved);
  return advanced;
}

/** Has the next batch acted on. How far it goes is written down first, so that one that is cut short is done again as it was. */
export async function advanceGathering(db: Db, gatherer: Gatherer): Promise<number> {
  const { name } = gatherer;
  const { seq: after, taking } = (await readPlaces(db, [name])).get(name) ?? { seq: 0, taking: null };
  const isCutShort = taking !== null && taking > after;
  const events = await readFollowing(db, {
    after,
    limit: GATHERED_AT_ONCE,
    ...(isCutShort && { upTo: taking }),
  });
  const seq = events.at(-1)?.seq;
  if (seq === undefined) return 0;
  const act = gatherer.gather(events);
  if (act !== undefined) {
    if (!isCutShort) await markTaking(db, name, { seq: after, taking: seq });
    await act();
  }
  await movePlaces(db, [{ name, seq }]);
  return events.length;
}
