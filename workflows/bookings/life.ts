import { setCurrentDetails, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { BookingStatus } from '#domain/bookings.ts';
import { SEARCH } from '../bookings.contract.ts';
import type { BookingOutcome, BookStay } from '../bookings.contract.ts';
import type { Mailbox } from './mailbox.ts';

/** A booking while its workflow runs: what was asked for, and what the world says to it. */
export interface Life {
  request: BookStay;
  mailbox: Mailbox;
}

export type End = BookingOutcome['status'];

/** How the wait for money, and for the host, came out. */
export type Money = { is: 'in' } | { is: 'ended'; as: End };

/** The booking and its workflow's now, which is what every rule that depends on time is judged by. */
export function now({ bookingId }: BookStay): { bookingId: BookStay['bookingId']; at: string } {
  return { bookingId, at: new Date(Date.now()).toISOString() };
}

/** What the booking has become, and in a sentence what it waits for: for whoever looks at it in the Temporal UI. */
export function tellStatus(status: BookingStatus, details?: string): void {
  upsertSearchAttributes([{ key: SEARCH.status, value: status }]);
  if (details !== undefined) setCurrentDetails(details);
}

export type InTime<T> = { in: true; value: T } | { in: false };

/** What `work` gives if it gives it before `until` (milliseconds since the epoch). */
export async function beforeOr<T>(work: Promise<T>, until: number): Promise<InTime<T>> {
  const patience = until - Date.now();
  if (patience <= 0) return { in: false };
  const inTime = work.then((value): InTime<T> => ({ in: true, value }));
  return Promise.race([inTime, sleep(patience).then((): InTime<T> => ({ in: false }))]);
}
