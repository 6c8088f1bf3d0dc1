import { randomUUID } from 'node:crypto';
import { CALENDARS_QUEUE, START_DUE_SYNCS, syncCalendarId } from '#workflows/calendars.contract.ts';
import { imports } from '../calendars.ts';
import { calendarOf, FeedServer } from '../feeds.ts';
import { inDays } from '../people.ts';
import type { Courses, Live } from './courses.ts';

/** A calendar is imported from another platform that answers like this. */
const importOf =
  (status: number, text: string): Live =>
  async (world) => {
    const elsewhere = new FeedServer();
    await elsewhere.listen();
    try {
      const url = elsewhere.answers('/a.ics', (_, response) => response.writeHead(status).end(text));
      const { id } = await imports(world, await world.home(), url);
      return syncCalendarId(id);
    } finally {
      elsewhere.close();
    }
  };

/** Each course of `syncCalendar`. */
export const CALENDAR_SYNCS: Courses = {
  'nights-are-taken-over': importOf(200, calendarOf({ checkIn: inDays(30), checkOut: inDays(33) })),
  'the-calendar-cannot-be-read': importOf(500, 'Something broke.'),
};

/** Each course of `startDueSyncs`. */
export const DUE_SYNCS: Courses = {
  'what-is-due-is-started': async ({ temporal }) => {
    const workflowId = `start-due-syncs:${randomUUID()}`;
    const start = { workflowId, taskQueue: CALENDARS_QUEUE };
    await (await temporal.client.workflow.start(START_DUE_SYNCS, start)).result();
    return workflowId;
  },
};
