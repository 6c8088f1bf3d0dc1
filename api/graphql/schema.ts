import { printSchema } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import './scalars.ts';
import './users.ts';
import './properties.ts';
import './search.ts';
import './bookings.ts';
import { builder } from './builder.ts';

/** All that the files above have added, one for each domain. A new domain is a new line there. */
export const SCHEMA: GraphQLSchema = builder.toSchema();

/** What `schema.graphql` says; `bin/schema.ts` writes it, and a test fails while it differs. */
export function printedSchema(): string {
  return `${printSchema(SCHEMA)}\n`;
}
