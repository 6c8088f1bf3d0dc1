import type { Db } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { insertProperty, setPublication } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import type { BookingMode } from '#domain/properties.ts';
import { setStayRules } from '#db/stay-rules.ts';
import { takeNights } from '#db/stays.ts';
import { inTransaction } from '#db/transaction.ts';
import { insertUser } from '#db/users.ts';
import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import type { StayRules } from '#domain/availability.ts';
import { isDomainError } from '#domain/errors.ts';
import type { BookingId, PropertyId, UserId } from '#domain/ids.ts';
import type { Guests } from '#domain/pricing.ts';
import { useOwnDatabase } from '#test/support/database.ts';

/** The moment at which everything here is asked for, unless a test says otherwise. */
export const NOW = '2027-01-10T12:00:00.000Z';

/** A database of the suite's own, with connections enough for a race: what is held here is held by nobody. */
export function useDatabase(): () => Db {
  const own = useOwnDatabase({ poolSize: 50 });
  return () => own().db;
}

export async function aUser(db: Db): Promise<UserId> {
  const email = `${newId('user')}@example.com`;
  return (await insertUser(db, { email, name: 'Ada', passwordHash: null })).id;
}

export interface PropertyFacts extends Partial<
  Pick<PropertyRow, 'timeZone' | 'currency' | 'nightlyMinor' | 'weekendMinor' | 'cleaningFeeMinor' | 'hostId'>
> {
  rules?: Partial<StayRules>;
}

/** A published property in London for four at £100.00 a night. Only the facts that matter are named. */
export async function aProperty(db: Db, facts: PropertyFacts = {}): Promise<PropertyRow> {
  const { hostId = await aUser(db), rules, ...columns } = facts;
  return inTransaction(db, async (trx) => {
    const { id } = await insertProperty(trx, {
      title: 'Mews cottage',
      roomType: 'entire_home',
      latitude: 51.5,
      longitude: -0.1,
      timeZone: 'Europe/London',
      currency: 'GBP',
      capacity: 4,
      guestsIncluded: 4,
      nightlyMinor: 100_00,
      ...columns,
      hostId,
    });
    if (rules !== undefined) await setStayRules(trx, { id, hostId }, { ...DEFAULT_STAY_RULES, ...rules });
    return setPublication(trx, { id, hostId }, 'published');
  });
}

export interface Taking {
  propertyId: PropertyId;
  guestId: UserId;
  checkIn: string;
  checkOut: string;
  bookingId?: BookingId;
  guests?: Partial<Guests>;
  bookingMode?: BookingMode;
  at?: string;
}

/** Takes nights for a booking of its own and says what came of it: `taken`, a refusal's code, or its rule. */
export async function take(db: Db, { guests, ...taking }: Taking): Promise<string> {
  const party = { adults: 2, children: 0, infants: 0, pets: 0, ...guests };
  const stay = {
    bookingId: newId('booking'),
    bookingMode: 'instant' as const,
    at: NOW,
    ...taking,
    guests: party,
  };
  try {
    await inTransaction(db, (trx) => takeNights(trx, stay));
    return 'taken';
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return error.code === 'stay_refused' ? String(error.details.rule) : error.code;
  }
}

/** A booking's row as far as the counting of what a guest has pending looks at it. */
export async function aHeldBooking(db: Db, property: PropertyRow, guestId: UserId): Promise<BookingId> {
  return aPendingBooking(db, { property, guestId, status: 'held' });
}

export interface PendingFacts {
  property: PropertyRow;
  guestId: UserId;
  status: 'held' | 'awaiting_host';
}

export async function aPendingBooking(
  db: Db,
  { property, guestId, status }: PendingFacts,
): Promise<BookingId> {
  const id = newId('booking');
  await db('bookings').insert({
    id,
    status,
    booking_mode: status === 'held' ? 'instant' : 'request',
    ...(status === 'held' ? { hold_expires_at: NOW } : { respond_by: NOW }),
    property_id: property.id,
    guest_id: guestId,
    host_id: property.hostId,
    check_in: '2027-02-01',
    check_out: '2027-02-02',
    adults: 1,
    children: 0,
    infants: 0,
    pets: 0,
    price: '{}',
    total_minor: 0,
    currency: 'GBP',
    cancellation_policy: 'flexible',
    time_zone: 'Europe/London',
    check_in_time: '15:00',
    check_out_time: '11:00',
    check_in_at: NOW,
    check_out_at: NOW,
    payment_id: newId('payment'),
    requested_at: NOW,
  });
  return id;
}

/** How often each outcome occurs. */
export function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** Whether somebody waits for a lock in this database. */
export async function isWaiting(db: Db): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rowCount > 0;
}
