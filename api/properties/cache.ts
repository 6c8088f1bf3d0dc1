import { LRUCache } from 'lru-cache';
import type { Db } from '#db/connect.ts';
import { findProperty } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { isId } from '#domain/ids.ts';
import type { Cache } from '#gateways/cache.ts';
import { presentPublicProperty } from './presenter.ts';

/** The answer that everyone gets for a published property, ready to be sent. */
export interface PublicCopy {
  hostId: UserId;
  bytes: Buffer;
  headers: Readonly<Record<string, string>>;
}

/** A process may be so far behind what another one has written. */
export const LOCAL_MILLISECONDS = 2_000;
/** In Redis a copy lives until it is dropped; this is for those that nobody asks for any more. */
const SHARED_SECONDS = 600;
/** A read that took longer than this might outlive the mark that `drop` leaves for two seconds, so it is not kept. */
const SLOWEST_READ_KEPT_MS = 1_000;
/** After a failed drop this process leaves Redis aside for so long: by then the relay has dropped the copy. */
const DISTRUST_MS = 30_000;
const MAX_LOCAL_COPIES = 10_000;
const MAX_LOCAL_BYTES = 32 * 1024 * 1024;
/** To be counted up with every change of the answer's shape, so that no release reads the copies of another. */
const KEY_PREFIX = 'property:1:';
const END_OF_HEAD = 10; // "\n"

/**
 * Published properties as bytes: in the process for two seconds, in Redis for all processes, else from the database.
 * Many who ask at once for what is in neither are one read.
 *
 * A write calls `drop` after its commit and before its answer, so a read begun after that answer finds the new state.
 * A read begun earlier may still answer with the old one, but leaves no trace of it: not here, where `drop` disowns
 * the reads under way, nor in Redis, where a dropped key refuses to be filled for a while (gateways/cache.ts).
 */
export class PublishedProperties {
  readonly #db: Db;
  readonly #cache: Cache;
  readonly #underWay = new Map<PropertyId, Promise<PublicCopy | undefined>>();
  readonly #local = new LRUCache<PropertyId, PublicCopy>({
    max: MAX_LOCAL_COPIES,
    maxSize: MAX_LOCAL_BYTES,
    sizeCalculation: ({ bytes }) => bytes.length,
    ttl: LOCAL_MILLISECONDS,
  });

  /** Those that Redis may hold an old copy of, since it could not be reached to drop it. */
  readonly #distrusted = new LRUCache<PropertyId, true>({ max: MAX_LOCAL_COPIES, ttl: DISTRUST_MS });

  constructor({ db, cache }: { db: Db; cache: Cache }) {
    this.#db = db;
    this.#cache = cache;
  }

  /** Undefined for what is not published, which only its host and operators may see. */
  read(id: PropertyId): PublicCopy | Promise<PublicCopy | undefined> {
    return this.#local.get(id) ?? this.#underWay.get(id) ?? this.#begin(id);
  }

  /** Forgets the copies of a property that has changed. False: Redis could not be reached, and the relay will do it. */
  async drop(id: PropertyId): Promise<boolean> {
    this.#forget(id);
    const isDropped = await this.#cache.drop([KEY_PREFIX + id]);
    if (!isDropped) this.#distrusted.set(id, true);
    this.#forget(id); // What was read out of Redis while the key was being dropped.
    return isDropped;
  }

  #forget(id: PropertyId): void {
    this.#underWay.delete(id);
    this.#local.delete(id);
  }

  #begin(id: PropertyId): Promise<PublicCopy | undefined> {
    const start = performance.now();
    const read = this.#fetch(id, start).then(
      (copy) => {
        if (this.#underWay.get(id) !== read) return copy; // Dropped meanwhile: it may be old.
        this.#underWay.delete(id);
        if (copy !== undefined) this.#local.set(id, copy, { start });
        return copy;
      },
      (error: unknown) => {
        if (this.#underWay.get(id) === read) this.#underWay.delete(id);
        throw error;
      },
    );
    this.#underWay.set(id, read);
    return read;
  }

  async #fetch(id: PropertyId, start: number): Promise<PublicCopy | undefined> {
    const key = KEY_PREFIX + id;
    const isTrusted = !this.#distrusted.has(id);
    const cached = isTrusted ? await this.#cache.getBytes(key) : null;
    if (cached !== null) return unpacked(cached);
    const row = await findProperty(this.#db, id);
    if (row?.status !== 'published') return undefined;
    const packed = packedCopy(row);
    const isQuick = performance.now() - start < SLOWEST_READ_KEPT_MS;
    if (isQuick && isTrusted) await this.#cache.set(key, packed, SHARED_SECONDS);
    return unpacked(packed);
  }
}

/**
 * For the relay, which hears of every change, whoever made it: drops the shared copy of a property.
 * @throws Error when Redis cannot be reached, so that it is tried again.
 */
export async function dropChanged(cache: Cache, subjectId: string): Promise<void> {
  if (!isId('property', subjectId)) return;
  if (!(await cache.drop([KEY_PREFIX + subjectId])))
    throw new Error(`The copy of ${subjectId} could not be dropped.`);
}

/** One line about the answer, then the answer itself. */
function packedCopy(row: PropertyRow): Buffer {
  const etag = `"${row.id.slice(-6)}-${row.version}"`;
  return Buffer.from(`${row.hostId} ${etag}\n${JSON.stringify(presentPublicProperty(row))}`);
}

function unpacked(packed: Buffer): PublicCopy {
  const end = packed.indexOf(END_OF_HEAD);
  const [hostId, etag = ''] = packed.toString('latin1', 0, end).split(' ');
  return {
    hostId: hostId as UserId,
    bytes: packed.subarray(end + 1),
    // Kept by anyone, used by no one without asking whether it still holds.
    headers: { 'ETag': etag, 'Cache-Control': 'public, no-cache', 'Vary': 'Authorization' },
  };
}
