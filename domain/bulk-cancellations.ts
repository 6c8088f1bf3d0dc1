import type { Override } from './cancellation.ts';
import type { CalendarDate } from './nights.ts';

/** Bookings that an operator calls off together: a flood, a closed airport, a host who is banned. */
export const MAX_BULK_BOOKINGS = 10_000;
/** Of those that are named one by one, so many in a call. */
export const MAX_NAMED_BOOKINGS = 1_000;

/** Running until none waits any more, or until an operator stops it in the Temporal UI: then the rest stay as they are. */
export const BULK_STATUSES = ['running', 'done', 'stopped'] as const;
export type BulkStatus = (typeof BULK_STATUSES)[number];

/** What became of one of the bookings: cancelled, or left as it is, because it had ended by itself. */
export const BULK_OUTCOMES = ['cancelled', 'left'] as const;
export type BulkOutcome = (typeof BULK_OUTCOMES)[number];

/**
 * How fast: so many at a time, and no sooner than so long after the ones before were begun. Ten a second leave guests
 * who book meanwhile most of Temporal, and the bank, which takes a hundred asks a second, most of itself; ten thousand
 * take a good quarter of an hour.
 */
export const BULK_PACE = { batch: 20, everyMs: 2_000, batchesARun: 200 } as const;
/** When all that are left wait for somebody else, the bank for the most part, they are asked again so much later. */
export const BULK_IDLE_MS = 60_000;

/** Sides of a box on the map, degrees; `west` may be greater than `east`, across the line where the date changes. */
export interface Area {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Stays with a night from `from` to before `to` in an area, by the exact place of the property. */
export interface StaysIn {
  area: Area;
  from: CalendarDate;
  to: CalendarDate;
}

/** Why, and what the guests get beyond their policies. */
export interface BulkGrounds {
  reason: string;
  override: Override | null;
}
