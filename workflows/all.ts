/** Every workflow by the name it is started with: what a worker bundles. */
export { bookStay } from './bookings.ts';
export { refundPayment } from './refunds.ts';
export { notify } from './notifications.ts';
export { resumeRequested } from './maintenance.ts';
