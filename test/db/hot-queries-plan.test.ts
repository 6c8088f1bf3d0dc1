import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { fillMarket } from '#bench/market/fill.ts';
import { findBooking, listBookings } from '#db/bookings.ts';
import { readCalendar } from '#db/calendar.ts';
import type { Db } from '#db/connect.ts';
import { hasEvent } from '#db/events.ts';
import { claim, findFinished, onceOf } from '#db/idempotency.ts';
import { newId } from '#db/ids.ts';
import { findProperty } from '#db/properties.ts';
import { readFollowing, readUndelivered, readUnnumbered } from '#db/relay.ts';
import { searchProperties } from '#db/search.ts';
import { findSession } from '#db/sessions.ts';
import { readAvailability, takeNights } from '#db/stays.ts';
import { retimeSome } from '#db/timetables.ts';
import { ZONE_DATA } from '#db/zone-data.ts';
import type { BookingId, PropertyId, UserId } from '#domain/ids.ts';
import { addDays } from '#domain/nights.ts';
import { useOwnDatabase } from '#test/support/database.ts';
import { explain, statementsOf, tablesScanned } from '#test/support/plans.ts';
import type { Explained } from '#test/support/plans.ts';

/** All the properties that the targets speak of; of their stays a tenth, which the database goes about as with all. */
const MARKET = { properties: 100_000, stays: 100_000, bookedPercent: 40 };
const TODAY = '2027-01-10';
const NOW = `${TODAY}T12:00:00.000Z`;
const PAGE = 20;
const STAY = { checkIn: addDays(TODAY, 40), checkOut: addDays(TODAY, 44) };
/** However busy the machine is with other suites. */
const FILLED_WITHIN_MS = 900_000;

/** What there is a lot of. Of small tables, such as those of who follows events, the planner may read all. */
const LARGE = [
  ...['properties', 'stay_rules', 'stays', 'users', 'bookings', 'events', 'bank_events', 'idempotency_keys'],
  ...['sessions', 'session_tokens'],
];

interface Known {
  propertyId: PropertyId;
  bookingId: BookingId;
  guestId: UserId;
  hostId: UserId;
  near: { latitude: number; longitude: number };
}

interface Case {
  ask: (db: Db, known: Known) => Promise<unknown>;
  /** Of each statement, in their order, what it is looked up by; of those in one string, by either. */
  by: string[][];
  /** Of all statements together. */
  buffersAtMost: number;
}

/** Both begin with the property. Which is cheaper depends on how densely the one of the constraint is packed by now. */
const BY_NIGHTS = 'stays_by_property or stays_do_not_overlap';
/** The second while there are few, the first when many have been left behind. */
const UNNUMBERED = 'events_to_number or events_seq_key';

const TOKEN = 'token-of-user-4711';

