import { linkEndpoints } from './availability/link-routes.ts';
import { availabilityEndpoints } from './availability/routes.ts';
import { bookingEndpoints } from './bookings/routes.ts';
import { bulkCancellationEndpoints } from './bulk-cancellations/routes.ts';
import { calendarEndpoints } from './calendars/routes.ts';
import type { Endpoint } from './endpoint.ts';
import { disputeEndpoints } from './payments/dispute-routes.ts';
import { paymentEndpoints } from './payments/routes.ts';
import { payoutEndpoints } from './payouts/routes.ts';
import { describing, platformEndpoints } from './platform/routes.ts';
import { priceEndpoints } from './pricing/price-routes.ts';
import { pricingEndpoints } from './pricing/routes.ts';
import { propertyEndpoints } from './properties/routes.ts';
import { reconciliationEndpoints } from './reconciliation/routes.ts';
import { receiptEndpoints } from './receipts/routes.ts';
import { reviewEndpoints } from './reviews/routes.ts';
import { sandboxEndpoints } from './sandbox/routes.ts';
import { sessionEndpoints } from './sessions/routes.ts';
import { statementEndpoints } from './statements/routes.ts';
import { userEndpoints } from './users/routes.ts';
import { webhookEndpoints } from './webhooks/routes.ts';

/** A path that is fixed comes before one with a `{name}` in its place. */
const DOCUMENTED: readonly Endpoint[] = [
  ...userEndpoints,
  ...sessionEndpoints,
  ...propertyEndpoints,
  ...availabilityEndpoints,
  ...priceEndpoints,
  ...linkEndpoints,
  ...calendarEndpoints,
  ...pricingEndpoints,
  ...bookingEndpoints,
  ...receiptEndpoints,
  ...bulkCancellationEndpoints,
  ...paymentEndpoints,
  ...payoutEndpoints,
  ...statementEndpoints,
  ...disputeEndpoints,
  ...reconciliationEndpoints,
  ...reviewEndpoints,
  ...sandboxEndpoints,
  ...webhookEndpoints,
  ...platformEndpoints,
];

/** Every endpoint there is, in the order of the documentation. */
export const ENDPOINTS: readonly Endpoint[] = [...DOCUMENTED, describing(DOCUMENTED)];

/** Those that are there where money is real. */
export const LIVE_ENDPOINTS: readonly Endpoint[] = ENDPOINTS.filter(
  (endpoint) => !sandboxEndpoints.some((of) => of === endpoint),
);
