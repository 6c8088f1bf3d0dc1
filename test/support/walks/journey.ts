import assert from 'node:assert/strict';
import type { Home, Traveller, World } from '../journeys.ts';
import { stayRequest } from '../people.ts';
import type { Answer, Wire } from '../people.ts';

/** An instant of a booking that its workflow waits for. */
const SCHEDULED = ['holdExpiresAt', 'respondBy', 'checkInAt', 'checkOutAt'] as const;
export type Scheduled = (typeof SCHEDULED)[number];

/** A booking on its way: its people, its property, and itself as its guest saw it last. */
export class Journey {
  readonly world: World;
  readonly host: Traveller;
  readonly guest: Traveller;
  readonly property: Wire;
  readonly #request: Record<string, unknown>;
  #operator: Traveller | undefined;
  readonly #scheduled: Partial<Record<Scheduled, string>> = {};
  /** The page that the guest has open keeps it, whatever becomes of the hold. */
  #clientSecret = '';
  #booking: Wire;

  constructor(world: World, { host, property, guest, request }: Home & Begun) {
    this.world = world;
    this.host = host;
    this.property = property;
    this.guest = guest;
    this.#request = stayRequest({ propertyId: property.id, paymentMethodId: undefined, ...request });
  }

  get booking(): Wire {
    assert.ok(this.#booking, 'nothing has been asked for yet');
    return this.#booking;
  }

  /** Sends the request. Refused or not, it is on record. */
  async ask(): Promise<void> {
    const { status, body } = await this.guest.post('/bookings', this.#request);
    const id = status < 300 ? body.id : body.bookingId;
    assert.ok(id, `${status}: ${JSON.stringify(body)}`);
    await this.look(id);
  }

  /** Looks at the booking again; at first, by its id. */
  async look(id: string = this.booking.id): Promise<Wire> {
    this.#booking = await this.guest.must(200, this.guest.get(`/bookings/${id}`));
    this.#clientSecret = this.#booking.payment?.clientSecret ?? this.#clientSecret;
    for (const instant of SCHEDULED)
      this.#scheduled[instant] = this.#booking[instant] ?? this.#scheduled[instant];
    return this.#booking;
  }

  pay(paymentMethodId = 'pm_card_visa'): Promise<Answer<Wire>> {
    return this.guest.post('/payments', { bookingId: this.booking.id, paymentMethodId });
  }

  payInBrowser(): Promise<number> {
    return this.world.bank.payInBrowser(this.#clientSecret);
  }

  /** Whoever looks after the platform while this lasts. */
  async operator(): Promise<Traveller> {
    this.#operator ??= await this.world.operator();
    return this.#operator;
  }

  async idOf(who: 'guest' | 'host' | 'operator'): Promise<string> {
    return (who === 'operator' ? await this.operator() : this[who]).id;
  }

  /** One of the acts that are sub-resources of the booking; it has to be taken. */
  does(person: Traveller, act: string, body: object = {}): Promise<Wire> {
    return person.must(200, person.post(`/bookings/${this.booking.id}/${act}`, body));
  }

  cancel(): Promise<Wire> {
    return this.does(this.guest, 'cancellation');
  }

  /** Lets the booking's own time come to one of its instants. */
  comesTo(instant: Scheduled, byMs?: number): Promise<void> {
    return this.world.passTo(this.booking, this.scheduled(instant), byMs);
  }

  /** As it was seen last: a hold that is over tells its end no more. */
  scheduled(instant: Scheduled): string {
    const seen = this.#scheduled[instant];
    assert.ok(seen, `it never had a ${instant}`);
    return seen;
  }

  /** The bank takes no cancelling of an intent, so that it can still be paid for a while. */
  async bankKeepsIntentsOpen(): Promise<void> {
    const cancel = { method: 'POST', path: '/v1/payment_intents/*/cancel' };
    await this.world.bank.misbehave({ kind: '429', match: cancel, times: 1_000 });
  }
}

interface Begun {
  guest: Traveller;
  request: Record<string, unknown>;
}
