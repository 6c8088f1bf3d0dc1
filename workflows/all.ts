/** Every workflow by the name it is started with: what a worker bundles. */
export { bookStay } from './bookings.ts';
export { refundPayment } from './refunds.ts';
export { payHost, recoverPayout } from './payouts.ts';
export { settleDispute } from './disputes.ts';
export { notify } from './notifications.ts';
export { collectReviews } from './reviews.ts';
export { cancelInBulk } from './bulk-cancellations.ts';
export { startDueSyncs, syncCalendar } from './calendars.ts';
export { reconcile, resolveDiscrepancy } from './reconciliation.ts';
export { resumeRequested, retimeStays } from './maintenance.ts';
