import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { BookingId } from '#domain/ids.ts';
import { addDays } from '#domain/nights.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { collectReviewsId } from '#workflows/reviews.contract.ts';
import type { Traveller, World } from '../journeys.ts';
import { inDays, newProperty, stayRequest } from '../people.ts';
import type { Answer as Reply, Wire } from '../people.ts';
import { write } from '../reviews.ts';
import { CARDS, STAYS } from './acts.ts';
import type { Act, ActOf, Deed } from './acts.ts';
import type { Where } from './facts.ts';
import { Lookout } from './lookout.ts';
import { nextDue, PRICING } from './reference.ts';
import type { Booked, Due, Guest, Home, State } from './reference.ts';
import type { Answer, Outcome } from './rules.ts';

/** Whoever acts in a run. */
export type Cast = Readonly<Record<Guest | 'host', Traveller>>;

const FIRST_NIGHT_IN_DAYS = 40;
/** As long before an instant as no run takes: from there the clock runs on by itself. */
const ALMOST_MS = 180_000;
const MOMENT_MS = 1_000;
const HOUR_MS = 3_600_000;
const WEEK_AND_A_DAY_SECONDS = 8 * 86_400;

/** The real thing beside the model: one property of a running stack, and what its bookings are known by. */
export class House {
  readonly #world: World;
  readonly #cast: Cast;
  readonly #where: Where;
  readonly #ids = new Map<string, BookingId>();
  /** What a page that is open keeps, whatever becomes of the booking. */
  readonly #clientSecrets = new Map<string, string>();
  readonly #lookout: Lookout;

  static async build(world: World, { home, cast }: { home: Home; cast: Cast }): Promise<House> {
    const pricing = home.isFree ? { nightly: 0 } : PRICING;
    const { bookingMode } = home;
    const property = await newProperty(cast.host, { bookingMode, pricing, timeZone: 'Etc/UTC' });
    return new House(world, cast, property.id);
  }

  private constructor(world: World, cast: Cast, propertyId: string) {
    const { db, bank } = world;
    this.#world = world;
    this.#cast = cast;
    this.#where = { db, bank, propertyId, firstNight: inDays(FIRST_NIGHT_IN_DAYS) };
    this.#lookout = new Lookout(world, { where: this.#where, ids: this.#ids });
  }

  /** Has a deed done. Gives what whoever does it is told. */
  async perform({ act, on }: Deed, state: State): Promise<Answer> {
    if (act.does === 'book') return this.#book(act, on);
    const booked = state.bookings[on];
    assert.ok(booked, `nobody has booked ${on}`);
    return this.#doTo(act, { on, id: this.idOf(on), booked });
  }

  /** Waits until it stands as one of the outcomes has it, and gives that. */
  comesTo(outcomes: readonly Outcome[]): Promise<State> {
    return this.#lookout.comesTo(outcomes);
  }

  idOf(name: string): BookingId {
    const id = this.#ids.get(name);
    assert.ok(id, `${name} is on record`);
    return id;
  }

