import { localTimeIn, todayIn } from '#domain/nights.ts';

/** A mail without its salutation. */
export interface Text {
  subject: string;
  lines: string[];
}

/** A moment on the wall of the property, which both sides know. */
export function momentIn(zone: string, at: string): string {
  return `${todayIn(zone, at)}, ${localTimeIn(zone, at)} (${zone})`;
}
