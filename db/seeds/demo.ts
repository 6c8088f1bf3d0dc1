import { DEFAULT_STAY_RULES } from '#domain/availability.ts';
import { OFFERED_POLICIES } from '#domain/cancellation/policies.ts';
import { idOf } from '#domain/ids.ts';
import type { PropertyId, UserId } from '#domain/ids.ts';
import type { Role } from '#domain/permissions.ts';
import type { RoomType } from '#domain/properties.ts';
import type { Db, Transaction } from '../connect.ts';
import { findProperty, insertProperty, setPublication } from '../properties.ts';
import type { NewProperty } from '../properties.ts';
import { setStayRules } from '../stay-rules.ts';
import { findUserByEmail, insertUser } from '../users.ts';
import { Chance } from './chance.ts';
import { ADJECTIVES, AMENITIES, CITIES, FEATURES } from './cities.ts';
import type { City } from './cities.ts';

/** What the README's line books: instant, flexible, published, in Lisbon. */
export const DEMO_PROPERTY_ID: PropertyId = 'prp_01jz000000stayward00000001';

/** The same flat's neighbour, whose host wants to be asked. */
export const DEMO_REQUEST_PROPERTY_ID: PropertyId = 'prp_01jz000000stayward00000002';

/** Known to everyone, so of no use but on a machine of one's own. */
export const DEMO_PASSWORD = 'keys-under-the-mat';

export interface DemoAccount {
  role: Role;
  email: string;
  name: string;
}

export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  { role: 'guest', email: 'guest@stayward.example', name: 'Gwen Guest' },
  { role: 'host', email: 'host@stayward.example', name: 'Hugo Host' },
  { role: 'operator', email: 'operator@stayward.example', name: 'Olga Operator' },
];

const PROPERTIES_PER_CITY = 100;
const SEED = 20_251_126;
/** The moment that the ids of generated properties tell. */
const MADE_AT_MS = Date.UTC(2025, 6, 1);

/**
 * Accounts and 300 properties, in one transaction, so that they are there wholly or not at all. Once there, they are
 * left alone, whatever has become of them. Returns whether anything was added.
 */
export async function plantDemo(db: Db, passwordHash: string): Promise<boolean> {
  return db.transaction(async (trx) => {
    await trx.raw(`select pg_advisory_xact_lock(hashtextextended('demo data', 0))`);
    if ((await findProperty(trx, DEMO_PROPERTY_ID)) !== undefined) return false;
    const hostId = await plantAccounts(trx, passwordHash);
    const known = [demoProperty(hostId), demoRequestProperty(hostId)];
    for (const property of known) await plantProperty(trx, property);
    const chance = new Chance(SEED);
    for (const city of CITIES) {
      for (let number = 1; number <= PROPERTIES_PER_CITY; number++) {
        const isTaken = city === CITIES[0] && number <= known.length; // The places of those above.
        if (!isTaken) await plantProperty(trx, generatedProperty(city, hostId, chance), chance);
      }
    }
    return true;
  });
}

/** Returns the host's id. Accounts of an earlier database that were kept are taken as they are. */
async function plantAccounts(trx: Transaction, passwordHash: string): Promise<UserId> {
  let hostId: UserId | undefined;
  for (const { role, email, name } of DEMO_ACCOUNTS) {
    const roles: Role[] = role === 'guest' ? ['guest'] : ['guest', role];
    const known = await findUserByEmail(trx, email);
    const { id } = known ?? (await insertUser(trx, { email, name, passwordHash, roles }));
    if (role === 'host') hostId = id;
  }
  if (hostId === undefined) throw new Error('There is no demo host.');
  return hostId;
}

/** Most follow the default rules; some want two nights, a day's notice, or a night between stays. */
async function plantProperty(trx: Transaction, property: NewProperty, chance?: Chance): Promise<void> {
  const { id, hostId } = await insertProperty(trx, property);
  await setPublication(trx, { id, hostId }, 'published');
  if (chance === undefined || chance.next() < 0.7) return;
  await setStayRules(
    trx,
    { id, hostId },
    {
      ...DEFAULT_STAY_RULES,
      minimumNights: chance.between(1, 3),
      advanceNoticeDays: chance.between(0, 1),
      preparationNightsAfter: chance.between(0, 1),
    },
  );
}

function demoProperty(hostId: UserId): NewProperty {
  const { timeZone, currency } = CITIES[0];
  return {
    id: DEMO_PROPERTY_ID,
    hostId,
    title: 'Blue-tiled flat below the castle',
    description:
      'Two rooms in Alfama, up one flight of stairs. The windows look over roofs to the river, and the tram stops at ' +
      'the corner. The kitchen is small and complete; breakfast is best on the balcony.',
    roomType: 'entire_home',
    latitude: 38.7122,
    longitude: -9.1309,
    address: 'Rua da Demonstração 1, Lisbon',
    timeZone,
    currency,
    capacity: 4,
    bedrooms: 1,
    beds: 2,
    bathrooms: 1,
    amenities: ['Wifi', 'Kitchen', 'Washer', 'Heating', 'Balcony', 'Coffee maker'],
    nightlyMinor: 9_500,
    weekendMinor: 11_000,
    cleaningFeeMinor: 3_500,
    extraGuestFeeMinor: 1_500,
    guestsIncluded: 2,
    weeklyDiscountPercent: 10,
    monthlyDiscountPercent: 25,
  };
}

