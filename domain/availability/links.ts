import type { PropertyId } from '../ids.ts';

/** How many rooms of a home can be offered each for itself. */
export const MAX_ROOMS_OF_HOME = 20;

/** How a property hangs together with others of its host: it is a home with rooms, or a room of a home, or neither. */
export interface Links {
  homeId: PropertyId | null;
  /** In the order of their ids. */
  roomIds: PropertyId[];
}

/** What is known of the rooms that a home is to have. */
export interface RoomsAsked {
  home: { id: PropertyId; isRoom: boolean };
  rooms: readonly PropertyId[];
  /** Which of them are the host's own. */
  own: ReadonlySet<PropertyId>;
  /** Of those that are rooms already, by what home. */
  homeOf: ReadonlyMap<PropertyId, PropertyId>;
  /** Those that have rooms themselves. */
  homes: ReadonlySet<PropertyId>;
}

/** Why a home cannot have these rooms: which of them is wrong, by its place, and what is wrong with it. */
export function wrongRoom({
  home,
  rooms,
  own,
  homeOf,
  homes,
}: RoomsAsked): [place: number, why: string] | undefined {
  for (const [place, room] of rooms.entries()) {
    if (home.isRoom) return [place, 'Must not be a room of a property that is a room itself.'];
    if (room === home.id) return [place, 'Must be another property.'];
    if (!own.has(room)) return [place, 'Must be a property of yours.'];
    if (homes.has(room)) return [place, 'Must not have rooms itself.'];
    const other = homeOf.get(room);
    if (other !== undefined && other !== home.id) return [place, `Must not be a room of ${other} already.`];
  }
  return undefined;
}
