import assert from 'node:assert/strict';
import { openDoctor } from '#bin/examination.ts';
import type { Doctor } from '#bin/examination.ts';
import { readConfig } from '#config';
import type { Case } from './crash-cases.ts';
import type { Story, Told } from './crash-telling.ts';
import type { World } from './journeys.ts';
import { startProgram } from './programs.ts';
import { until } from './virtual-time.ts';

/** What became of a booking whose worker, or API, was killed. */
export interface Outcome {
  endedAs: string;
  paidAtBank: number;
  refundedAtBank: number;
  ledger: string[];
  /** The nights that are the booking's own, as a range. */
  nights: string[];
}

const LONG_MS = 180_000;
/** The program that dies in the place of each part. */
const DYING = { worker: 'crash-worker.ts', api: 'crash-api.ts' } as const;

/** Kills processes while stories are told, and sees whether they come to their right end all the same. */
export class Rehearsal implements AsyncDisposable {
  readonly #world: World;
  readonly #doctor: Doctor;
  /** What the doctor has found before: not to be held against the next case. */
  readonly #known = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    this.#doctor = openDoctor(readConfig(world.stack.environment));
  }

  /**
   * Puts a process that dies at one point in the place of the part, tells the story, and brings the part back. Fails
   * when the booking then has not one right end: its status, its money here and at the bank, its nights, the doctor's
   * opinion, and what the client hears who comes again with the same key.
   */
  async kill({ part, at, story }: Case): Promise<Outcome> {
    const world = this.#world;
    const told = await story.prepare(world);
    const living = world.stack.part(part);
    await living.hold('SIGKILL'); // It may die as well as the other one.
    try {
      const dead = await startDying(world, DYING[part], at);
      const acting = Promise.resolve(story.act(world, told)).catch(() => undefined);
      await dead();
      await living.release();
      await acting;
    } finally {
      await living.release();
    }
    await comesAgain(told, story);
    await story.settle(world, told);
    await world.bank.heal();
    const outcome = await this.#outcomeOf(told);
    assert.deepEqual(outcome, expectedOf(story, await told.booking()));
    await this.#isSound();
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#doctor[Symbol.asyncDispose]();
  }

  async #outcomeOf(told: Told): Promise<Outcome> {
    const { bank, db } = this.#world;
    const { id, status } = await told.booking();
    const intents = await bank.intentsOf(id);
    const refunds = await bank.refundsOf(id);
    const steps: string[] = await db('ledger_transactions').where({ booking_id: id }).pluck('step');
    return {
      endedAs: status,
      paidAtBank: intents.filter((intent) => intent.status === 'succeeded').length,
      refundedAtBank: refunds.filter((refund) => refund.status === 'succeeded').length,
      ledger: steps.map((step) => step.split(':')[0] ?? '').sort(),
      nights: await db('stays').where({ booking_id: id, kind: 'booking', live: true }).pluck('nights'),
    };
  }

  async #isSound(): Promise<void> {
    const verdicts = await this.#doctor.examine();
    const fresh = verdicts.flatMap(({ invariant, findings }) =>
      findings
        .map(({ id, detail }) => `${invariant}: ${id}: ${detail}`)
        .filter((finding) => !this.#known.has(finding)),
    );
    for (const finding of fresh) this.#known.add(finding);
    assert.deepEqual(fresh, [], 'the doctor finds something broken');
  }
}

/** Starts the process that will die; what it returns waits for that. */
async function startDying({ stack }: World, program: string, at: string): Promise<() => Promise<void>> {
  const { child, ended } = await startProgram(program, ['--at', at], stack.environment);
  return async () => {
    const timer = setTimeout(() => child.kill('SIGTERM'), LONG_MS);
    const [, signal] = await ended;
    clearTimeout(timer);
    assert.equal(signal, 'SIGKILL', `it never came to “${at}”`);
  };
}

/** The client comes again with its key until it is told how it ended, and it hears of its one booking. */
async function comesAgain(told: Told, { answer }: Story): Promise<void> {
  let heard = await told.again();
  await until(
    () => `the client hears ${answer}, not ${heard.status}`,
    async () => (heard = await told.again()).status === answer,
    LONG_MS,
  );
  const bookings = await told.guest.must(200, told.guest.get('/bookings'));
  assert.deepEqual(
    bookings.data.map(({ id }: { id: string }) => id),
    [heard.body.id ?? heard.body.bookingId],
  );
}

function expectedOf(
  { end, paid, refunded, payouts = 0, isReclaimed = false, moved = [] }: Story,
  { checkIn, checkOut }: { checkIn: string; checkOut: string },
): Outcome {
  const holds = ['awaiting_host', 'confirmed', 'in_stay', 'completed'].includes(end);
  return {
    endedAs: end,
    paidAtBank: paid,
    refundedAtBank: refunded,
    ledger: [
      ...Array.from({ length: payouts }, () => 'payout'),
      ...(payouts === 2 ? ['payout-return'] : []),
      ...Array.from({ length: paid }, () => 'post'),
      ...(refunded === 1 ? ['refund'] : []),
      ...(isReclaimed ? ['reversal'] : []),
      ...moved,
    ].sort(),
    nights: holds ? [`[${checkIn},${checkOut})`] : [],
  };
}

/** Outcomes as a Markdown table; the one that ended wrongly has none. */
export function tableOf(rows: readonly { at: Case; outcome: Outcome | undefined }[]): string {
  return [
    '| killed | at | ended as | payments at the bank | refunds at the bank | ledger | nights | doctor |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map(({ at: { part, at }, outcome }) =>
      outcome === undefined ? `| ${part} | ${at} | **wrong** | | | | | |` : rowOf({ part, at }, outcome),
    ),
  ].join('\n');
}

function rowOf({ part, at }: { part: string; at: string }, outcome: Outcome): string {
  const { endedAs, paidAtBank, refundedAtBank, ledger, nights } = outcome;
  const cells = [part, at, endedAs, paidAtBank, refundedAtBank, ledger.join(', ') || 'nothing'];
  return `| ${[...cells, nights.length === 0 ? 'free' : 'its own', 'sound'].join(' | ')} |`;
}