const HOT: Record<string, Case> = {
  'a search by place, dates, guests and price, nearest first': {
    ask: (db, { near }) =>
      searchProperties(db, {
        place: { near, radiusMetres: 5_000 },
        stay: { ...STAY, now: NOW },
        ...{ guests: 2, minPriceMinor: 4_000, maxPriceMinor: 30_000, sort: 'distance', limit: PAGE + 1 },
      }),
    by: [['properties_by_place', BY_NIGHTS, 'stay_rules_pkey']],
    buffersAtMost: 1_500,
  },
  'a search anywhere, by dates, cheapest first': {
    ask: (db) =>
      searchProperties(db, { stay: { ...STAY, now: NOW }, guests: 2, sort: 'price', limit: PAGE + 1 }),
    by: [['properties_by_least_night', BY_NIGHTS, 'stay_rules_pkey']],
    buffersAtMost: 1_500,
  },
  'the read of a property': {
    ask: (db, { propertyId }) => findProperty(db, propertyId),
    by: [['properties_pkey']],
    buffersAtMost: 8,
  },
  'the look-up of a session': {
    ask: (db) => findSession(db, TOKEN, new Date(NOW)),
    by: [['session_tokens_pkey', 'sessions_pkey', 'users_pkey']],
    buffersAtMost: 16,
  },
  'a calendar of two months': {
    ask: (db, { propertyId }) =>
      readCalendar(db, propertyId, { checkIn: TODAY, checkOut: addDays(TODAY, 60) }),
    by: [[BY_NIGHTS, 'stay_rules_pkey', 'bookings_pkey']],
    buffersAtMost: 150,
  },
  'whether nights are free': {
    ask: (db, { propertyId }) => readAvailability(db, propertyId, STAY),
    by: [[BY_NIGHTS, 'stay_rules_pkey']],
    buffersAtMost: 20,
  },
  'the taking of nights, lock and insert': {
    ask: (db, { propertyId, guestId }) =>
      rolledBack(db, (trx) =>
        takeNights(trx, {
          ...{ bookingId: newId('booking'), propertyId, guestId, bookingMode: 'instant', at: NOW },
          ...{ checkIn: '2027-12-01', checkOut: '2027-12-20' },
          guests: { adults: 1, children: 0, infants: 0, pets: 0 },
        }),
      ),
    by: [['properties_pkey', 'stay_rules_pkey'], ['bookings_pending_by_guest']],
    buffersAtMost: 100,
  },
  'a booking': {
    ask: (db, { bookingId }) => findBooking(db, bookingId),
    by: [['bookings_pkey']],
    buffersAtMost: 8,
  },
  'the bookings of a guest': {
    ask: (db, { guestId }) => listBookings(db, { as: 'guest', userId: guestId, limit: PAGE + 1 }),
    by: [['bookings_by_guest']],
    buffersAtMost: 2 * PAGE,
  },
  'the bookings of a host': {
    ask: (db, { hostId }) => listBookings(db, { as: 'host', userId: hostId, limit: PAGE + 1 }),
    by: [['bookings_by_host']],
    buffersAtMost: 2 * PAGE,
  },
  'the claim of an idempotency key': {
    ask: (db, { guestId }) => rolledBack(db, (trx) => claim(trx, onceOf(aCall(guestId)), newId('booking'))),
    by: [['idempotency_keys_pkey']],
    buffersAtMost: 50,
  },
  'what came of an idempotency key': {
    ask: (db, { guestId }) => findFinished(db, onceOf(aCall(guestId))),
    by: [['idempotency_keys_pkey']],
    buffersAtMost: 8,
  },
  'the events that the relay has to number': {
    ask: (db) => rolledBack(db, (trx) => readUnnumbered(trx, 100)),
    by: [[UNNUMBERED], ['events_seq_key']],
    buffersAtMost: 250,
  },
  'the events after a follower’s place': {
    ask: (db) => readFollowing(db, { after: 500_000, limit: 100 }),
    by: [['events_seq_key']],
    buffersAtMost: 250,
  },
  'what a booking has told': {
    ask: (db, { bookingId }) => hasEvent(db, bookingId, 'booking.confirmed'),
    by: [['events_by_subject']],
    buffersAtMost: 12,
  },
  'whether older zone data has reckoned anything that is still to come': {
    ask: (db) =>
      rolledBack(db, (trx) => retimeSome(trx, { zoneData: ZONE_DATA, now: new Date(NOW), limit: 100 })),
    by: [['bookings_by_zone_data'], ['bookings_left_early']],
    buffersAtMost: 12,
  },
  'the inbox of the bank': {
    ask: (db) => readUndelivered(db, 0, 100),
    by: [['bank_events_to_deliver']],
    buffersAtMost: 60,
  },
};

const aCall = (userId: UserId) => ({ userId, key: 'key-of-a-plan', route: 'POST /bookings', body: {} });

/** As in life, but nothing of it stays. */
async function rolledBack(
  db: Db,
  work: (trx: Parameters<typeof takeNights>[0]) => Promise<unknown>,
): Promise<void> {
  const trx = await db.transaction();
  try {
    await work(trx);
  } finally {
    await trx.rollback();
  }
}

