import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Db } from '#db/connect.ts';
import { asLeftBy, lastNumber, readNews, readTogether } from '#db/progress.ts';
import type { BookingNews } from '#db/progress.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { BookingId, UserId } from '#domain/ids.ts';
import { Following } from './following.ts';
import type { Step } from './following.ts';
import type { BookingWithPayment } from './presenter.ts';

/** What one user, and all together, may follow at once in one API process. */
export const MAX_FOLLOWED_BY_USER = 8;
export const MAX_FOLLOWED = 1_000;
/** No token lives longer, so neither does what was opened with one. */
export const MAX_FOLLOWED_MINUTES = 60;

const LOOK_EVERY_MS = 150;
const EVENTS_AT_ONCE = 500;
/** After the database could not be had. */
const RETRY_MS = 1_000;

interface Deps {
  db: Db;
  log: Logger;
  /** How long anything may be followed at most, in milliseconds. */
  longestMs?: number;
}

/**
 * Tells those who follow bookings of each step, in order. However many they are, one reader asks for the numbered events
 * after the last it has seen, and only while somebody follows: a broken connection delays it and loses nothing, and
 * every API process has its own, so it does not matter which of them has made the step.
 */
export class Progress implements AsyncDisposable {
  readonly #deps: Deps;
  readonly #followed = new Map<BookingId, Set<Following>>();
  readonly #byUser = new Map<UserId, number>();
  readonly #stop = new AbortController();
  #count = 0;
  /** Settles when the reader knows from where it reads; undefined while nobody follows. */
  #reading: Promise<void> | undefined;
  #reader: Promise<void> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** How many are following. */
  get count(): number {
    return this.#count;
  }

  /**
   * Begins to follow: `known` is the booking as it is, and every step from there on is told. It is read once the reader
   * knows its place, so that none falls between. Whether they may see it is the caller's question.
   * @throws DomainError `rate_limited` for a user who follows too much; `unavailable` when too many do, or we stop;
   * `not_found`
   */
  async follow(bookingId: BookingId, userId: UserId): Promise<Following> {
    this.#requireRoomFor(userId);
    const following = this.#join(bookingId, userId);
    try {
      await (this.#reading ??= this.#begin());
      const now = (await readTogether(this.#deps.db, [bookingId])).get(bookingId);
      if (now === undefined) throw notFound('booking');
      following.begin(now);
      return following;
    } catch (error) {
      following.end();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    const goodbye = new DomainError('unavailable', 'This server is stopping. Ask again.', {
      retryAfterSeconds: 1,
    });
    for (const following of [...this.#followed.values()].flatMap((some) => [...some])) following.end(goodbye);
    await this.#reader;
  }

  #requireRoomFor(userId: UserId): void {
    if ((this.#byUser.get(userId) ?? 0) >= MAX_FOLLOWED_BY_USER) {
      const message = `You follow ${MAX_FOLLOWED_BY_USER} bookings already; that is the limit.`;
      throw new DomainError('rate_limited', message, { limit: MAX_FOLLOWED_BY_USER });
    }
    if (this.#count < MAX_FOLLOWED && !this.#stop.signal.aborted) return;
    throw new DomainError(
      'unavailable',
      'No more can be followed here right now. Ask for the booking itself.',
      { retryAfterSeconds: 5 },
    );
  }

  #join(bookingId: BookingId, userId: UserId): Following {
    const following = new Following({ bookingId, userId }, () => {
      clearTimeout(over);
      this.#leave(following);
    });
    const tooLong = new DomainError('unavailable', 'This has been followed for long. Ask again.', {
      retryAfterSeconds: 0,
    });
    const { longestMs = MAX_FOLLOWED_MINUTES * 60_000 } = this.#deps;
    const over = setTimeout(() => following.end(tooLong), longestMs);
    this.#followed.set(bookingId, (this.#followed.get(bookingId) ?? new Set()).add(following));
    this.#byUser.set(userId, (this.#byUser.get(userId) ?? 0) + 1);
    this.#count += 1;
    return following;
  }

  #leave(following: Following): void {
    const { bookingId, userId } = following;
    const others = this.#followed.get(bookingId);
    others?.delete(following);
    if (others?.size === 0) this.#followed.delete(bookingId);
    const left = (this.#byUser.get(userId) ?? 1) - 1;
    if (left === 0) this.#byUser.delete(userId);
    else this.#byUser.set(userId, left);
    this.#count -= 1;
  }

  async #begin(): Promise<void> {
    try {
      this.#reader = this.#readFrom(await lastNumber(this.#deps.db));
    } catch (error) {
      this.#reading = undefined;
      throw error;
    }
  }

  async #readFrom(start: number): Promise<void> {
    const { db, log } = this.#deps;
    let place = start;
    while (this.#count > 0) {
      let waitMs = 0;
      try {
        const { news, seq, isAll } = await readNews(db, place, EVENTS_AT_ONCE);
        await this.#tell(news);
        place = seq;
        if (isAll) waitMs = LOOK_EVERY_MS;
      } catch (error) {
        log.warn({ err: error }, 'cannot follow bookings');
        waitMs = RETRY_MS;
      }
      await pause(waitMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    this.#reading = undefined; // In the same breath as the last count: who comes now begins anew.
  }

  async #tell(news: readonly BookingNews[]): Promise<void> {
    const steps = Map.groupBy(
      news.filter(({ bookingId }) => this.#followed.has(bookingId)),
      ({ bookingId }) => bookingId,
    );
    if (steps.size === 0) return;
    const found = await readTogether(this.#deps.db, [...steps.keys()]);
    for (const [bookingId, now] of found) {
      const told = stepsOf(steps.get(bookingId) ?? [], now);
      for (const following of this.#followed.get(bookingId) ?? [])
        for (const step of told) following.tell(step);
    }
  }
}

/** What news come to, beside the booking as it is by the time they are read. */
function stepsOf(news: readonly BookingNews[], now: BookingWithPayment): Step[] {
  return news.map(({ step }) => {
    if (step === undefined || step === now.booking.status)
      return { ...now, isPast: false, isTold: step !== undefined };
    return { ...asLeftBy(step, now), isPast: true, isTold: true };
  });
}
