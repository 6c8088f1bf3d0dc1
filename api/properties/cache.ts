import { LRUCache } from 'lru-cache';
import type { Db } from '#db/connect.ts';
import { findProperty } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import { isId } from '#domain/ids.ts';
import type { Cache } from '#gateways/cache.ts';
import { Copies } from './copies.ts';
import { presentPublicProperty } from './presenter.ts';
import { SearchPages } from './search-cache.ts';
import { SHAPE } from './shape.ts';

/** The answer that everyone gets for a published property, ready to be sent. */
export interface PublicCopy {
  hostId: UserId;
  bytes: Buffer;
  headers: Readonly<Record<string, string>>;
}

/** A copy as Redis has it: which shape of the answer it holds, and until when. */
interface SharedCopy {
  shape: string;
  endsAtMs: number;
  copy: PublicCopy;
}

/** In Redis a copy lives until it is dropped; this is for those that nobody asks for any more. */
const SHARED_SECONDS = 600;
/** Of it, so much at the end in which whoever reads a copy may come to renew it; and copies made together end so far apart. */
const RENEWAL_SECONDS = 60;
/** A read that took longer than this might outlive the mark that `drop` leaves for two seconds, so it is not kept. */
const SLOWEST_READ_KEPT_MS = 1_000;
/** After a failed drop this process leaves Redis aside for so long: by then the relay has dropped the copy. */
const DISTRUST_MS = 30_000;
const MAX_LOCAL_COPIES = 10_000;
const MAX_LOCAL_BYTES = 32 * 1024 * 1024;
const END_OF_HEAD = 10; // "\n"

/** Where Redis has it, whatever its shape: a release that drops it drops what any other has made (decision 0026). */
export function sharedKeyOf(id: string): string {
  return `property:${id}`;
}

/**
 * Published properties as bytes: in the process for two seconds (`copies.ts`), in Redis for all processes, else from the
 * database.
 *
 * A write calls `drop` after its commit and before its answer, so a read begun after that answer finds the new state.
 * A read begun earlier may still answer with the old one, but leaves no trace of it: not here, where `drop` disowns
 * the reads under way, nor in Redis, where a dropped key refuses to be filled for a while (gateways/cache.ts).
 */
export class PublishedProperties {
  /** What searches find of them. */
  readonly pages = new SearchPages();
  readonly #db: Db;
  readonly #cache: Cache;
  readonly #now: () => number;
  readonly #local = new Copies<PropertyId, PublicCopy>({
    maxEntries: MAX_LOCAL_COPIES,
    maxBytes: MAX_LOCAL_BYTES,
    bytesOf: ({ bytes }) => bytes.length,
  });

  /** Those that Redis may hold an old copy of, since it could not be reached to drop it. */
  readonly #distrusted = new LRUCache<PropertyId, true>({ max: MAX_LOCAL_COPIES, ttl: DISTRUST_MS });

  constructor({ db, cache, now = Date.now }: { db: Db; cache: Cache; now?: () => number }) {
    this.#db = db;
    this.#cache = cache;
    this.#now = now;
  }

  /** Undefined for what is not published, which only its host and operators may see. */
  read(id: PropertyId): PublicCopy | Promise<PublicCopy | undefined> {
    return this.#local.read(id, this.#fetch);
  }

  /** Forgets the copies of a property that has changed. False: Redis could not be reached, and the relay will do it. */
  async drop(id: PropertyId): Promise<boolean> {
    this.#forget(id);
    const isDropped = await this.#cache.drop([sharedKeyOf(id)]);
    if (!isDropped) this.#distrusted.set(id, true);
    this.#forget(id); // What was read out of Redis while the key was being dropped.
    return isDropped;
  }

  #forget(id: PropertyId): void {
    this.#local.forget(id);
    this.pages.forgetAll();
  }

  readonly #fetch = async (id: PropertyId): Promise<PublicCopy | undefined> => {
    const start = performance.now();
    const key = sharedKeyOf(id);
    const isTrusted = !this.#distrusted.has(id);
    const found = isTrusted ? await this.#cache.getBytes(key) : null;
    const shared = found === null ? undefined : unpacked(found);
    if (found !== null && shared?.shape === SHAPE) {
      // A failure is no matter: the copy is good, and the next reader tries again.
      if (this.#isDue(shared)) this.#renew(id, found).catch(() => undefined);
      return shared.copy;
    }
    const packed = await this.#readPacked(id);
    if (packed === undefined) return undefined;
    const isQuick = performance.now() - start < SLOWEST_READ_KEPT_MS;
    if (isQuick && isTrusted) await this.#cache.set(key, packed, SHARED_SECONDS);
    return unpacked(packed).copy;
  };

  /**
   * More and more likely towards the end: of all processes one comes to renew what is asked for often, without any of
   * them asking the others, so that no copy in demand ends and is read by all of them at once.
   */
  #isDue({ endsAtMs }: SharedCopy): boolean {
    return this.#now() > endsAtMs - Math.random() * RENEWAL_SECONDS * 1000;
  }

  async #renew(id: PropertyId, old: Buffer): Promise<void> {
    const packed = await this.#readPacked(id);
    if (packed === undefined) await this.#cache.drop([sharedKeyOf(id)]);
    else await this.#cache.replace(sharedKeyOf(id), { old, value: packed, ttlSeconds: SHARED_SECONDS });
  }

  async #readPacked(id: PropertyId): Promise<Buffer | undefined> {
    const row = await findProperty(this.#db, id);
    if (row?.status !== 'published') return undefined;
    return packedCopy(row, this.#now() + (SHARED_SECONDS - Math.random() * RENEWAL_SECONDS) * 1000);
  }
}

/**
 * For the relay, which hears of every change, whoever made it: drops the shared copy of a property.
 * @throws Error when Redis cannot be reached, so that it is tried again.
 */
export async function dropChanged(cache: Cache, subjectId: string): Promise<void> {
  if (!isId('property', subjectId)) return;
  if (!(await cache.drop([sharedKeyOf(subjectId)])))
    throw new Error(`The copy of ${subjectId} could not be dropped.`);
}

/** One line about the answer, then the answer itself. */
function packedCopy(row: PropertyRow, endsAtMs: number): Buffer {
  const etag = `"${row.id.slice(-6)}-${row.version}-${SHAPE}"`;
  const head = [SHAPE, Math.round(endsAtMs), row.hostId, etag].join(' ');
  return Buffer.from(`${head}\n${JSON.stringify(presentPublicProperty(row))}`);
}

function unpacked(packed: Buffer): SharedCopy {
  const end = packed.indexOf(END_OF_HEAD);
  const [shape = '', endsAtMs, hostId, etag = ''] = packed.toString('latin1', 0, end).split(' ');
  return {
    shape,
    endsAtMs: Number(endsAtMs),
    copy: {
      hostId: hostId as UserId,
      bytes: packed.subarray(end + 1),
      // Kept by anyone, used by no one without asking whether it still holds.
      headers: { 'ETag': etag, 'Cache-Control': 'public, no-cache', 'Vary': 'Authorization' },
    },
  };
}
