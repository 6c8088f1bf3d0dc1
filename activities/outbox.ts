import { createHash } from 'node:crypto';
import type { Db } from '#db/connect.ts';
import type { EventRow } from '#db/events.ts';
import { movePlace, readFollowing, readUnnumbered, writeLinks } from '#db/relay.ts';
import type { EventToNumber, Link } from '#db/relay.ts';
import { inTransaction } from '#db/transaction.ts';

const AT_ONCE = 500;

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

/** Brings a follower up to date. What it cannot act on now stops it there until the next turn. Returns how many it took. */
export async function advance(db: Db, follower: Follower): Promise<number> {
  const events = await readFollowing(db, follower.name, AT_ONCE);
  let taken: number | undefined;
  try {
    for (const event of events) {
      await follower.follow(event);
      taken = event.seq;
    }
  } finally {
    if (taken !== undefined) await movePlace(db, follower.name, taken);
  }
  return events.length;
}
