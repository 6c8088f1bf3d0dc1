import assert from 'node:assert/strict';
import { notifyId } from '#workflows/notifications.contract.ts';
import { eventsOf } from '../ledger.ts';
import type { Courses } from './courses.ts';

/** Each course of `notify`. */
export const MAILS: Courses = {
  'a-mail-is-sent': async (world) => {
    const { booking, guest } = await world.booked();
    await world.mail(guest, /is booked/);
    const told = (await eventsOf(world.db, booking.id)).find(({ kind }) => kind === 'booking.confirmed');
    assert.ok(told);
    return notifyId({ eventId: told.id as never });
  },
};
