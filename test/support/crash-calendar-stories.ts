import type { CalendarActivities } from '#activities/calendars.ts';
import { addDays } from '#domain/nights.ts';
import { booked, LONG_MS } from './crash-telling.ts';
import type { Story, Told } from './crash-telling.ts';
import { calendarOf, FeedServer } from './feeds.ts';
import type { World } from './journeys.ts';
import { until } from './virtual-time.ts';

const feeds = new WeakMap<Told, FeedServer>();

/** Beside a booking, its host has two nights after it taken by the calendar of another platform, which goes with the story. */
const imported: Story = {
  end: 'confirmed',
  paid: 1,
  refunded: 0,
  answer: 201,
  async prepare(world) {
    const told = await booked(world);
    const feed = new FeedServer();
    await feed.listen();
    feeds.set(told, feed);
    return told;
  },
  async act(_, told) {
    const { propertyId, checkOut } = await told.booking();
    const url = feeds
      .get(told)
      ?.says('/feed.ics', calendarOf({ checkIn: addDays(checkOut, 1), checkOut: addDays(checkOut, 3) }));
    await told.host.must(
      201,
      told.host.post(`/properties/${propertyId}/calendars`, { name: 'Elsewhere', url }),
    );
  },
  async settle(world: World, told) {
    const { propertyId, checkOut } = await told.booking();
    const free = async () => world.availability(propertyId, checkOut, addDays(checkOut, 4));
    await until(
      'the nights of the other platform are taken, each once',
      async () => JSON.stringify(await free()) === JSON.stringify([true, false, false, true]),
      LONG_MS,
    );
    feeds.get(told)?.close();
  },
};

/** Both begin with a calendar that is new: it is due at once. */
export const CALENDAR_STORIES: Readonly<Record<keyof CalendarActivities, Story>> = {
  importCalendar: imported,
  startDueSyncs: imported,
};
