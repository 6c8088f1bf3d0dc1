import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

type Word<Answer> = { answer: Answer } | { failure: string };

/**
 * A program of this folder in a process of its own, asked one thing after the other over its channel. What makes the
 * load and what answers it never share an event loop.
 */
export class Program<Ask = void, Answer = unknown> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #name: string;

  /** Starts `bench/{name}.ts` and waits until it has made itself ready with `setup`. */
  static async start<Ask, Answer>(name: string, setup?: unknown): Promise<Program<Ask, Answer>> {
    const program = new Program<Ask, Answer>(name);
    await program.#send(setup ?? null);
    return program;
  }

  private constructor(name: string) {
    this.#name = name;
    this.#child = fork(join(import.meta.dirname, `${name}.ts`), { serialization: 'advanced' });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async ask(ask: Ask): Promise<Answer> {
    return this.#send(ask);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.disconnect();
    await ended;
  }

  #send(message: unknown): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const onMessage = (word: Word<Answer>) =>
      'failure' in word ? reject(new Error(`${this.#name}: ${word.failure}`)) : resolve(word.answer);
    const onExit = () => reject(new Error(`${this.#name} has ended before it answered.`));
    this.#child.once('message', onMessage);
    this.#child.once('exit', onExit);
    this.#child.send(message as object);
    return promise.finally(() => {
      this.#child.off('message', onMessage);
      this.#child.off('exit', onExit);
    });
  }
}

type Answering<Ask, Answer> = (ask: Ask) => Promise<Answer>;
type Prepare<Setup, Ask, Answer> = (setup: Setup) => Answering<Ask, Answer> | Promise<Answering<Ask, Answer>>;

/** The other side: prepares itself with the first message and answers all that follow. Ends with whoever started it. */
export function answerStarter<Setup, Ask, Answer>(prepare: Prepare<Setup, Ask, Answer>): void {
  let answer: Answering<Ask, Answer> | undefined;
  async function respond(message: unknown): Promise<unknown> {
    if (answer !== undefined) return answer(message as Ask);
    answer = await prepare(message as Setup);
    return undefined;
  }
  process.on('message', (message) => {
    respond(message).then(
      (result) => process.send?.({ answer: result }),
      (error: unknown) =>
        process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit()); // Nothing it holds outlives the measurement.
}
