import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { csvOf, gzipped, manyCells } from '#test/support/listings.ts';

/** Of Manchester: what is generated where the file is not at hand has as many. */
const GENERATED = 7_418;
const BESIDE = '../shared/data/inside-airbnb/*.csv.gz';

export interface ListingsSource extends AsyncDisposable {
  file: string;
  /** For the report. */
  title: string;
}

/** The file that was named, else one beside the checkout, else generated listings of the same number. */
export async function findListings(named: string | undefined): Promise<ListingsSource> {
  const root = resolve(import.meta.dirname, '..');
  const file = named ?? globSync(BESIDE, { cwd: root })[0];
  if (file !== undefined) {
    const path = resolve(named === undefined ? root : '.', file);
    if (!existsSync(path)) throw new Error(`There is no ${file}.`);
    return { file: path, title: basename(path), [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const directory = await mkdtemp(join(tmpdir(), 'stayward-listings-'));
  const path = join(directory, 'generated-listings.csv.gz');
  await writeFile(path, gzipped(csvOf(manyCells(GENERATED))));
  return {
    file: path,
    title: `${GENERATED} generated listings, because no file of Inside Airbnb was found`,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
