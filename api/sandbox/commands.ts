import { setTimeout as delay } from 'node:timers/promises';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { listInstalments } from '#db/instalments.ts';
import {
  findPendingRefunds,
  hasOverdueReviews,
  isToBeOpened,
  setClockOffset,
  whileNobodyMovesTime,
} from '#db/sandbox.ts';
import { bookingNow } from '#domain/bookings.ts';
import { DomainError, invalidInput } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import type { Instant } from '#domain/nights.ts';
import { isOverdue, latestSandboxInstant, nextDue } from '#domain/sandbox.ts';
import type { Dates } from '#domain/sandbox.ts';
import type { BankClock } from '#gateways/bank-clock.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { refundPaymentId } from '#workflows/refunds.contract.ts';
import { collectReviewsId } from '#workflows/reviews.contract.ts';
import { notAny, reloadRow } from '../bookings/asking.ts';

/** Moves the time of single bookings, where money is not real. */
export interface Sandbox {
  /**
   * @throws DomainError `booking_state` for one that was not made with `sandbox`; `invalid_input` for an instant that
   * has passed or is too far away
   */
  requireMovable(booking: BookingRow, to: Instant): void;
  /**
   * Moves a booking's own time on to an instant: whatever is due until then happens, in the order of the time it is due.
   * @throws DomainError `booking_state` while it is being moved already; `unavailable` when what is due does not get done
   */
  advance(booking: BookingRow, to: Instant): Promise<void>;
}

interface Deps {
  db: Db;
  workflows: Workflows;
  now: () => Date;
  bankClock: BankClock | undefined;
}

/** Past the instant itself, so that what is due at it has been done. */
const PAST_MS = 1_000;
/** How long it may take to be done, and how often that is looked at. */
const DONE_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 50;

export function createSandbox(deps: Deps): Sandbox {
  return {
    requireMovable: (booking, to) => requireMovable(booking, { to, now: bookingNow(booking, deps.now()) }),
    async advance({ id, status }, to) {
      const moved = await whileNobodyMovesTime(deps.db, id, () => advance(deps, id, to));
      if (!moved) throw notAny(status, 'Its time is being moved already.');
    },
  };
}

function requireMovable(booking: BookingRow, { to, now }: { to: Instant; now: Instant }): void {
  if (!booking.sandbox) throw notAny(booking.status, 'This booking was not made with `sandbox`.');
  const last = latestSandboxInstant(booking);
  if (Date.parse(to) <= Date.parse(now))
    throw invalidInput('advanceTo', `Must be after ${now}, its own now.`);
  if (Date.parse(to) > Date.parse(last)) throw invalidInput('advanceTo', `Must not be after ${last}.`);
}

async function advance(deps: Deps, id: BookingId, to: Instant): Promise<void> {
  for (;;) {
    const booking = await reloadRow(deps.db, id);
    const after = bookingNow(booking, deps.now());
    if (Date.parse(after) >= Date.parse(to)) return;
    const instalments = await listInstalments(deps.db, id);
    await moveAll(deps, booking, nextDue({ ...datesOf(booking), instalments }, { after, until: to }));
  }
}

function datesOf({ holdExpiresAt, respondBy, checkInAt, checkOutAt, reviewBy }: BookingRow): Dates {
  return { holdExpiresAt, respondBy, checkInAt, checkOutAt, reviewBy };
}

/** The booking comes first: what it starts on the way begins in the present, and is brought to the same instant. */
async function moveAll(
  { db, workflows, now, bankClock }: Deps,
  { id }: BookingRow,
  due: Instant,
): Promise<void> {
  const instantMs = Date.parse(due) + PAST_MS;
  const at = new Date(instantMs).toISOString();
  await workflows.advanceTo(bookStayId(id), instantMs);
  await bankClock?.advanceTo(id, at);
  await waitWhile(async () => {
    const booking = await reloadRow(db, id);
    return isOverdue(booking, at) || (await isToBeOpened(db, booking, at));
  });
  await workflows.advanceTo(bookStayId(id), instantMs); // It is there: until it has started what follows, too.
  const refunds = (await findPendingRefunds(db, id)).map(refundPaymentId);
  // A payout that waits is tried twice a day for as long as it waits: it is left in the present, and told of news there.
  for (const workflowId of [...refunds, collectReviewsId(id)])
    await workflows.advanceTo(workflowId, instantMs);
  await waitWhile(() => hasOverdueReviews(db, id, at));
  await setClockOffset(db, id, Math.max(0, instantMs - now().getTime()));
}

/** A timer that is due takes a moment to fire, in which its workflow seems to rest. */
async function waitWhile(isBehind: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DONE_WITHIN_MS;
  while (await isBehind()) {
    if (performance.now() >= deadline)
      throw new DomainError('unavailable', 'What is due does not get done now. Try again soon.');
    await delay(LOOK_EVERY_MS);
  }
}