describe('the plans of the hottest queries, in a market of 100,000 properties', () => {
  const own = useOwnDatabase();
  let known: Known;

  before('fill the market', async function () {
    this.timeout(FILLED_WITHIN_MS);
    const { db, url } = own();
    await fillMarket(url, { ...MARKET, today: TODAY });
    await fillRest(db);
    known = await someoneBusy(db);
  });

  /** Each statement is carried out anew, in a transaction of its own that is rolled back. */
  async function plansOf({ ask }: Case): Promise<Explained[]> {
    const { db } = own();
    const plans: Explained[] = [];
    for (const asked of await statementsOf(db, () => ask(db, known))) {
      await rolledBack(db, async (trx) => plans.push(await explain(trx, asked)));
    }
    return plans;
  }

  for (const [what, hot] of Object.entries(HOT)) {
    it(`${what}: by ${hot.by.flat().join(', ')}, in at most ${hot.buffersAtMost} buffers`, async () => {
      const plans = await plansOf(hot);
      assert.equal(plans.length, hot.by.length, plans.map(({ sql }) => sql).join('\n'));
      for (const [place, plan] of plans.entries()) {
        const scanned = tablesScanned(plan).filter((table) => LARGE.includes(table));
        assert.deepEqual(scanned, [], `${plan.sql} reads all of ${scanned.join(', ')}`);
        for (const index of hot.by[place] ?? []) {
          assert.ok(
            index.split(' or ').some((one) => plan.indexes.includes(one)),
            `${plan.sql} goes by ${plan.indexes.join(', ')}`,
          );
        }
      }
      const buffers = plans.reduce((sum, plan) => sum + plan.buffers, 0);
      assert.ok(buffers <= hot.buffersAtMost, `${buffers} buffers`);
    });
  }
});

/** What a market has beside its properties and stays, as far as the hottest queries look for something in it. */
async function fillRest(db: Db): Promise<void> {
  await db.raw(
    `insert into idempotency_keys (user_id, key, route, body_hash, resource_id, status, holder, lease_until)
     select guest_id, 'key-of-' || id, 'POST /bookings', '\\x00', id, 201, gen_random_uuid(), now() from bookings`,
  );
  await db.raw(
    `insert into bank_events (id, kind, object_id, payload, delivered_at, delivered_to)
     select 'evt_' || id, 'payment_intent.succeeded', payment_id, '{}', case when n > 20 then now() end,
            case when n > 20 then id end
     from (select id, payment_id, row_number() over (order by id) as n from bookings) as b`,
  );
  await db.raw(
    `with s as (
       insert into sessions (id, user_id, created_at, refreshed_at)
       select 'ses_' || id, id, :now, :now from users returning id
     )
     insert into session_tokens (hash, session_id, kind, expires_at)
     select sha256(convert_to(id, 'UTF8')), id, 'access', cast(:now as timestamptz) + interval '1 hour' from s`,
    { now: NOW },
  );
  const hash = createHash('sha256').update(TOKEN).digest();
  await db.raw(
    `insert into session_tokens (hash, session_id, kind, expires_at)
     select ?, id, 'access', timestamptz '2027-02-01' from sessions limit 1`,
    [hash],
  );
  await db.raw(
    `insert into events (id, kind, subject_id, actor_id, occurred_at)
     select 'evt_new' || n, 'property.updated', 'prp_' || n, 'system', now() from generate_series(1, 50) as n`,
  );
  await db.raw(`insert into event_followers (name, seq) select 'halfway', max(seq) / 2 from events`);
  await db.raw('vacuum (analyze) idempotency_keys, bank_events, sessions, session_tokens, events');
}

/** The guest with the most bookings, the host with the most, and a property in the middle of what is near others. */
async function someoneBusy(db: Db): Promise<Known> {
  const most = async (column: string) => {
    const { rows } = await db.raw<{ rows: [{ id: UserId }] }>(
      `select ${column} as id from bookings group by 1 order by count(*) desc, 1 limit 1`,
    );
    return rows[0].id;
  };
  const { rows } = await db.raw<{
    rows: [{ id: BookingId; property: PropertyId; latitude: number; longitude: number }];
  }>(
    `select b.id, p.id as property, p.blurred_latitude as latitude, p.blurred_longitude as longitude
     from bookings b join properties p on p.id = b.property_id left join stay_rules r on r.property_id = p.id
     where p.booking_mode = 'instant' and coalesce(r.minimum_nights, 1) <= 7 and p.currency = 'EUR'
       and not exists (select from stays s where s.property_id = p.id and s.nights && daterange('2027-11-01', '2028-02-01'))
     order by b.id limit 1`,
  );
  const [{ id: bookingId, property: propertyId, latitude, longitude }] = rows;
  const near = { latitude, longitude };
  return { bookingId, propertyId, near, guestId: await most('guest_id'), hostId: await most('host_id') };
}
