import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FeedReading } from '#domain/calendars.ts';
import type { FeedScope } from './feed-events.ts';

/** What the largest feed takes many times over: longer is a repetition that leads nowhere. */
const READ_WITHIN_MS = 10_000;
const THREAD_MEGABYTES = 256;

/**
 * Has feeds read in a thread beside this one: what a stranger has written may keep a processor busy for ever, and must
 * keep nothing else waiting. The thread is kept while it is good, and holds up no process that wants to end.
 */
export class FeedReader {
  #thread: Worker | undefined;
  /** The end of the reading that is under way: a thread reads one at a time. */
  #free: Promise<unknown> = Promise.resolve();

  /** Undefined where it is no calendar, `too_much` where it took more time or memory than anybody's needs. */
  read(text: string, scope: FeedScope): Promise<FeedReading | undefined | 'too_much'> {
    const reading = this.#free.then(() => this.#read(text, scope));
    this.#free = reading.catch(() => undefined);
    return reading;
  }

  async #read(text: string, scope: FeedScope): Promise<FeedReading | undefined | 'too_much'> {
    const thread = (this.#thread ??= await this.#startThread());
    try {
      const answer = once(thread, 'message', { signal: AbortSignal.timeout(READ_WITHIN_MS) });
      thread.postMessage({ text, scope });
      const [reading] = (await answer) as [FeedReading | undefined];
      return reading;
    } catch {
      await thread.terminate();
      return 'too_much';
    }
  }

  async #startThread(): Promise<Worker> {
    const thread = new Worker(new URL('./feed-thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES },
    });
    thread.on('error', () => undefined); // Whoever waits for an answer hears of it, and the process must not end for it.
    thread.once('exit', () => (this.#thread = undefined));
    await once(thread, 'message');
    thread.unref();
    return thread;
  }
}
