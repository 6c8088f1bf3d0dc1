import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Db } from '#db/connect.ts';

/** One movement of money: its step (`post:pay_…`, `refund:ref_…`), the bank's id for it, and what it did to each account. */
export interface Movement {
  step: string;
  bankId: string;
  entries: Record<string, number>;
}

/** All movements of a booking's money, oldest first. */
export async function movementsOf(db: Db, bookingId: string): Promise<Movement[]> {
  const rows: { step: string; bank_id: string; account: string; amount_minor: number }[] = await db(
    'ledger_transactions as t',
  )
    .join('ledger_entries as e', 'e.step', 't.step')
    .where('t.booking_id', bookingId)
    .orderBy(['t.recorded_at', 'e.account'])
    .select('t.step', 't.bank_id', 'e.account', 'e.amount_minor');
  const movements = new Map<string, Movement>();
  for (const { step, bank_id: bankId, account, amount_minor: amountMinor } of rows) {
    const movement: Movement = movements.get(step) ?? { step, bankId, entries: {} };
    movement.entries[account] = amountMinor;
    movements.set(step, movement);
  }
  return [...movements.values()];
}

/** What is left on each account of a booking's money once all movements are added up; nothing is not listed. */
export async function balancesOf(db: Db, bookingId: string): Promise<Record<string, number>> {
  const balances: Record<string, number> = {};
  for (const { entries } of await movementsOf(db, bookingId)) {
    for (const [account, amountMinor] of Object.entries(entries)) {
      balances[account] = (balances[account] ?? 0) + amountMinor;
    }
  }
  return Object.fromEntries(Object.entries(balances).filter(([, amountMinor]) => amountMinor !== 0));
}

/** The books as a whole: each step and currency adds up to nothing. */
export async function assertBooksBalance(db: Db): Promise<void> {
  const off = await db('ledger_entries')
    .groupBy('step', 'currency')
    .havingRaw('sum(amount_minor) <> 0')
    .select('step', 'currency');
  assert.deepEqual(off, []);
}

export interface ToldEvent {
  id: string;
  kind: string;
  subject_id: string;
  actor_id: string;
  occurred_at: string;
  recorded_at: string;
  data: Record<string, unknown>;
  seq: number | null;
  hash: Buffer | null;
}

/** What the outbox tells of a subject, in the order of its numbers; what has none yet comes last. */
export async function eventsOf(db: Db, subjectId: string): Promise<ToldEvent[]> {
  return db('events').where({ subject_id: subjectId }).orderByRaw('seq nulls last, recorded_at');
}

/**
 * Recomputes the chain of all numbered events from nothing: numbers without a gap, and each hash over the one before
 * it and the event's own words. Fails at the first that does not fit.
 */
export async function assertChainHolds(db: Db): Promise<void> {
  const events: ToldEvent[] = await db('events').whereNotNull('seq').orderBy('seq');
  let previous = Buffer.alloc(0);
  for (const [index, event] of events.entries()) {
    assert.equal(event.seq, index + 1, 'a number is missing');
    const { seq, id, kind, subject_id, actor_id, occurred_at, recorded_at, data } = event;
    const words = JSON.stringify([seq, id, kind, subject_id, actor_id, occurred_at, recorded_at, data]);
    const hash = createHash('sha256').update(previous).update(words).digest();
    assert.ok(event.hash?.equals(hash), `the chain breaks at ${id}`);
    previous = hash;
  }
}
