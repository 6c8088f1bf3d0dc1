import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { BookingId } from '#domain/ids.ts';
import { payoutDueAt } from '#domain/payouts.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import type { World } from '../journeys.ts';
import { until } from '../virtual-time.ts';
import { inWords } from './acts.ts';
import type { Act, Deed } from './acts.ts';
import { House } from './house.ts';
import type { Cast } from './house.ts';
import { mayBePaidLate, nextDue } from './reference.ts';
import type { Home, State } from './reference.ts';
import { outcomesOf } from './outcomes.ts';
import type { Answer } from './rules.ts';

const PAST_MS = 1_000;

/** A run of acts on one property, the model beside the real thing. */
export class Run {
  readonly #world: World;
  readonly #house: House;
  readonly #done: string[] = [];
  state: State;

  static async begin(world: World, { home, cast }: { home: Home; cast: Cast }): Promise<Run> {
    return new Run(world, home, await House.build(world, { home, cast }));
  }

  private constructor(world: World, home: Home, house: House) {
    this.#world = world;
    this.#house = house;
    this.state = { home, bookings: {} };
  }

  /** Of the next booking. Names sort by age. */
  nextName(): string {
    return String(this.#done.length + 1).padStart(2, '0');
  }

  /**
   * Has deeds done, all at the same moment, and goes on in the one outcome that fits what everybody was told and what
   * can be seen afterwards. Fails where none fits.
   */
  async take(deeds: readonly Deed[]): Promise<void> {
    const before = this.state;
    this.#done.push(deeds.map(({ act, on }) => `${on}: ${inWords(act)}`).join(' ∥ '));
    const answers = await Promise.all(deeds.map((deed) => this.#house.perform(deed, before)));
    const outcomes = outcomesOf(deeds, before);
    const fitting = outcomes.filter((outcome) => isDeepStrictEqual(outcome.answers, answers));
    if (fitting.length === 0)
      assert.fail(
        this.#unheardOf(
          answers,
          outcomes.map((outcome) => outcome.answers),
        ),
      );
    try {
      this.state = await this.#house.comesTo(fitting);
    } catch (error) {
      throw new Error(`After ${this.#story()}`, { cause: error });
    }
  }

  /** Every booking is brought to its end by the clock, or by late money; then nobody works on it, and nobody has stumbled. */
  async end(): Promise<void> {
    for (const name of Object.keys(this.state.bookings)) {
      for (let act = this.#nextFor(name); act !== undefined; act = this.#nextFor(name))
        await this.take([{ act, on: name }]);
    }
    for (const name of Object.keys(this.state.bookings)) await this.#isOver(this.#house.idOf(name));
  }

  #nextFor(name: string): Act | undefined {
    const booked = this.state.bookings[name];
    if (booked === undefined) return undefined;
    if (mayBePaidLate(booked)) return { does: 'pay in the browser', card: 'good' };
    const due = nextDue(booked);
    return due === undefined || due.at === 'closes_at' ? undefined : { does: 'clock', comes: 'past' };
  }

  async #isOver(bookingId: BookingId): Promise<void> {
    const { temporal } = this.#world;
    const workflowId = bookStayId(bookingId);
    await this.#passPayout(bookingId);
    await until(`${workflowId} is over`, async () => (await temporal.statusOf(workflowId)) === 'COMPLETED');
    assert.deepEqual(await temporal.stumblesOf(workflowId), [], `${workflowId} has stumbled`);
  }

  /** What a host keeps of a stay that was given up is paid when it would have been: so long the booking goes on. */
  async #passPayout(bookingId: BookingId): Promise<void> {
    const { temporal, db } = this.#world;
    const workflowId = bookStayId(bookingId);
    await temporal.rests(workflowId);
    if ((await temporal.statusOf(workflowId)) !== 'RUNNING') return;
    const { check_in_at: checkInAt } = await db('bookings').where({ id: bookingId }).first('check_in_at');
    await temporal.advanceTo(workflowId, Date.parse(payoutDueAt(checkInAt)) + PAST_MS);
  }

  #unheardOf(heard: readonly Answer[], allowed: readonly (readonly Answer[])[]): string {
    const words = allowed.map((answers) => JSON.stringify(answers)).join(' or ');
    return `It was answered ${JSON.stringify(heard)}, not ${words}, after ${this.#story()}`;
  }

  #story(): string {
    return [JSON.stringify(this.state.home), ...this.#done].join('\n  ');
  }
}