function demoRequestProperty(hostId: UserId): NewProperty {
  return {
    ...demoProperty(hostId),
    id: DEMO_REQUEST_PROPERTY_ID,
    bookingMode: 'request',
    title: 'Attic below the castle, by request',
    description:
      'One room under the roof of the same house, with the whole river in its window. The stairs are steep, so the host ' +
      'likes to know who is coming.',
    latitude: 38.7123,
    longitude: -9.1308,
    capacity: 2,
    beds: 1,
    nightlyMinor: 7_000,
    weekendMinor: null,
    guestsIncluded: 2,
  };
}

/** Most hosts are easy-going. */
const POLICIES = ['flexible', 'flexible', ...OFFERED_POLICIES, 'moderate'] as const;

const KINDS: readonly { roomType: RoomType; noun: string; share: number }[] = [
  { roomType: 'entire_home', noun: 'flat', share: 0.5 },
  { roomType: 'entire_home', noun: 'house', share: 0.15 },
  { roomType: 'private_room', noun: 'room', share: 0.25 },
  { roomType: 'hotel_room', noun: 'hotel room', share: 0.06 },
  { roomType: 'shared_room', noun: 'shared room', share: 0.04 },
];

function generatedProperty(city: City, hostId: UserId, chance: Chance): NewProperty {
  const { roomType, noun } = kindBy(chance.next());
  const quarter = chance.oneOf(city.quarters);
  const isWhole = roomType === 'entire_home';
  const bedrooms = isWhole ? chance.between(0, 3) : 1;
  const capacity = Math.max(2, bedrooms * 2);
  const nightlyMinor = nightlyPrice(city, { capacity, isWhole }, chance);
  return {
    id: idOf('property', MADE_AT_MS, chance.bytes(16)),
    hostId,
    title: `${chance.oneOf(ADJECTIVES)} ${noun} in ${quarter.name}`,
    description: [
      `A ${noun} in ${quarter.name}, ${city.name}, near ${quarter.near}.`,
      ...chance.someOf(FEATURES, 2),
    ].join(' '),
    roomType,
    // Within some 500 m; a degree of longitude is shorter, but the demo's cities are wide.
    latitude: quarter.latitude + (chance.next() - 0.5) * 0.009,
    longitude: quarter.longitude + (chance.next() - 0.5) * 0.011,
    address: `${quarter.name} ${chance.between(1, 120)}, ${city.name}`,
    timeZone: city.timeZone,
    currency: city.currency,
    capacity,
    bedrooms,
    beds: Math.max(1, bedrooms),
    bathrooms: chance.oneOf([1, 1, 1, 1.5, 2]),
    amenities: chance.someOf(AMENITIES, chance.between(4, 10)),
    nightlyMinor,
    weekendMinor: chance.next() < 0.4 ? stepped(nightlyMinor * 1.2, city) : null,
    cleaningFeeMinor: chance.next() < 0.6 ? stepped(nightlyMinor * 0.4, city) : 0,
    extraGuestFeeMinor: capacity > 2 ? stepped(nightlyMinor * 0.12, city) : 0,
    guestsIncluded: 2,
    petFeeMinor: chance.next() < 0.2 ? stepped(nightlyMinor * 0.2, city) : 0,
    weeklyDiscountPercent: chance.oneOf([0, 0, 5, 10]),
    monthlyDiscountPercent: chance.oneOf([0, 15, 20, 30]),
    cancellationPolicy: chance.oneOf(POLICIES),
  };
}

function kindBy(share: number): (typeof KINDS)[number] {
  let left = share;
  const kind = KINDS.find((candidate) => (left -= candidate.share) < 0) ?? KINDS[0];
  if (kind === undefined) throw new Error('There are no kinds of property.');
  return kind;
}

function nightlyPrice(
  city: City,
  { capacity, isWhole }: { capacity: number; isWhole: boolean },
  chance: Chance,
): number {
  const { least, most } = city.nightlyMinor;
  const forTwo = least + (most - least) * chance.next() * chance.next();
  return stepped(forTwo * (isWhole ? 1 + (capacity - 2) * 0.15 : 0.7), city);
}

function stepped(minor: number, { nightlyMinor: { stepMinor } }: City): number {
  return Math.max(stepMinor, Math.round(minor / stepMinor) * stepMinor);
}
