import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { addDays } from '#domain/nights.ts';

/** An answer of the API, parsed. */
export interface Answer<T = Record<string, never>> {
  status: number;
  body: T;
  headers: Headers;
}

/** Anything of the wire; tests look at what they need. */
export type Wire = any;

export interface Call {
  method?: string;
  body?: unknown;
  /** A key of its own for every call that needs one, unless given. */
  key?: string;
  headers?: Record<string, string>;
}

/** Somebody who uses the API, signed in or not. */
export class Person {
  readonly #api: string;
  readonly token: string | undefined;
  readonly id: string;
  readonly email: string;

  constructor(api: string, session?: { token: string; id: string; email: string }) {
    this.#api = api;
    this.token = session?.token;
    this.id = session?.id ?? '';
    this.email = session?.email ?? '';
  }

  async call(path: string, { method = 'GET', body, key, headers = {} }: Call = {}): Promise<Answer<Wire>> {
    const response = await fetch(`${this.#api}${path}`, {
      method,
      headers: {
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method !== 'GET' && { 'idempotency-key': key ?? randomUUID() }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
  }

  get(path: string): Promise<Answer<Wire>> {
    return this.call(path);
  }

  /** Changes something: PATCH with a body, PUT and DELETE with or without. */
  patch(path: string, body: unknown): Promise<Answer<Wire>> {
    return this.call(path, { method: 'PATCH', body });
  }

  put(path: string, body?: unknown): Promise<Answer<Wire>> {
    return this.call(path, { method: 'PUT', body });
  }

  delete(path: string): Promise<Answer<Wire>> {
    return this.call(path, { method: 'DELETE' });
  }

  post(path: string, body: unknown = {}, key?: string): Promise<Answer<Wire>> {
    return this.call(path, { method: 'POST', body, ...(key !== undefined && { key }) });
  }

  /**
   * Books as a good client does: while it is still being worked on, because the machine has a lot to do, it is asked again
   * with its key. For what has to be booked before the test can begin.
   */
  async books(request: object, key: string = randomUUID()): Promise<Wire> {
    const deadline = Date.now() + BOOKED_WITHIN_MS;
    let answer = await this.post('/bookings', request, key);
    while (answer.status === 202 && Date.now() < deadline) {
      await delay(ASK_AGAIN_MS);
      answer = await this.post('/bookings', request, key);
    }
    return this.must(201, Promise.resolve(answer));
  }

  /** For what has to work before the test can begin: the body, or a failure that says what came instead. */
  async must(expected: number, answer: Promise<Answer<Wire>>): Promise<Wire> {
    const { status, body } = await answer;
    assert.equal(status, expected, `expected ${expected}, got ${status}: ${JSON.stringify(body)}`);
    return body;
  }
}

const BOOKED_WITHIN_MS = 25_000;
const ASK_AGAIN_MS = 100;
const PASSWORD = 'correct horse battery staple';

/** A new person with an account and a session. */
export async function newPerson<P extends Person = Person>(
  api: string,
  name = 'Ada Traveller',
  Kind: typeof Person = Person,
): Promise<P> {
  const nobody = new Kind(api);
  const email = `${randomUUID()}@example.org`;
  await nobody.must(201, nobody.post('/users', { email, password: PASSWORD, name }));
  return signedIn(api, email, Kind);
}

/** Somebody with an account begins another session. */
export async function signedIn<P extends Person = Person>(
  api: string,
  email: string,
  Kind: typeof Person = Person,
): Promise<P> {
  const nobody = new Kind(api);
  const { token, user } = await nobody.must(201, nobody.post('/sessions', { email, password: PASSWORD }));
  return new Kind(api, { token, id: user.id, email }) as P;
}

/** A published, instant, flexible property; name only the facts that matter. */
export async function newProperty(host: Person, facts: Record<string, unknown> = {}): Promise<Wire> {
  const property = await host.must(
    201,
    host.post('/properties', {
      title: 'Canal-side flat',
      description: 'Two rooms over the water.',
      roomType: 'entire_home',
      location: { latitude: 53.4808, longitude: -2.2426 },
      timeZone: 'Europe/London',
      currency: 'GBP',
      capacity: 4,
      bedrooms: 1,
      beds: 2,
      bathrooms: 1,
      amenities: ['Wifi'],
      bookingMode: 'instant',
      cancellationPolicy: 'flexible',
      pricing: { nightly: 10_000, cleaningFee: 5_000, guestsIncluded: 4 },
      ...facts,
    }),
  );
  await host.must(200, host.call(`/properties/${property.id}/publication`, { method: 'PUT' }));
  return property;
}

/** So many days from today (UTC) as a calendar date. */
export function inDays(days: number): string {
  return addDays(new Date().toISOString().slice(0, 10), days);
}

export interface StayFacts {
  propertyId: string;
  checkIn?: string;
  checkOut?: string;
  [more: string]: unknown;
}

/** A request for two adults and three nights a month ahead, paid with a card that works, unless said otherwise. */
export function stayRequest(facts: StayFacts): Record<string, unknown> {
  return {
    checkIn: inDays(30),
    checkOut: inDays(33),
    guests: { adults: 2 },
    paymentMethodId: 'pm_card_visa',
    ...facts,
  };
}
