import fc from 'fast-check';
import type { AsyncCommand } from 'fast-check';
import { inWords } from './acts.ts';
import { deedsOf, DRAWN } from './drawing.ts';
import type { Drawn } from './drawing.ts';
import { isPossible } from './rules.ts';
import type { Run } from './run.ts';

const MOST_COMMANDS = 14;

/** The run keeps the state of the model itself. */
type Model = Pick<Run, 'state'>;

/** One or two acts at a moment, as fast-check's model-based testing wants them. */
class Command implements AsyncCommand<Model, Run> {
  readonly #drawn: Drawn;

  constructor(drawn: Drawn) {
    this.#drawn = drawn;
  }

  check({ state }: Readonly<Model>): boolean {
    return deedsOf(this.#drawn, { state, name: '' }).every((deed) => isPossible(deed, state));
  }

  async run({ state }: Model, run: Run): Promise<void> {
    await run.take(deedsOf(this.#drawn, { state, name: run.nextName() }));
  }

  toString(): string {
    const { acts, back } = this.#drawn;
    const words = acts.map(inWords).join(' ∥ ');
    return acts.every(({ does }) => does === 'book') ? words : `${words} [${back} back]`;
  }
}

/** What is done in a run after its first booking. */
export function commands(replayPath?: string) {
  return fc.commands([DRAWN.map((drawn) => new Command(drawn))], {
    maxCommands: MOST_COMMANDS,
    size: 'max',
    ...(replayPath !== undefined && { replayPath }),
  });
}
