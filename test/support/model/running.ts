import fc from 'fast-check';
import type { World } from '../journeys.ts';
import { commands } from './commands.ts';
import { BOOKINGS, HOMES } from './drawing.ts';
import type { Cast } from './house.ts';
import type { Home } from './reference.ts';
import { Run } from './run.ts';

/** Runs with a seed in a row; several rows go on beside one another, each on properties and with people of its own. */
const RUNS_IN_A_ROW = 5;
const ROWS_AT_ONCE = 6;
/** The bank's word comes twice, late or out of order every so often, all along. */
const BAD_POST = [
  { kind: 'duplicate', probability: 0.15, times: 1_000_000 },
  { kind: 'delay', probability: 0.1, times: 1_000_000, delayMs: 400 },
  { kind: 'reorder', probability: 0.1, times: 1_000_000, delayMs: 300 },
] as const;
/** How long a failed run is tried shorter. */
const SHORTER_MS = 120_000;

/** What is asked for: so many runs from a seed on; or, with a path, the one that was printed. */
export interface Asked {
  runs: number;
  seed: number;
  path?: string | undefined;
  replayPath?: string | undefined;
}

/** A run that ended otherwise than the model, as short as it could be made, and how to have it again. */
export interface CounterExample {
  acts: string;
  error: unknown;
  command: string;
}

/** With room for the rows after it among the 32 bits that fast-check takes. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 900_000_000);
}

/** Has random runs made. Stops at the first that is a counter-example. `ran` hears of each that was none. */
export async function findCounterExample(
  world: World,
  asked: Asked,
  ran: () => void = () => undefined,
): Promise<CounterExample | undefined> {
  await world.bank.misbehave(...BAD_POST);
  const rows = asked.path === undefined ? rowsOf(asked) : [{ ...asked, runs: 1 }];
  const theatre = new Theatre(world);
  let found: CounterExample | undefined;
  const worker = async () => {
    for (let row = rows.shift(); row !== undefined && found === undefined; row = rows.shift()) {
      const isWanted = () => found === undefined;
      const details = await checkRow(row, { theatre, isWanted, ran });
      if (details.failed && isWanted()) found = counterExample(details);
    }
  };
  await Promise.all(Array.from({ length: ROWS_AT_ONCE }, worker));
  await world.bank.heal();
  return found;
}

/** A counter-example for whoever has to find out what is wrong. */
export function inFull({ acts, error, command }: CounterExample): string {
  const why = error instanceof Error && error.cause instanceof Error ? `\n${error.cause.message}` : '';
  return `${acts}\n\n${error instanceof Error ? error.message : String(error)}${why}\n\nOnce more: ${command}`;
}

/** How often bookings have gone along each edge of the state graph: what the runs have come by. */
export async function edgesGone({ db }: World): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { edge: string }[] }>(
    `select data->>'before' || ' → ' || (data->>'after') || ' ' || count(*) as edge from events
     where kind = 'booking.' || (data->>'after') and data->>'before' is not null
     group by data->>'before', data->>'after' order by count(*) desc`,
  );
  return rows.map(({ edge }) => edge);
}

/** So that a seed means the same runs on any machine, rows are cut before anybody asks how many go at once. */
function rowsOf({ runs, seed }: Asked): Asked[] {
  const count = Math.ceil(runs / RUNS_IN_A_ROW);
  return Array.from({ length: count }, (_, row) => ({
    seed: seed + row,
    runs: Math.min(RUNS_IN_A_ROW, runs - row * RUNS_IN_A_ROW),
  }));
}

interface Around {
  theatre: Theatre;
  isWanted: () => boolean;
  ran: () => void;
}

/** Of a report of fast-check's, what tells of a failure. */
interface Report {
  seed: number;
  counterexample: readonly unknown[] | null;
  counterexamplePath: string | null;
  errorInstance: unknown;
}

function checkRow({ seed, runs, path, replayPath }: Asked, { theatre, isWanted, ran }: Around) {
  let shorterUntil = Infinity;
  const property = fc.asyncProperty(HOMES, BOOKINGS, commands(replayPath), async (home, first, further) => {
    if (!isWanted() || performance.now() > shorterUntil) return;
    try {
      await theatre.play(home, async (run) => {
        await run.take([{ act: first, on: run.nextName() }]);
        await fc.asyncModelRun(() => ({ model: run, real: run }), further);
        await run.end();
      });
      if (shorterUntil === Infinity) ran();
    } catch (error) {
      shorterUntil = Math.min(shorterUntil, performance.now() + SHORTER_MS);
      throw error;
    }
  });
  return fc.check(property, { seed, numRuns: runs, ...(path !== undefined && { path }) });
}

function counterExample(details: Report): CounterExample {
  const [home, first, further] = details.counterexample ?? [];
  const words = String(further);
  const replayPath = /replayPath="([^"]*)"/.exec(words)?.[1];
  const command = [
    `npm run model -- --seed ${details.seed} --path ${details.counterexamplePath ?? ''}`,
    ...(replayPath === undefined ? [] : [`--replay-path ${replayPath}`]),
  ].join(' ');
  return {
    acts: [home, first].map((drawn) => JSON.stringify(drawn)).join('\n') + `\n${words}`,
    error: details.errorInstance,
    command,
  };
}

/** People for runs. They play again, but those of a run that failed, whose bookings nobody has ended. */
class Theatre {
  readonly #world: World;
  readonly #resting: Cast[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  async play(home: Home, act: (run: Run) => Promise<void>): Promise<void> {
    const cast = this.#resting.pop() ?? (await this.#hire());
    await act(await Run.begin(this.#world, { home, cast }));
    this.#resting.push(cast);
  }

  async #hire(): Promise<Cast> {
    const world = this.#world;
    const [host, guest, rival] = await Promise.all([world.person(), world.person(), world.person()]);
    return { host, guest, rival };
  }
}
