import { printSchema } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import './scalars.ts';
import './users.ts';
import './user-acts.ts';
import './sessions.ts';
import './properties.ts';
import './property-acts.ts';
import './search.ts';
import './calendar.ts';
import './imported-calendars.ts';
import './calendar-conflicts.ts';
import './rules.ts';
import './links.ts';
import './blocks.ts';
import './pricing.ts';
import './prices.ts';
import './bookings.ts';
import './booking-acts.ts';
import './alterations.ts';
import './cancellations.ts';
import './bulk-cancellations.ts';
import './payments.ts';
import './refunds.ts';
import './payouts.ts';
import './payout-holds.ts';
import './statements.ts';
import './receipts.ts';
import './disputes.ts';
import './discrepancies.ts';
import './reviews.ts';
import './sandbox.ts';
import './progress.ts';
import { builder } from './builder.ts';

/** All that the files above have added, one for each domain. A new domain is a new line there. */
export const SCHEMA: GraphQLSchema = builder.toSchema();

/** What `schema.graphql` says; `bin/schema.ts` writes it, and a test fails while it differs. */
export function printedSchema(): string {
  return `${printSchema(SCHEMA)}\n`;
}
