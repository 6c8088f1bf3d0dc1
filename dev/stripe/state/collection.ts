/** What changed in a collection, for the store's transaction. `before` is what a roll-back restores. */
export type Changed = (
  collection: Collection<Identified>,
  id: string,
  before: Identified | undefined,
) => void;

export interface Identified {
  readonly id: string;
}

/** For each index its name and the values under which a record is found. */
export type Indexes<T> = Readonly<Record<string, (record: T) => readonly string[]>>;

/**
 * Records of one kind by id, in the order in which they were made. A record is never changed, only
 * replaced: so an event may keep the very object it tells of, and a roll-back is a put.
 */
export class Collection<T extends Identified> {
  readonly name: string;
  readonly #records = new Map<string, T>();
  readonly #indexes: Indexes<T>;
  readonly #found = new Map<string, Set<string>>();
  readonly #changed: Changed;

  constructor(name: string, changed: Changed, indexes: Indexes<T> = {}) {
    this.name = name;
    this.#changed = changed;
    this.#indexes = indexes;
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: string): T | undefined {
    return this.#records.get(id);
  }

  /** Oldest first. */
  values(): IterableIterator<T> {
    return this.#records.values();
  }

  newestFirst(): T[] {
    return [...this.#records.values()].reverse();
  }

  /** The records under `value` of an index, oldest first. */
  by(index: string, value: string): T[] {
    const found: T[] = [];
    for (const id of this.#found.get(`${index}\0${value}`) ?? []) {
      const record = this.#records.get(id);
      if (record !== undefined) found.push(record);
    }
    return found;
  }

  put<R extends T>(record: R): R {
    this.#changed(this as unknown as Collection<Identified>, record.id, this.#records.get(record.id));
    this.restore(record.id, record);
    return record;
  }

  delete(id: string): void {
    const before = this.#records.get(id);
    if (before === undefined) return;
    this.#changed(this as unknown as Collection<Identified>, id, before);
    this.restore(id, undefined);
  }

  /** Sets or removes without telling the transaction: for the journal and for a roll-back. */
  restore(id: string, record: T | undefined): void {
    const before = this.#records.get(id);
    for (const [index, valuesOf] of Object.entries(this.#indexes)) {
      if (before !== undefined)
        for (const value of valuesOf(before)) this.#found.get(`${index}\0${value}`)?.delete(id);
      if (record !== undefined) for (const value of valuesOf(record)) this.#file(`${index}\0${value}`, id);
    }
    if (record === undefined) this.#records.delete(id);
    else this.#records.set(id, record);
  }

  #file(key: string, id: string): void {
    const ids = this.#found.get(key);
    if (ids === undefined) this.#found.set(key, new Set([id]));
    else ids.add(id);
  }
}
