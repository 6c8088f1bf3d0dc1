import { destination } from 'pino';
import type { DestinationStream } from 'pino';

/** A line waits for others so long at most. */
const WRITE_EVERY_MS = 250;
const WRITE_FROM = 65_536;

/**
 * Standard output, written to in pieces of many lines; a process that ends by itself writes what it has. The stream
 * that pino has for it can wait too, but appends each line to a text whose length it takes anew: a busy API spent more
 * on that than on making the lines.
 */
export class GatheredLines implements DestinationStream {
  readonly #out = destination({ dest: 1, sync: false, minLength: WRITE_FROM, maxWrite: 2 * WRITE_FROM });
  #lines: string[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #atExit = () => this.flushSync();

  write(line: string): void {
    if (this.#lines.length === 0) process.once('exit', this.#atExit);
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= WRITE_FROM) this.#pass();
    else this.#timer ??= setTimeout(() => this.#flush(), WRITE_EVERY_MS).unref();
  }

  /** Asked for by pino after a fatal line. */
  flushSync(): void {
    this.#pass();
    this.#out.flushSync();
  }

  #flush(): void {
    this.#pass();
    this.#out.flush();
  }

  #pass(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    process.off('exit', this.#atExit);
    const piece = this.#lines.join('');
    this.#lines = [];
    this.#characters = 0;
    this.#out.write(piece);
  }
}
