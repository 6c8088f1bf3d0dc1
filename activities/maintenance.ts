import { setTimeout as pause } from 'node:timers/promises';
import { findLeftRequested } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findLeftRefunds } from '#db/refunds.ts';
import { retimeSome } from '#db/timetables.ts';
import { inTransaction } from '#db/transaction.ts';
import { ZONE_DATA } from '#db/zone-data.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { bookStayOrder } from '#workflows/bookings.contract.ts';
import { LEFT_AFTER_SECONDS } from '#workflows/maintenance.contract.ts';
import { refundOrder } from '#workflows/refunds.contract.ts';

const AT_ONCE = 200;

/** Bookings that are retimed in one transaction, how many times in a turn, and the rest of everybody else in between. */
const BATCH = 100;
const BATCHES = 50;
const PAUSE_MS = 100;

export type MaintenanceActivities = ReturnType<typeof createMaintenanceActivities>;

interface MaintenanceDeps {
  db: Db;
  workflows: Workflows;
  /** This process's own, unless told. */
  zoneData?: string;
}

export function createMaintenanceActivities({ db, workflows, zoneData = ZONE_DATA }: MaintenanceDeps) {
  return {
    /** Starts what was recorded but has no workflow. Starting what has one is nothing, so no check comes first. */
    async resumeRequested(): Promise<{ bookings: number; refunds: number }> {
      const before = new Date(Date.now() - LEFT_AFTER_SECONDS * 1000).toISOString();
      const started = { bookings: 0, refunds: 0 };
      for (const booking of await findLeftRequested(db, before, AT_ONCE)) {
        if (await workflows.start(bookStayOrder(booking))) started.bookings += 1;
      }
      for (const { id } of await findLeftRefunds(db, before, AT_ONCE)) {
        if (await workflows.start(refundOrder(id))) started.refunds += 1;
      }
      return started;
    },

    /**
     * Has bookings that were reckoned by older zone data than ours go by the calendar and the wall again, a few thousand at
     * a time and not all at once. Each is marked with what it was reckoned by: so it goes on where it was, finds also what a
     * process with older data has reckoned since, and costs one look into an index where there is nothing to do. One with
     * older data than the bookings finds nothing.
     */
    async retimeStays(): Promise<{ moved: number; isDone: boolean }> {
      let moved = 0;
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const some = { zoneData, now: new Date(), limit: BATCH };
        const looked = await inTransaction(db, (trx) => retimeSome(trx, some));
        moved += looked.moved;
        if (looked.seen === 0) return { moved, isDone: true };
        await pause(PAUSE_MS);
      }
      return { moved, isDone: false };
    },
  };
}
