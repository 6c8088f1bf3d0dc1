import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A listing as the file has it: every cell is text. */
export type Cells = Readonly<Record<string, string>>;

/** Sleeps two in Manchester; has columns that nobody needs, as the original has. */
export function cells(facts: Cells = {}): Cells {
  return {
    id: '1000000000000000001',
    listing_url: 'https://listings.example/1',
    name: 'Loft by the canal',
    description: 'One room, "high" ceilings,<br />and a view.',
    picture_url: '',
    latitude: '53.48',
    longitude: '-2.24',
    property_type: 'Entire loft',
    room_type: 'Entire home/apt',
    accommodates: '2',
    bathrooms: '1.0',
    bathrooms_text: '1 bath',
    bedrooms: '1',
    beds: '1',
    amenities: '["Wifi", "Kitchen"]',
    price: '$85.00',
    minimum_nights: '2',
    maximum_nights: '1125',
    availability_30: '30',
    availability_60: '60',
    availability_90: '90',
    availability_365: '365',
    number_of_reviews: '10',
    review_scores_rating: '4.5',
    host_id: '77',
    last_scraped: '2027-01-01',
    ...facts,
  };
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export function csvOf(rows: readonly Cells[]): string {
  const columns = Object.keys(rows[0] ?? cells());
  const lines = rows.map((row) => columns.map((column) => quoted(row[column] ?? '')).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

/** As many listings as wanted around a point, no two alike, the same at every call. */
export function manyCells(count: number): Cells[] {
  return Array.from({ length: count }, (_, index) =>
    cells({
      id: String(9_000_000_000_000_000n + BigInt(index)),
      host_id: String(1_000 + (index % 997)),
      name: `Place number ${index}`,
      description: `Stands in row ${index % 83}, with ${index % 7} windows. `.repeat(4),
      latitude: (53.4 + ((index * 7919) % 10_007) / 50_000).toFixed(6),
      longitude: (-2.4 + ((index * 104_729) % 10_009) / 30_000).toFixed(6),
      room_type: index % 3 === 0 ? 'Private room' : 'Entire home/apt',
      accommodates: String(1 + (index % 8)),
      price: `$${20 + ((index * 31) % 400)}.00`,
      minimum_nights: String(1 + (index % 4)),
      amenities: index % 1_000 === 0 ? '["Wifi", "Sauna"]' : '["Wifi", "Kitchen", "Iron"]',
      review_scores_rating: (3 + (index % 21) / 10).toFixed(2),
    }),
  );
}

/** A directory for files of a test, gone with it. */
export async function scratch(): Promise<
  AsyncDisposable & { file(name: string, content: string | Buffer): Promise<string> }
> {
  const directory = await mkdtemp(join(tmpdir(), 'stayward-listings-'));
  return {
    async file(name, content) {
      const path = join(directory, name);
      await writeFile(path, content);
      return path;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

export function gzipped(text: string): Buffer {
  return gzipSync(text);
}
