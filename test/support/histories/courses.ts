import type { World } from '../journeys.ts';

/** Brings a workflow to take its course, and gives its id. */
export type Live = (world: World) => Promise<string>;

/** How a workflow of one type is brought to take each of its courses, by the course's name. */
export type Courses = Readonly<Record<string, Live>>;
