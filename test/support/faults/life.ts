import { bookStayId } from '#workflows/bookings.contract.ts';
import { TimeStoodStill } from '#gateways/virtual-time.ts';
import type { Traveller, World } from '../journeys.ts';
import { CARDS } from '../model/acts.ts';
import { inDays, stayRequest } from '../people.ts';
import type { Wire } from '../people.ts';
import { insist } from './client.ts';
import type { Asked } from './client.ts';
import { inWords } from './drawing.ts';
import type { Move, Plan } from './drawing.ts';

/** Who a booking is between, and for what. */
export interface Parties {
  guest: Traveller;
  host: Traveller;
  propertyId: string;
}

const FIRST_NIGHT_IN_DAYS = 40;
const MOMENT_MS = 1_000;
/** How gRPC says that something is not there. */
const NOT_FOUND = 5;
const MOST_TRIES_IN_BROWSER = 8;
/** What a booking in a status waits for, as its row calls it. */
const DUE: Readonly<Record<string, string>> = {
  held: 'hold_expires_at',
  awaiting_host: 'respond_by',
  confirmed: 'check_in_at',
  in_stay: 'check_out_at',
};

/** A booking in bad weather: what was drawn for it is done, whatever the answers are. */
export class Life {
  readonly #world: World;
  readonly #plan: Plan;
  readonly #parties: Parties;
  /** What was done and what came of it, for whoever has to find out what went wrong. */
  readonly story: string[] = [];
  readonly asked: Asked[] = [];
  readonly propertyId: string;
  bookingId: string | undefined;

  constructor(world: World, plan: Plan, parties: Parties) {
    this.#world = world;
    this.#plan = plan;
    this.#parties = parties;
    this.propertyId = parties.propertyId;
  }

  async live(): Promise<void> {
    const { firstNight, nights, card, moments } = this.#plan;
    const from = FIRST_NIGHT_IN_DAYS + firstNight;
    const { guest, propertyId } = this.#parties;
    const booked = await this.#ask(guest, '/bookings', {
      ...stayRequest({ propertyId, checkIn: inDays(from), checkOut: inDays(from + nights) }),
      paymentMethodId: card === 'none' ? undefined : CARDS[card],
    });
    this.bookingId = booked.id;
    if (booked.id === undefined) return;
    for (const moves of moments) await Promise.all(moves.map((move) => this.#make(move, booked.id ?? '')));
  }

  async #make(move: Move, id: string): Promise<void> {
    const { guest, host } = this.#parties;
    switch (move.does) {
      case 'pay':
        await this.#ask(guest, '/payments', { bookingId: id, paymentMethodId: CARDS[move.card] });
        return;
      case 'cancel':
        await this.#ask(guest, `/bookings/${id}/cancellation`);
        return;
      case 'answer':
        await this.#ask(host, `/bookings/${id}/${move.accepts ? 'acceptance' : 'refusal'}`);
        return;
      case 'record':
        await this.#ask(move.what === 'check-in' ? guest : host, `/bookings/${id}/${move.what}`);
        return;
      case 'goodwill': {
        const { payment, total } = await this.#see(id);
        if (payment === undefined) return;
        const amount = partOf(total.amount, move.share);
        await this.#ask(host, `/payments/${payment.id}/refunds`, { amount });
        return;
      }
      default:
        this.story.push(`${inWords(move)}: ${await this.#makePastUs(move, id)}`);
    }
  }

  /** What payer, bank and clock do without asking us. Gives what came of it. */
  async #makePastUs(move: Move, id: string): Promise<string | number> {
    switch (move.does) {
      case 'pay in the browser':
        return this.#payInBrowser(id, CARDS[move.card]);
      case 'challenge': {
        const { nextActionUrl } = (await this.#see(id)).payment ?? {};
        if (nextActionUrl === undefined) return 'nobody asks for it';
        const body = new URLSearchParams({ outcome: move.outcome });
        const response = await fetch(nextActionUrl, { method: 'POST', body });
        await response.body?.cancel();
        return response.status;
      }
      case 'refund in the dashboard':
        return this.#refundInDashboard(id, move.share);
      default:
        return passOn(this.#world, id);
    }
  }

  /** The page tries again as Stripe's own does: what came of the last try it can only ask. */
  async #payInBrowser(id: string, card: string): Promise<string | number> {
    const { clientSecret } = (await this.#see(id)).payment ?? {};
    if (clientSecret === undefined) return 'there is nothing to pay';
    let status = 0;
    for (let tries = 0; tries < MOST_TRIES_IN_BROWSER && isLost(status); tries += 1)
      status = await this.#world.bank.payInBrowser(clientSecret, card).catch(() => 0);
    return status;
  }

  async #refundInDashboard(id: string, share: number): Promise<string> {
    const { bank } = this.#world;
    const paid = (await bank.intentsOf(id)).find(({ status }) => status === 'succeeded');
    if (typeof paid?.latest_charge !== 'string') return 'nothing is paid';
    const amount = partOf(paid.amount, share);
    try {
      await bank.control('POST', `/charges/${paid.latest_charge}/refund`, { amount });
      return `${amount}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error); // So much is not left.
    }
  }

  async #see(id: string): Promise<Wire> {
    const { guest } = this.#parties;
    return guest.must(200, guest.get(`/bookings/${id}`));
  }

  async #ask(by: Traveller, path: string, body: object = {}): Promise<Asked> {
    const asked = await insist(by, path, { body }).catch((error: unknown) => {
      this.story.push(`${path}: no answer`);
      throw error;
    });
    const { status, body: said } = asked.answer;
    this.story.push(`${path} ${JSON.stringify(body)}: ${status} ${said.code ?? said.status}`);
    this.asked.push(asked);
    return asked;
  }
}

/** Brings a booking past the next instant that it waits for. Gives that, or why it has not come there. */
export async function passOn({ db, temporal }: World, bookingId: string): Promise<string> {
  const row = await db('bookings').where({ id: bookingId }).first<Record<string, string>>();
  const due = row[DUE[row.status ?? ''] ?? ''];
  if (due === undefined) return `nothing is due for one that is ${row.status}`;
  try {
    await temporal.advanceTo(bookStayId(bookingId as never), Date.parse(due) + MOMENT_MS);
    return due;
  } catch (error) {
    // Its clock stands while the bank is asked, and the bank may be asked for long in such weather.
    if (error instanceof TimeStoodStill) return 'time stood still';
    if (isGone(error)) return 'it has ended meanwhile';
    throw error;
  }
}

/** What the workflow server says of a workflow that has run to its end. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === NOT_FOUND;
}

function isLost(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function partOf(amountMinor: number, share: number): number {
  return Math.max(1, Math.floor((amountMinor * share) / 100));
}
