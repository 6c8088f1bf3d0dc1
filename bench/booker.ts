import { newPerson } from '#test/support/people.ts';
import type { Person } from '#test/support/people.ts';
import type { Bookings } from './floors/bare-client.ts';
import type { Ground } from './ground.ts';
import { bookingShot, freeStays } from './guests.ts';
import type { FreeStay } from './guests.ts';
import type { Loaded } from './load.ts';
import type { Finding } from './report.ts';
import type { Sample } from './rounds.ts';
import { CAN_TELL, cpuMsOf, PARTS, residentMb } from './usage.ts';

/** More than are on their way at once: nobody's own bookings wait for each other. */
const GUESTS = 48;
/** More than are booked in all rounds together. */
const STAYS = 1_500;

/** Books stays that nobody has had yet, each for a guest who is not booking at the moment; all of them must succeed. */
export class Booker {
  readonly #ground: Ground;
  readonly #guests: readonly Person[];
  readonly #stays: FreeStay[];
  readonly #cpuMs: Record<string, number> = {};
  #booked = 0;

  static async at(ground: Ground, stays = STAYS): Promise<Booker> {
    const guests: Person[] = [];
    while (guests.length < GUESTS) guests.push(await newPerson(ground.api));
    return new Booker(ground, guests, await freeStays(ground, stays));
  }

  private constructor(ground: Ground, guests: readonly Person[], stays: FreeStay[]) {
    this.#ground = ground;
    this.#guests = guests;
    this.#stays = stays;
  }

  async book(bookings: Bookings): Promise<Sample> {
    const { api, stack } = this.#ground;
    const wanted =
      'arrivals' in bookings
        ? Math.ceil(bookings.arrivals.perSecond * bookings.arrivals.seconds * 1.5)
        : bookings.count;
    const shots = this.#stays
      .splice(0, wanted)
      .map((stay, index) => bookingShot(stay, this.#guests[index % GUESTS]));
    if (shots.length < wanted) throw new Error('There are not enough free nights to book.');
    const before = CAN_TELL ? await cpuMsOf(stack) : undefined;
    const loaded = await this.#ground.load({
      ...{ origin: api, shots },
      ...('arrivals' in bookings ? { connections: 1, ...bookings } : { connections: bookings.askers }),
    });
    requireBooked(loaded);
    await this.#ground.quiet(); // The mails of these bookings shall not slow down the next contestant.
    this.#booked += loaded.statuses['201'] ?? 0;
    const after = CAN_TELL ? await cpuMsOf(stack) : undefined;
    if (before === undefined || after === undefined) return loaded;
    for (const part of PARTS) this.#cpuMs[part] = (this.#cpuMs[part] ?? 0) + after[part] - before[part];
    return loaded;
  }

  /** Looks anew for what is free: by now others may have booked what was. */
  async lookAgain(): Promise<this> {
    this.#stays.splice(0, Infinity, ...(await freeStays(this.#ground, this.#stays.length)));
    return this;
  }

  /** For one booking. */
  costs(): Record<string, number> | undefined {
    if (!CAN_TELL) return undefined;
    return Object.fromEntries(PARTS.map((part) => [part, (this.#cpuMs[part] ?? 0) / this.#booked]));
  }

  async tally(): Promise<{ booked: number; residentMb: number }> {
    if (!CAN_TELL) return { booked: this.#booked, residentMb: 0 };
    return { booked: this.#booked, residentMb: await residentMb(this.#ground.stack.part('worker').pid) };
  }

  /** A booking's workflow stays open, and in the worker's memory, until long after its guest has left. */
  async memorySince(before: { booked: number; residentMb: number }): Promise<Finding[]> {
    if (!CAN_TELL) return [];
    const now = await this.tally();
    const kept = now.booked - before.booked;
    return [
      {
        work: `memory of the worker for each of ${kept} workflows that it keeps`,
        unit: 'MB',
        ours: (now.residentMb - before.residentMb) / kept,
        target: { oursAtMost: 1 },
      },
    ];
  }
}

function requireBooked({ statuses, oddity }: Loaded): void {
  const others = Object.keys(statuses).filter((status) => status !== '201');
  if (others.length > 0) throw new Error(`Some bookings were answered ${others.join(', ')}:\n${oddity}`);
}
