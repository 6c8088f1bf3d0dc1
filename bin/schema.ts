import { writeFile } from 'node:fs/promises';
import { printedSchema } from '#api/graphql/schema.ts';

/** Writes `api/graphql/schema.graphql` anew from what the fields state; a test fails while it differs. */
await writeFile(new URL('../api/graphql/schema.graphql', import.meta.url), printedSchema());
