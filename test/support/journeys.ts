import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before } from 'mocha';
import { readConfig } from '#config';
import { connect } from '#db/connect.ts';
import type { Db } from '#db/connect.ts';
import { grantRole } from '#db/users.ts';
import type { UserId } from '#domain/ids.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { BankDesk } from './bank.ts';
import { assertConforms } from './conforms.ts';
import { newPerson, newProperty, Person, signedIn, stayRequest } from './people.ts';
import type { Answer, Call, Wire } from './people.ts';
import { useStackOf } from './stack.ts';
import type { Which } from './stack.ts';
import { TemporalDesk, until } from './virtual-time.ts';

/** A person who believes no answer that `openapi.json` does not tell of. */
export class Traveller extends Person {
  override async call(path: string, request: Call = {}): Promise<Answer<Wire>> {
    const answer = await super.call(path, request);
    if (!path.startsWith('/dev/') && path !== '/graphql') {
      const contentType = answer.headers.get('content-type');
      assertConforms(
        { method: request.method ?? 'GET', url: path },
        { status: answer.status, contentType, body: answer.body },
      );
    }
    return answer;
  }
}

const COMPLAINTS_SHOWN = 3;

export interface Home {
  host: Traveller;
  property: Wire;
}

/** A whole stack as a journey sees it: people who speak to its API, and a window on each of its parts. */
export class World {
  readonly stack: Stack;
  readonly api: string;
  readonly db: Db;
  readonly bank: BankDesk;
  readonly temporal: TemporalDesk;

  constructor(stack: Stack) {
    this.stack = stack;
    this.api = stack.addresses.api;
    this.db = connect({ databaseUrl: readConfig(stack.environment).databaseUrl, poolSize: 4 });
    this.bank = new BankDesk(stack);
    this.temporal = new TemporalDesk(stack);
  }

  person(name?: string): Promise<Traveller> {
    return newPerson(this.api, name, Traveller);
  }

  /** Nobody in particular: without a session. */
  anyone(): Traveller {
    return new Traveller(this.api);
  }

  /** Signed in after the role was given, so that no session remembers a time without it. */
  async operator(): Promise<Traveller> {
    const { id, email } = await this.person('Olga Operator');
    await grantRole(this.db, { userId: id as UserId, role: 'operator', actorId: 'system' });
    return signedIn(this.api, email, Traveller);
  }

  /** A property that can be booked, and its host. */
  async home(facts: Record<string, unknown> = {}): Promise<Home> {
    const host = await this.person('Hugh Host');
    return { host, property: await newProperty(host, facts) };
  }

  /** A guest with a booking of a property of its own: paid and confirmed, unless said otherwise. */
  async booked(
    facts: Record<string, unknown> = {},
    ofProperty: Record<string, unknown> = {},
  ): Promise<Home & { guest: Traveller; booking: Wire }> {
    const home = await this.home(ofProperty);
    const guest = await this.person();
    const request = stayRequest({ propertyId: home.property.id, ...facts });
    const booking = await guest.books(request);
    return { ...home, guest, booking };
  }

  /** The same, held and not paid. */
  held(facts: Record<string, unknown> = {}) {
    return this.booked({ ...facts, paymentMethodId: undefined });
  }

  /** A request that waits for its host, unless said otherwise. */
  requested(facts: Record<string, unknown> = {}, ofProperty: Record<string, unknown> = {}) {
    return this.booked(facts, { bookingMode: 'request', ...ofProperty });
  }

  /** Moves a booking's own clock on to one of its instants, and a moment past it. */
  async passTo(booking: Wire, instant: string, byMs = 1_000): Promise<void> {
    await this.temporal.advanceTo(bookStayId(booking.id), Date.parse(instant) + byMs);
  }

  /** Waits until somebody sees their booking in this status, and gives it as they see it. */
  async sees(person: Person, bookingId: string, status: string): Promise<Wire> {
    let seen: Wire;
    await until(
      () => `${bookingId} is ${status} (it is ${seen?.status})`,
      async () => {
        seen = await person.must(200, person.get(`/bookings/${bookingId}`));
        return seen.status === status;
      },
    );
    return seen;
  }

