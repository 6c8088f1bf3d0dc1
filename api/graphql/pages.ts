import type { ObjectRef } from '@pothos/core';
import { PageQuery } from '../schemas.ts';
import { builder } from './builder.ts';
import { MAX_PAGE } from './limits.ts';

type Types = typeof builder.$inferSchemaTypes;

/** What a page of a list is made of; `../cursors.ts` makes it. */
export interface Page<Entry> {
  data: Entry[];
  nextCursor: string | null;
}

/** The arguments of every list, in the spelling of REST. What a list costs follows from `limit`. */
export const PAGE = {
  limit: { defaultValue: PageQuery.parse({}).limit, description: `Entries at most, up to ${MAX_PAGE}.` },
  cursor: { description: 'The `nextCursor` of the page before.' },
} as const;

/** The type of some entries out of a longer list. `entries` is what they are called: `properties`. */
export function pageType<Entry>(name: string, entries: string, entry: ObjectRef<Types, Entry>) {
  return builder
    .objectRef<Page<Entry>>(name)
    .implement({
      description: `Some ${entries} out of a longer list.`,
      fields: (t) => ({
        data: t.field({
          type: [entry],
          description: 'In the order of the list.',
          resolve: ({ data }) => data as never,
        }),
        nextCursor: t.exposeString('nextCursor', {
          nullable: true,
          description: 'For the next page, with the same arguments; null on the last.',
        }),
      }),
    });
}
