import type { PropertyId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import type { TimeZone } from '#domain/nights.ts';
import type { Db, Transaction } from '../connect.ts';
import { amenityName, listingOf } from './listing.ts';
import type { Listing, SkipReason } from './listing.ts';
import type { ListingRecord } from './listings-file.ts';
import { remembered } from './remember.ts';
import { replaceBlocks, upsertHosts, upsertProperties, upsertStayRules } from './upsert.ts';
import { stageListings } from './staging.ts';
import type { Identity } from './staging.ts';

/** Where imported properties say they come from (`properties.source`). */
export const SOURCE = 'inside-airbnb';

export interface ImportOptions {
  /** The file writes `$` in every city: this is the currency it means. */
  currency: Currency;
  timeZone: TimeZone;
  /** Whether to block the nights that the file counts as taken. */
  blocks: boolean;
}

export interface ImportReport {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  skipped: Partial<Record<SkipReason, number>>;
  hostsCreated: number;
  blocks: { set: number; inTheWayOfBookings: number };
}

/**
 * Imports listings in one transaction: all of them, or none when the file turns out to be damaged. Listings that are
 * here already are brought up to date under the same ids; what their host has set here beside that (status, fees,
 * policy) stays. One import of a source at a time; another waits.
 */
export async function importListings(
  db: Db,
  records: AsyncIterable<ListingRecord>,
  options: ImportOptions,
): Promise<ImportReport> {
  const report = await db.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`import:${SOURCE}`]);
    // Words are merged into the text index once at the end, not every few hundred rows.
    await trx.raw(`set local gin_pending_list_limit = '256MB'`);
    const tally = new Tally();
    await stageListings(trx, listingsOf(records, options, tally), await knownIdentities(trx));
    const hostsCreated = await upsertHosts(trx, SOURCE);
    const { created, updated } = await upsertProperties(trx, { source: SOURCE, ...options });
    await upsertStayRules(trx);
    const blocks = options.blocks ? await replaceBlocks(trx) : { set: 0, inTheWayOfBookings: 0 };
    const unchanged = tally.accepted - created - updated;
    return { rows: tally.rows, created, updated, unchanged, skipped: tally.skipped, hostsCreated, blocks };
  });
  await settle(db);
  return report;
}

/** What the server would do by itself in a while, done before the first search. */
async function settle(db: Db): Promise<void> {
  await db.raw(
    `select gin_clean_pending_list('properties_by_text'), gin_clean_pending_list('properties_by_amenity')`,
  );
  await db.raw('analyze users, properties, stay_rules, stays');
}

class Tally {
  rows = 0;
  accepted = 0;
  readonly skipped: Partial<Record<SkipReason, number>> = {};

  skip(reason: SkipReason): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }
}

/** The listings fit to be imported, each id once: of duplicates the first counts. */
async function* listingsOf(
  records: AsyncIterable<ListingRecord>,
  options: ImportOptions,
  tally: Tally,
): AsyncGenerator<Listing> {
  const seen = new Set<string>();
  const how = { ...options, amenityName: remembered(amenityName) };
  for await (const record of records) {
    tally.rows++;
    const listing = listingOf(record, how);
    if (typeof listing === 'string') {
      tally.skip(listing);
    } else if (seen.has(listing.sourceId)) {
      tally.skip('duplicate id');
    } else {
      seen.add(listing.sourceId);
      tally.accepted++;
      yield listing;
    }
  }
}

async function knownIdentities(trx: Transaction): Promise<Map<string, Identity>> {
  const rows = await trx('properties')
    .where({ source: SOURCE })
    .select<{ source_id: string; id: PropertyId; location_salt: string }[]>(
      'source_id',
      'id',
      'location_salt',
    );
  return new Map(rows.map((row) => [row.source_id, { id: row.id, locationSalt: row.location_salt }]));
}
