import pg from 'pg';
import type { CopyValue } from '#db/import/copy-text.ts';
import type { UserId } from '#domain/ids.ts';
import type { CalendarDate } from '#domain/nights.ts';
import { BOOKING_COLUMNS, bookingCells } from './bookings.ts';
import { copyRows, withoutIndexes } from './bulk.ts';
import { Draw } from './draw.ts';
import { marketProperties, PROPERTY_COLUMNS, RULES_COLUMNS } from './properties.ts';
import type { MarketProperty } from './properties.ts';
import { marketStays, STAY_COLUMNS } from './stays.ts';
import type { MarketStay } from './stays.ts';

export interface Market {
  properties: number;
  stays: number;
  /** Of a hundred stays so many are bookings, with their rows and events; the others are nights that hosts have blocked. */
  bookedPercent: number;
  today: CalendarDate;
}

/** The market that the targets are for. */
export const WHOLE_MARKET = { properties: 100_000, stays: 1_000_000, bookedPercent: 20 } as const;

const SEED = 20_271_128;
const USER_COLUMNS = ['id', 'email', 'name', 'roles'];
const EVENT_COLUMNS = [
  ...['id', 'kind', 'subject_id', 'actor_id', 'occurred_at', 'recorded_at', 'data', 'seq', 'hash'],
];
const TABLES = ['users', 'properties', 'stay_rules', 'stays', 'bookings'];

/**
 * A market out of nothing but its numbers, into an empty database with our tables: the same for the same numbers, so
 * that what is measured in it can be measured again.
 */
export async function fillMarket(databaseUrl: string, market: Market, signal?: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  signal?.addEventListener('abort', () => void client.end(), { once: true });
  try {
    await client.query('begin');
    await client.query(`set local maintenance_work_mem = '512MB'`);
    await client.query('set local statement_timeout = 0');
    const stays = await withoutIndexes(client, TABLES, () => fillTables(client, market));
    await client.query('commit');
    await client.query('begin');
    await withoutIndexes(client, ['events'], () => fillEvents(client, stays));
    await client.query('commit');
    await client.query(`vacuum (analyze) ${[...TABLES, 'events'].join(', ')}`);
  } finally {
    await client.end();
  }
}

async function fillTables(client: pg.Client, market: Market): Promise<MarketStay[]> {
  const { properties, rules, hosts } = {
    properties: [] as MarketProperty[],
    rules: [] as CopyValue[][],
    hosts: [] as UserId[],
  };
  function* cells() {
    for (const row of marketProperties(market.properties, SEED)) {
      const { cells, rules: own, isNewHost, ...property } = row;
      properties.push(property);
      if (own !== undefined) rules.push(own);
      if (isNewHost) hosts.push(row.hostId);
      yield cells;
    }
  }
  await copyRows(client, { table: 'properties', columns: PROPERTY_COLUMNS }, cells());
  await copyRows(client, { table: 'stay_rules', columns: RULES_COLUMNS }, rules);
  const draw = new Draw(SEED + 1);
  const guests = Array.from({ length: Math.ceil(market.properties / 2) }, (_, n) =>
    draw.id('user', Date.UTC(2023, 0, 1) + n * 1_000),
  );
  await copyRows(client, { table: 'users', columns: USER_COLUMNS }, usersOf(hosts, guests));

  const booked: MarketStay[] = [];
  function* stays() {
    const { properties: _, stays: count, ...rest } = market;
    for (const stay of marketStays({ properties, guests, count, seed: SEED + 2, ...rest })) {
      if (stay.booking !== undefined) booked.push(stay);
      yield stay.cells;
    }
  }
  await copyRows(client, { table: 'stays', columns: STAY_COLUMNS }, stays());
  await copyRows(client, { table: 'bookings', columns: BOOKING_COLUMNS }, bookingsOf(booked, market.today));
  return booked;
}

function* usersOf(hosts: readonly UserId[], guests: readonly UserId[]): Generator<CopyValue[]> {
  for (const id of hosts) yield [id, `${id}@market.invalid`, `Host ${id.slice(-6)}`, ['guest', 'host']];
  for (const id of guests) yield [id, `${id}@market.invalid`, `Guest ${id.slice(-6)}`, ['guest']];
}

function* bookingsOf(booked: readonly MarketStay[], today: CalendarDate): Generator<CopyValue[]> {
  const draw = new Draw(SEED + 3);
  for (const stay of booked) {
    const cells = bookingCells(stay, today, draw);
    if (cells !== undefined) yield cells;
  }
}

/** What each booking has told, numbered, and heard by all who follow: nobody acts on it again. */
async function fillEvents(client: pg.Client, booked: readonly MarketStay[]): Promise<void> {
  const rows = await copyRows(client, { table: 'events', columns: EVENT_COLUMNS }, eventsOf(booked));
  await client.query(
    `insert into event_followers (name, seq) select name, $1 from unnest($2::text[]) as name
     on conflict (name) do update set seq = excluded.seq`,
    [rows, ['bulk-cancellations', 'discrepancies', 'cache', 'mail']],
  );
}

function* eventsOf(booked: readonly MarketStay[]): Generator<CopyValue[]> {
  const draw = new Draw(SEED + 4);
  let seq = 0;
  for (const { booking } of booked) {
    if (booking === undefined) continue;
    const at = new Date(booking.madeAtMs).toISOString();
    let before: string | null = null;
    for (const after of ['requested', 'held', 'confirmed']) {
      seq += 1;
      const data = JSON.stringify({ before, after });
      const id = draw.id('event', booking.madeAtMs);
      const hash = `\\x${String(seq).padStart(64, '0')}`;
      yield [id, `booking.${after}`, booking.id, booking.guestId, at, at, data, seq, hash];
      before = after;
    }
  }
}
