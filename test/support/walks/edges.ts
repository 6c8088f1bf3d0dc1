import { BOOKING_STATUSES, isEnded, TRANSITIONS } from '#domain/bookings.ts';
import type { BookingStatus } from '#domain/bookings.ts';

/** A step of a booking's life, as `docs/BOOKING.md` draws it. */
export type Edge = `${BookingStatus} → ${BookingStatus}`;

export const EDGES: readonly Edge[] = BOOKING_STATUSES.flatMap((from) =>
  TRANSITIONS[from].map((to): Edge => `${from} → ${to}`),
);

export function endsOf(edge: Edge): { from: BookingStatus; to: BookingStatus } {
  const [from, to] = edge.split(' → ') as [BookingStatus, BookingStatus];
  return { from, to };
}

/** Statuses in the order in which a booking comes by them, the first one a request. */
export type Path = readonly BookingStatus[];

/**
 * What the edges alone would allow: late money brings a booking back, but never one that its host has not accepted (its
 * payer was told that nothing is charged, so the money is given back).
 */
const NOT_IN_A_ROW: readonly Path[] = [['awaiting_host', 'expired', 'confirmed']];

function isInARow(path: Path, statuses: Path): boolean {
  return path.some((_, at) => statuses.every((status, offset) => path[at + offset] === status));
}

/** Every life from the request to an end. */
export const PATHS: readonly Path[] = pathsFrom(['requested']).filter(
  (path) => !NOT_IN_A_ROW.some((statuses) => isInARow(path, statuses)),
);

function pathsFrom(path: Path): Path[] {
  const last = path.at(-1) ?? 'requested';
  const further = TRANSITIONS[last].flatMap((next) => pathsFrom([...path, next]));
  return isEnded(last) ? [path, ...further] : further;
}

export function edgesOf(path: Path): Edge[] {
  return path.slice(1).map((to, at): Edge => `${path[at] ?? 'requested'} → ${to}`);
}

/** The shortest way to an edge, and along it. */
export function pathAlong(edge: Edge): Path {
  const through = PATHS.filter((path) => edgesOf(path).includes(edge));
  const [shortest] = through
    .map((path) => path.slice(0, edgesOf(path).indexOf(edge) + 2))
    .sort((one, other) => one.length - other.length);
  if (shortest === undefined) throw new Error(`No life of a booking leads along ${edge}.`);
  return shortest;
}
