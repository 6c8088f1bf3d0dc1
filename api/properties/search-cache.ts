import { createHash } from 'node:crypto';
import type { PropertySearch } from '#db/search.ts';
import { Copies } from './copies.ts';

/** A page of everyone's search, ready to be sent. */
export interface PageCopy {
  bytes: Buffer;
  headers: Readonly<Record<string, string>>;
}

const MAX_PAGES = 1_000;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * First pages of searches without dates, as bytes, for two seconds in this process. They show what everyone may see, so
 * all viewers share them. Nights are never answered from here: whether they are free is PostgreSQL's word alone.
 *
 * Any change of any property may change any page, so a write forgets them all before it is answered; other processes
 * are behind for the rest of the two seconds (decision 0026).
 */
export class SearchPages {
  readonly #copies = new Copies<string, PageCopy>({
    maxEntries: MAX_PAGES,
    maxBytes: MAX_BYTES,
    bytesOf: ({ bytes }, key) => bytes.length + key.length,
  });

  /** Whether the answer may be kept: the same for whoever asks, and asked for again and again. */
  static keeps({ stay, after }: PropertySearch): boolean {
    return stay === undefined && after === undefined;
  }

  /** The page of a search that `keeps` holds of; `find` reads it. */
  async read(search: PropertySearch, find: () => Promise<object>): Promise<PageCopy> {
    const page = await this.#copies.read(keyOf(search), async () => copyOf(await find()));
    if (page === undefined) throw new Error('A page is found even where nothing is on it.');
    return page;
  }

  forgetAll(): void {
    this.#copies.forgetAll();
  }
}

/** Searches that ask the same in another order are one. `searchOf` makes each of the same parts in the same order. */
function keyOf({ amenityKeys, words, ...rest }: PropertySearch): string {
  return JSON.stringify([rest, [...new Set(amenityKeys)].sort(), [...new Set(words)].sort()]);
}

function copyOf(page: object): PageCopy {
  const bytes = Buffer.from(JSON.stringify(page));
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return {
    bytes,
    // As a property's: kept by anyone, used by no one without asking whether it still holds.
    headers: { 'ETag': etag, 'Cache-Control': 'public, no-cache', 'Vary': 'Authorization' },
  };
}