  async #book({ by, stay, card }: ActOf<'book'>, on: string): Promise<Answer> {
    const { propertyId, firstNight } = this.#where;
    const [from, to] = STAYS[stay];
    const dates = { checkIn: addDays(firstNight, from), checkOut: addDays(firstNight, to) };
    const paymentMethodId = card === 'none' ? undefined : CARDS[card];
    const { status, body } = await this.#cast[by].post(
      '/bookings',
      stayRequest({ propertyId, ...dates, paymentMethodId }),
    );
    const id: unknown = status === 201 ? body.id : body.bookingId;
    // Whoever comes too late may leave a refused request as well: of no name, as the model does not know of it.
    if (typeof id === 'string' && body.code !== 'dates_unavailable') this.#ids.set(on, id as BookingId);
    const secret: unknown = body.payment?.clientSecret;
    if (typeof secret === 'string') this.#clientSecrets.set(on, secret);
    return told({ status, body });
  }

  async #doTo(act: Exclude<Act, { does: 'book' }>, { on, id, booked }: Target): Promise<Answer> {
    const { bank } = this.#world;
    const guest = this.#cast[booked.by];
    const { host } = this.#cast;
    switch (act.does) {
      case 'pay':
        return told(await guest.post('/payments', { bookingId: id, paymentMethodId: CARDS[act.card] }));
      case 'pay in the browser':
        return { status: await bank.payInBrowser(this.#clientSecretOf(on), CARDS[act.card]) };
      case 'challenge':
        await bank.passChallenge(await this.#challengeOf(id), act.outcome);
        return { status: 200 };
      case 'cancel':
        return told(await guest.post(`/bookings/${id}/cancellation`));
      case 'answer':
        return told(await host.post(`/bookings/${id}/${act.accepts ? 'acceptance' : 'refusal'}`));
      case 'record':
        return told(await (act.by === 'host' ? host : guest).post(`/bookings/${id}/${act.what}`));
      case 'review':
        return told(await write(act.by === 'host' ? host : guest, id));
      case 'clock':
        await this.#letTimePass({ id, booked }, act.comes === 'past' ? MOMENT_MS : -ALMOST_MS);
        return { status: 200 };
      case 'let go':
        await this.#letGo(id, act.how);
        return { status: 200 };
      case 'never close':
        await this.#neverClose(id);
        return { status: 200 };
      case 'old news':
        await this.#repeatNews(id, act.as);
        return { status: 200 };
    }
  }

  #clientSecretOf(name: string): string {
    const secret = this.#clientSecrets.get(name);
    assert.ok(secret, `the page of ${name} knows its secret`);
    return secret;
  }

  async #challengeOf(bookingId: BookingId): Promise<string> {
    const { intents } = await this.#world.bank.recordsOf(bookingId);
    const [secret] = intents.map((intent) => intent.client_secret ?? '');
    return this.#world.bank.challengePage(secret ?? '');
  }

  async #letTimePass({ id, booked }: Omit<Target, 'on'>, byMs: number): Promise<void> {
    const due = nextDue(booked);
    assert.ok(due, `nothing is due for ${id}`);
    await this.#passTo(id, due, byMs);
  }

  /** Brings the workflow that waits for an instant to it. */
  async #passTo(id: BookingId, { at, plusHours }: Due, byMs: number): Promise<void> {
    const { db, temporal } = this.#world;
    const isOfReviews = at === 'closes_at';
    const row = await db(isOfReviews ? 'review_windows' : 'bookings')
      .where(isOfReviews ? { booking_id: id } : { id })
      .first<Record<string, string>>(at);
    const instant = row[at];
    assert.ok(instant, `${id} has no ${at}`);
    const workflowId = isOfReviews ? collectReviewsId(id) : bookStayId(id);
    await temporal.advanceTo(workflowId, Date.parse(instant) + plusHours * HOUR_MS + byMs);
  }

  async #letGo(id: BookingId, how: 'lapse' | 'by hand'): Promise<void> {
    const { bank } = this.#world;
    if (how === 'by hand') return bank.cancelByHand(id);
    await bank.control('POST', '/clock', {
      advanceSeconds: WEEK_AND_A_DAY_SECONDS,
      metadata: { bookingId: id },
    });
  }

  async #neverClose(id: BookingId): Promise<void> {
    const { bank } = this.#world;
    for (const intent of (await bank.recordsOf(id)).intents) {
      const match = { method: 'POST', path: `/v1/payment_intents/${intent.id}/cancel` };
      await bank.misbehave({ kind: '429', match, times: 1_000 });
    }
  }

  /** As `same`, under the ids that have been heard before; as `new`, as if it were said only now. */
  async #repeatNews(id: BookingId, as: 'the same' | 'new'): Promise<void> {
    const { db, bank } = this.#world;
    const { intents } = await bank.recordsOf(id);
    const about = intents.map((intent) => intent.id);
    const heard = await db('bank_events').whereIn('object_id', about).orderBy('received_at', 'desc');
    for (const { payload } of heard as { payload: Wire }[]) {
      const event = as === 'new' ? { ...payload, id: `evt_again_${randomUUID()}` } : payload;
      assert.equal(await bank.deliver(event), 200);
    }
  }
}

interface Target {
  on: string;
  id: BookingId;
  booked: Booked;
}

function told({ status, body }: Pick<Reply<Wire>, 'status' | 'body'>): Answer {
  return status < 400 ? { status } : { status, code: body.code };
}
