import { PageQuery } from '../schemas.ts';
import { MAX_PAGE } from './limits.ts';

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