  /** Whether each night from `from` to before `to` can be had, as anyone sees it. */
  async availability(propertyId: string, from: string, to: string): Promise<boolean[]> {
    const anyone = this.anyone();
    const calendar = await anyone.must(
      200,
      anyone.get(`/properties/${propertyId}/calendar?from=${from}&to=${to}`),
    );
    return calendar.nights.map(({ available }: { available: boolean }) => available);
  }

  /** Waits until a guest has a request on record, whatever has become of it. */
  async recorded(guestId: string): Promise<void> {
    await until('the request is recorded', async () => {
      return (await this.db('bookings').where({ guest_id: guestId }).first('id')) !== undefined;
    });
  }

  /** Waits until a booking's one refund is settled; gives it as the books have it. */
  async refunded(bookingId: string, expected: { reason?: string; amount?: number } = {}): Promise<Wire> {
    let refunds: Wire[] = [];
    await until(
      () => `${bookingId} has one refund, settled: ${JSON.stringify(refunds)}`,
      async () => {
        refunds = await this.db('refunds').where({ booking_id: bookingId });
        return refunds.length === 1 && refunds[0].status === 'settled';
      },
    );
    const [refund] = refunds;
    const { reason = refund.reason, amount = refund.amount_minor } = expected;
    assert.deepEqual([refund.reason, refund.amount_minor], [reason, amount]);
    return refund;
  }

  /** Waits for mail to somebody whose subject reads so. */
  async mail(to: Person, subject: RegExp): Promise<Wire> {
    let found: Wire;
    await until(
      () => `${to.email} has mail that says ${subject}`,
      async () => {
        found = (await this.mailbox(to)).find((message) => subject.test(message.subject));
        return found !== undefined;
      },
    );
    return found;
  }

  async mailbox({ email }: Person): Promise<Wire[]> {
    const response = await fetch(`${this.api}/dev/mail?to=${encodeURIComponent(email)}`, {
      headers: { accept: 'application/json' },
    });
    assert.equal(response.status, 200);
    return ((await response.json()) as { data: Wire[] }).data;
  }

  /** Waits until the API reaches all that it works with, as it says itself. */
  async isWhole(): Promise<void> {
    await until('the API reaches every part', async () => {
      const { body } = await this.anyone().get('/readyz');
      return Object.values(body.parts ?? { api: 'down' }).every((state) => state === 'up');
    });
  }

  /** Waits until no event of the bank lies undelivered, here or there: what it had to say has been heard. */
  async bankIsHeard(): Promise<void> {
    let waiting: string[] = [];
    await until(
      () => `all that the bank said has been handed on: ${waiting.join(', ')}`,
      async () => {
        const { webhooks } = await this.bank.control('GET', '');
        const rows: { id: string; kind: string }[] = await this.db('bank_events').whereNull('delivered_at');
        waiting = rows.map(({ id, kind }) => `${kind} ${id}`);
        return webhooks.undelivered === 0 && waiting.length === 0;
      },
    );
  }

  async close(): Promise<void> {
    await this.temporal[Symbol.asyncDispose]();
    await this.db.destroy();
  }
}

/** Prints what the services last complained of: a failed answer says only under which request id. */
function complaints(logs: string): void {
  for (const log of readdirSync(logs).filter((name) => /^(?:api|worker)/.test(name))) {
    const lines = readFileSync(join(logs, log), 'utf8').trimEnd().split('\n');
    for (const line of lines.slice(-COMPLAINTS_SHOWN)) console.error(`      ${log}: ${line.slice(0, 600)}`);
  }
}

/** The whole stack, healed after each test. Call it inside `describe`, and what it returns inside a test. */
export function useWorld(which: Which = 'shared'): () => World {
  const stack = useStackOf(which);
  let world: World | undefined;
  before('look at the world', () => {
    world = new World(stack());
  });
  afterEach('heal the bank', async function () {
    await world?.bank.heal();
    if (this.currentTest?.state === 'failed') complaints(stack().logs);
  });
  after('look away', () => world?.close());
  return () => {
    if (world === undefined) throw new Error('The world is there only inside a test.');
    return world;
  };
}
