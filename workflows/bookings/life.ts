import { condition, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { BookingStatus } from '#domain/bookings.ts';
import { SEARCH } from '../bookings.contract.ts';
import type { BookingOutcome, BookStay } from '../bookings.contract.ts';
import { instantNow } from '../clock.ts';
import type { Plan } from './charging.ts';
import type { Mailbox } from './mailbox.ts';
import type { Proposals } from './proposals.ts';
import type { Timetable } from './timetable.ts';

/** A booking while its workflow runs: what was asked for, or has since been agreed on, and what the world says to it. */
export interface Life {
  request: BookStay;
  mailbox: Mailbox;
  timetable: Timetable;
  /** Of a long stay that is certain: what of its price is still to come. */
  plan?: Plan | undefined;
  /** What is proposed to be changed of it. */
  proposals: Proposals;
  /** Payments of alterations that came to nothing: until the bank has closed them. */
  closings: Promise<void>[];
  /** Once it is waited for: until the host's payout has been started. */
  payout?: Promise<void>;
  /** How many payouts have been started, once it is their time. */
  payouts?: number;
  /** The arrival is on record. */
  hasArrived?: boolean;
}

export type End = BookingOutcome['status'];

/** How the wait for money, and for the host, came out. */
export type Money = { is: 'in' } | { is: 'ended'; as: End };

/** The booking and its workflow's now, which is what every rule that depends on time is judged by. */
export function now({ bookingId }: BookStay): { bookingId: BookStay['bookingId']; at: string } {
  return { bookingId, at: instantNow() };
}

/** When it begins and ends, for whoever looks for it in the Temporal UI. */
export function tellTimes({ checkInAt, checkOutAt }: Pick<BookStay, 'checkInAt' | 'checkOutAt'>): void {
  upsertSearchAttributes([
    { key: SEARCH.checkIn, value: new Date(checkInAt) },
    { key: SEARCH.checkOut, value: new Date(checkOutAt) },
  ]);
}

/**
 * What the booking has become, and in a sentence what it waits for and until when: for whoever looks at it in the
 * Temporal UI. The sentence costs nothing; a status is an event, so it is told once, and not where it lasts no longer
 * than the bank takes to answer.
 */
export function tellStatus(status: BookingStatus, details: string): void {
  setCurrentDetails(details);
  if (workflowInfo().typedSearchAttributes.get(SEARCH.status) === status) return;
  upsertSearchAttributes([{ key: SEARCH.status, value: status }]);
}

export type InTime<T> = { in: true; value: T } | { in: false };

/** What `work` gives if it gives it before `until` (milliseconds since the epoch). */
export async function beforeOr<T>(work: Promise<T>, until: number, summary: string): Promise<InTime<T>> {
  const patience = until - Date.now();
  let result: InTime<T> = { in: false };
  if (patience <= 0) return result;
  const working = work.then((value) => {
    result = { in: true, value };
  });
  await Promise.race([working, condition(() => result.in, patience, { summary })]);
  return result;
}
