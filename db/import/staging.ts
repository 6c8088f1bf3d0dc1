import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { PropertyId } from '#domain/ids.ts';
import { amenityKey, blurredPoint } from '#domain/properties.ts';
import type { Transaction } from '../connect.ts';
import { newId } from '../ids.ts';
import { amenityKeysOf, newLocationSalt } from '../derived-columns.ts';
import { copyLine } from './copy-text.ts';
import type { CopyValue } from './copy-text.ts';
import type { Listing } from './listing.ts';
import { remembered } from './remember.ts';

/** What a property keeps for ever, however often it is imported: its id, and the secret behind its public point. */
export interface Identity {
  id: PropertyId;
  locationSalt: string;
}

/** Lines are gathered to blocks of about this size, since a write to the socket for each would cost more than the row. */
const BLOCK_CHARACTERS = 64 * 1024;

const COLUMNS: Readonly<Record<string, string>> = {
  id: 'text',
  event_id: 'text',
  new_host_id: 'text',
  source_id: 'text',
  host_source_id: 'text',
  title: 'text',
  description: 'text',
  room_type: 'text',
  latitude: 'double precision',
  longitude: 'double precision',
  location_salt: 'text',
  blurred_latitude: 'double precision',
  blurred_longitude: 'double precision',
  capacity: 'smallint',
  bedrooms: 'smallint',
  beds: 'smallint',
  bathrooms: 'real',
  amenities: 'text[]',
  amenity_keys: 'text[]',
  nightly_minor: 'bigint',
  minimum_nights: 'integer',
  maximum_nights: 'integer',
  rating_average: 'double precision',
  rating_count: 'integer',
  block_ids: 'text[]',
  block_nights: 'daterange[]',
};

/** Streams listings by COPY into the temporary table `staged_listings`, which lives as long as the transaction. */
export async function stageListings(
  trx: Transaction,
  listings: AsyncIterable<Listing>,
  identities: ReadonlyMap<string, Identity>,
): Promise<void> {
  const definition = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
  await trx.raw(`create temporary table staged_listings (${definition.join(', ')}) on commit drop`);
  const client = await connectionOf(trx);
  const copy = client.query(copyFrom(`copy staged_listings (${Object.keys(COLUMNS).join(', ')}) from stdin`));
  await pipeline(Readable.from(blocksOf(listings, identities)), copy);
  // Only what later statements join by: statistics of long texts cost more than they help.
  await trx.raw('analyze staged_listings (id, source_id, host_source_id)');
}

async function* blocksOf(
  listings: AsyncIterable<Listing>,
  identities: ReadonlyMap<string, Identity>,
): AsyncGenerator<string> {
  let block = '';
  const keyOf = remembered(amenityKey);
  for await (const listing of listings) {
    const identity = identities.get(listing.sourceId) ?? newIdentity();
    block += copyLine(cellsOf(listing, identity, amenityKeysOf(listing.amenities, keyOf)));
    if (block.length < BLOCK_CHARACTERS) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}

function newIdentity(): Identity {
  return { id: newId('property'), locationSalt: newLocationSalt() };
}

/** In the order of `COLUMNS`. */
function cellsOf(listing: Listing, { id, locationSalt }: Identity, amenityKeys: string[]): CopyValue[] {
  const blurred = blurredPoint(listing, locationSalt);
  return [
    id,
    newId('event'),
    newId('user'),
    listing.sourceId,
    listing.hostSourceId,
    listing.title,
    listing.description,
    listing.roomType,
    listing.latitude,
    listing.longitude,
    locationSalt,
    blurred.latitude,
    blurred.longitude,
    listing.capacity,
    listing.bedrooms,
    listing.beds,
    listing.bathrooms,
    listing.amenities,
    amenityKeys,
    listing.nightlyMinor,
    listing.minimumNights,
    listing.maximumNights,
    listing.ratingAverage,
    listing.ratingCount,
    listing.blocks.map(() => newId('block')),
    listing.blocks.map(({ checkIn, checkOut }) => `[${checkIn},${checkOut})`),
  ];
}

/** The connection that the transaction runs on: COPY needs it bare. Knex gives it back at the transaction's end. */
async function connectionOf(trx: Transaction): Promise<ClientBase> {
  const { client } = trx as unknown as { client: { acquireConnection(): Promise<ClientBase> } };
  return client.acquireConnection();
}
