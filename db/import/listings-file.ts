import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';

/** Without these columns there is nothing to import; every edition of the download has them. */
const NEEDED_COLUMNS = [
  'id',
  'host_id',
  'name',
  'latitude',
  'longitude',
  'room_type',
  'accommodates',
  'amenities',
  'price',
  'minimum_nights',
  'maximum_nights',
] as const;

/** These are used where an edition has them. */
const WELCOME_COLUMNS = [
  'description',
  'property_type',
  'bathrooms',
  'bathrooms_text',
  'bedrooms',
  'beds',
  'number_of_reviews',
  'review_scores_rating',
  'last_scraped',
  'availability_30',
  'availability_60',
  'availability_90',
  'availability_365',
] as const;

/** A row of the file by column, as text. */
export type ListingRecord = Readonly<Record<(typeof NEEDED_COLUMNS)[number], string>> &
  Readonly<Partial<Record<(typeof WELCOME_COLUMNS)[number], string>>>;

/** The file cannot be read, is cut off, or is something else. The message says which, in a sentence. */
export class ListingsFileError extends Error {
  override readonly name = 'ListingsFileError';
}

/** How far the reading is, for a progress line. */
export interface FileProgress {
  bytesRead: number;
  bytesTotal: number;
}

export interface ListingsFile {
  records: AsyncIterable<ListingRecord>;
  progress(): FileProgress;
}

const KNOWN_COLUMNS: ReadonlySet<string> = new Set([...NEEDED_COLUMNS, ...WELCOME_COLUMNS]);
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const MAX_RECORD_BYTES = 1_000_000;

/**
 * Opens an Inside Airbnb listings file, gzipped or not, whatever its name says. Records are parsed as they are asked
 * for, so a file of any size takes little memory. Opening and reading both throw `ListingsFileError`.
 */
export async function openListingsFile(path: string): Promise<ListingsFile> {
  const { isGzip, bytesTotal } = await inspect(path);
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const parser = parse({
    bom: true,
    columns: knownColumns,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
  });
  const stages = isGzip ? [file, createGunzip(), parser] : [file, parser];
  pipeline(stages, () => undefined); // An error anywhere comes out of the parser's iteration.
  return { records: recordsOf(parser), progress: () => ({ bytesRead: file.bytesRead, bytesTotal }) };
}

async function inspect(path: string): Promise<{ isGzip: boolean; bytesTotal: number }> {
  try {
    await using file = await open(path);
    const { buffer } = await file.read(Buffer.alloc(GZIP_MAGIC.length), 0, GZIP_MAGIC.length, 0);
    return { isGzip: buffer.equals(GZIP_MAGIC), bytesTotal: (await stat(path)).size };
  } catch (error) {
    throw new ListingsFileError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** The parser skips columns that are `false`: most of the original download is of no use here. */
function knownColumns(header: string[]): (string | false)[] {
  const missing = NEEDED_COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new ListingsFileError(`This is no Inside Airbnb listings file: it lacks ${missing.join(', ')}.`);
  }
  return header.map((column) => KNOWN_COLUMNS.has(column) && column);
}

async function* recordsOf(parser: AsyncIterable<unknown>): AsyncGenerator<ListingRecord> {
  let count = 0;
  try {
    for await (const record of parser) {
      count++;
      yield record as ListingRecord;
    }
  } catch (error) {
    throw asListingsFileError(error, count);
  }
  if (count === 0) throw new ListingsFileError('The file holds no listings.');
}

function asListingsFileError(error: unknown, count: number): unknown {
  if (error instanceof ListingsFileError) return error;
  const where = count === 0 ? 'at its beginning' : `after listing ${count}`;
  if (error instanceof CsvError)
    return new ListingsFileError(`The file is damaged or cut off ${where}: ${error.message}`);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return new ListingsFileError(`The gzip file is cut off ${where}.`);
  if (code === 'Z_DATA_ERROR') return new ListingsFileError(`The gzip file is damaged ${where}.`);
  return error;
}
