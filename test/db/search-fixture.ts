import type { Db } from '#db/connect.ts';
import { insertProperty, setPublication } from '#db/properties.ts';
import type { NewProperty, PropertyRow } from '#db/properties.ts';
import { searchProperties } from '#db/search.ts';
import type { PropertySearch, SearchResult } from '#db/search.ts';
import type { FoundProperty } from '#db/search/columns.ts';
import { setStayRules } from '#db/stay-rules.ts';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import type { Point } from '#domain/properties.ts';
import { useOwnDatabase } from '#test/support/database.ts';
import { aUser } from './stays-fixture.ts';

export const MANCHESTER: Point = { latitude: 53.48, longitude: -2.24 };
const FIRST = { sort: 'distance', limit: 100 } as const;

export interface Facts extends Partial<NewProperty> {
  rules?: Partial<StayRules>;
}

export interface Market {
  db: () => Db;
  /** A flat in Manchester for four at £100.00 a night, unless said otherwise. */
  published: (facts?: Facts) => Promise<PropertyRow>;
  /** The first hundred around Manchester, nearest first, unless said otherwise. */
  search: (search: Partial<PropertySearch>) => Promise<SearchResult>;
  find: (search: Partial<PropertySearch>) => Promise<FoundProperty[]>;
  idsOf: (search: Partial<PropertySearch>) => Promise<PropertyId[]>;
  /** Page after page, each after `meanwhile`. */
  paged: (
    search: Partial<PropertySearch>,
    meanwhile?: (seen: PropertyId[]) => Promise<unknown>,
  ) => Promise<PropertyId[]>;
}

/** A database of the suite's own in which there is nothing to be found at the beginning of each test. */
export function useMarket(): Market {
  const own = useOwnDatabase();
  const db = () => own().db;
  let hostId: UserId;
  beforeEach('clear', async () => {
    await db().raw('truncate users, properties cascade');
    hostId = await aUser(db());
  });

  const search = (asked: Partial<PropertySearch>) =>
    searchProperties(db(), { ...FIRST, place: near(MANCHESTER), ...asked });
  const find = async (asked: Partial<PropertySearch>) => (await search(asked)).rows;
  return {
    ...{ db, search, find },
    idsOf: async (asked) => (await find(asked)).map(({ id }) => id),
    published: ({ rules, ...facts } = {}) =>
      db().transaction(async (trx) => {
        const { id } = await insertProperty(trx, {
          hostId,
          title: 'Flat',
          roomType: 'entire_home',
          ...MANCHESTER,
          timeZone: 'Europe/London',
          currency: 'GBP',
          capacity: 4,
          nightlyMinor: 10_000,
          ...facts,
        });
        if (rules !== undefined) await setStayRules(trx, { id, hostId }, { ...DEFAULT_STAY_RULES, ...rules });
        return setPublication(trx, { id, hostId }, 'published');
      }),
    async paged(asked, meanwhile = () => Promise.resolve()) {
      const seen: PropertyId[] = [];
      for (let after: PropertySearch['after']; ;) {
        const page = await find({ ...asked, after });
        seen.push(...page.map(({ id }) => id));
        const last = page.at(-1);
        if (last === undefined) return seen;
        after = { value: last.sortValue, id: last.id };
        await meanwhile(seen);
      }
    },
  };
}

export function near(point: Point): PropertySearch['place'] {
  return { near: point, radiusMetres: 50_000 };
}

export function publicPoint(row: PropertyRow): Point {
  return { latitude: row.blurredLatitude, longitude: row.blurredLongitude };
}
