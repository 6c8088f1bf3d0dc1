import { findLeftRequested } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findLeftRefunds } from '#db/refunds.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { bookStayOrder } from '#workflows/bookings.contract.ts';
import { LEFT_AFTER_SECONDS } from '#workflows/maintenance.contract.ts';
import { refundOrder } from '#workflows/refunds.contract.ts';

const AT_ONCE = 200;

export type MaintenanceActivities = ReturnType<typeof createMaintenanceActivities>;

export function createMaintenanceActivities({ db, workflows }: { db: Db; workflows: Workflows }) {
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
  };
}
