import { Context } from '@temporalio/activity';
import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import {
  endBulkCancellation,
  findBulkCancellation,
  findWaiting,
  noteHandled,
  noteUnanswered,
  readBulkProgress,
} from '#db/bulk-cancellations.ts';
import type { BulkCancellationRow, BulkProgress, Handled } from '#db/bulk-cancellations.ts';
import type { Db } from '#db/connect.ts';
import { inTransaction } from '#db/transaction.ts';
import { isEnded } from '#domain/bookings.ts';
import { isDomainError } from '#domain/errors.ts';
import type { BookingId, BulkCancellationId } from '#domain/ids.ts';
import type { Answer, Workflows } from '#gateways/workflows.ts';
import { bookStayId, bookStayOrder, cancelBooking } from '#workflows/bookings.contract.ts';
import type { Cancelled } from '#workflows/bookings.contract.ts';
import { found } from './found.ts';

interface Deps {
  db: Db;
  workflows: Workflows;
}

/** So many are asked at the same time, and each so long: whoever has not answered by then is asked again. */
const AT_ONCE = 5;
const PATIENCE = { acceptWithinMs: 5_000, answerWithinMs: 10_000 };

export type BulkCancellationActivities = ReturnType<typeof createBulkCancellationActivities>;

export function createBulkCancellationActivities({ db, workflows }: Deps) {
  return {
    /** Cancels the next that wait, `limit` at most. Tells how many of them are through now, and how far all are. */
    async cancelSome({
      bulkId,
      limit,
    }: {
      bulkId: BulkCancellationId;
      limit: number;
    }): Promise<BulkProgress & { handled: number }> {
      const bulk = await found(findBulkCancellation(db, bulkId), bulkId);
      const waiting = await findWaiting(db, bulkId, limit);
      let handled = 0;
      const work = async (): Promise<void> => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          if (await cancelOne({ db, workflows }, bulk, id)) handled += 1;
          Context.current().heartbeat();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      const progress = await found(
        readBulkProgress(db, [bulkId]).then((found) => found.get(bulkId)),
        bulkId,
      );
      return { ...progress, handled };
    },

    /** It is over: all are through, or an operator has stopped it. */
    async endBulk({
      bulkId,
      ...end
    }: {
      bulkId: BulkCancellationId;
      status: 'done' | 'stopped';
      at: string;
    }): Promise<void> {
      await inTransaction(db, (trx) => endBulkCancellation(trx, bulkId, end));
    },
  };
}

/** Whether it is through. Asked again after a crash it is the same ask, by its name. */
async function cancelOne(deps: Deps, bulk: BulkCancellationRow, bookingId: BookingId): Promise<boolean> {
  const handled = await ask(deps, bulk, bookingId);
  if (handled === undefined) {
    await noteUnanswered(deps.db, bulk.id, bookingId);
    return false;
  }
  const at = new Date().toISOString();
  await noteHandled(deps.db, { bulkId: bulk.id, bookingId, at, ...handled });
  return true;
}

async function ask(
  { db, workflows }: Deps,
  bulk: BulkCancellationRow,
  bookingId: BookingId,
): Promise<Handled | undefined> {
  const { operatorId: actorId, reason, override } = bulk;
  const input = { by: 'operator' as const, actorId, reason, ...(override !== null && { override }) };
  const asked = { ...PATIENCE, updateId: `cancel:${bulk.id}`, input };
  const booking = await found(findBooking(db, bookingId), bookingId);
  let answer: Answer<Cancelled>;
  try {
    // One that was left without a workflow is started, so that it is cancelled in the one place that can.
    answer = await (booking.status === 'requested'
      ? workflows.startAndAsk(bookStayOrder(booking), cancelBooking, asked)
      : workflows.ask(bookStayId(bookingId), cancelBooking, asked));
  } catch (error) {
    if (!isDomainError(error, 'booking_state')) throw error;
    answer = { is: 'gone' };
  }
  if (answer.is === 'answered') return { outcome: 'cancelled', refundMinor: answer.result.refundMinor };
  if (answer.is !== 'gone') return undefined;
  return endedAs(await found(findBooking(db, bookingId), bookingId), bulk);
}

/** It has ended: by this very ask before a crash, or otherwise. One that has not, though nobody conducts it, waits. */
function endedAs(booking: BookingRow, { createdAt }: BulkCancellationRow): Handled | undefined {
  const { status, cancelledBy, cancelledAt, refundMinor } = booking;
  if (!isEnded(status)) return undefined;
  const isOurs = cancelledBy === 'operator' && cancelledAt !== null && cancelledAt >= createdAt;
  return isOurs
    ? { outcome: 'cancelled', refundMinor: refundMinor ?? 0 }
    : { outcome: 'left', leftAs: status };
}
