import { SearchQuery, searchOf } from '#api/properties/search.ts';
import type { Db } from '#db/connect.ts';
import { searchStatement } from '#db/search.ts';
import { addDays } from '#domain/nights.ts';
import type { Query } from './floors/raw-sql.ts';

interface Around {
  blurred_latitude: number;
  blurred_longitude: number;
  nightly_minor: number;
}

/** Of how people search: around something that is offered, some weeks ahead, for a few, at about its price. */
export async function searchesOf(db: Db, count: number): Promise<Record<string, string>[]> {
  const around = await db('properties')
    .where({ status: 'published' })
    .orderByRaw('md5(id)')
    .limit(count)
    .select<Around[]>('blurred_latitude', 'blurred_longitude', 'nightly_minor');
  const today = new Date().toISOString().slice(0, 10);
  return around.map((offered, index) => {
    const checkIn = addDays(today, 10 + ((index * 37) % 170));
    const nights = 2 + (index % 5);
    const stayMinor = offered.nightly_minor * nights; // With dates, a search asks for the price of the whole stay.
    return {
      near: `${offered.blurred_latitude.toFixed(4)},${offered.blurred_longitude.toFixed(4)}`,
      radiusKm: String(3 + (index % 8)),
      checkIn,
      checkOut: addDays(checkIn, nights),
      guests: String(1 + (index % 5)),
      minPrice: String(Math.round(stayMinor * 0.5)),
      maxPrice: String(Math.round(stayMinor * 2.5)),
    };
  });
}

/** What the API will ask of the database for this query, as the driver takes it. */
export function statementOf(db: Db, query: Record<string, string>): Query {
  const { sql, bindings } = searchStatement(searchOf(SearchQuery.parse(query), new Date()));
  const { sql: text, bindings: values } = db
    .raw(sql, bindings as Record<string, string>)
    .toSQL()
    .toNative();
  return { text, values: [...values] };
}

export function nearestTwenty({ near = '' }: Record<string, string>): Query {
  return {
    text: `select * from properties where status = 'published' order by place <-> place_on_earth($1, $2) limit 20`,
    values: near.split(',').map(Number),
  };
}
