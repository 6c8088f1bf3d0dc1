import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Traveller } from '../journeys.ts';
import type { Answer, Wire } from '../people.ts';

/** Something that was asked under a key, and what its client has been told. */
export interface Asked {
  by: Traveller;
  path: string;
  body: object;
  key: string;
  answer: Answer<Wire>;
  /** The one thing that the key stands for, where an answer named it. */
  id: string | undefined;
}

const PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** No client waits longer for an answer than the weather lasts and the bank is asked in vain. */
const PATIENCE_MS = 300_000;

/**
 * Asks as a good client does: with one key, again and again with longer pauses, until the answer is an answer.
 * @throws AssertionError when none comes, or when two answers name two things of which the first did not come to nothing
 */
export async function insist(
  by: Traveller,
  path: string,
  { body = {}, key = randomUUID() }: { body?: object; key?: string } = {},
): Promise<Asked> {
  const deadline = Date.now() + PATIENCE_MS;
  let answer = await by.post(path, body, key);
  let id = named(path, answer);
  for (let pauseMs = PAUSE_MS; isOpen(answer); pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const { status, body: last } = answer;
    assert.ok(Date.now() < deadline, `${path} has no answer but ${status} ${JSON.stringify(last)}`);
    await delay(pauseMs);
    answer = await by.post(path, body, key);
    const again = named(path, answer);
    if (id !== undefined && again !== undefined && again !== id)
      assert.ok(await cameToNothing(by, id), `${key} stands for ${id} and ${again}`);
    id = again ?? id;
  }
  return { by, path, body, key, answer, id };
}

/**
 * Comes once more with the key, when all is over: it stands for what it stood for, and is answered alike. A refusal that
 * left nothing on record is not kept under its key, and may be another one by now.
 */
export async function comeAgain({ by, path, body, key, answer, id }: Asked): Promise<void> {
  if (id === undefined) return;
  const again = await insist(by, path, { body, key });
  assert.deepEqual([again.answer.status, again.id], [answer.status, id], `${path} under ${key}`);
}

/** Whether a booking was ended by an outage alone: its key may be tried again, and then stands for another one. */
async function cameToNothing(by: Traveller, id: string): Promise<boolean> {
  const { body: booking } = await by.get(`/bookings/${id}`);
  return booking.status === 'rejected' && booking.rejection.code === 'unavailable';
}

/** Nothing that a client could act upon yet. */
function isOpen({ status, body }: Answer<Wire>): boolean {
  return status === 202 || status >= 500 || body.code === 'idempotency_in_progress';
}

/** A refused booking is on record too, and its refusal names it. */
function named(path: string, { status, body }: Answer<Wire>): string | undefined {
  if (status < 300) return body.id;
  return path === '/bookings' ? body.bookingId : undefined;
}
