import assert from 'node:assert/strict';
import { insertCalendar } from '#db/calendars.ts';
import { checksOfCalendars } from '#db/doctor/calendars.ts';
import { newId } from '#db/ids.ts';
import type { PropertyRow } from '#db/properties.ts';
import { inTransaction } from '#db/transaction.ts';
import type { CalendarId } from '#domain/ids.ts';
import { aPendingBooking, aProperty, aUser, NOW, useDatabase } from './stays-fixture.ts';

describe('the doctor of imported calendars', () => {
  const db = useDatabase();
  let property: PropertyRow;
  let id: CalendarId;

  beforeEach(async () => {
    property = await aProperty(db());
    id = newId('calendar');
    const calendar = { id, name: 'Elsewhere', url: 'https://elsewhere.example/a.ics' };
    await inTransaction(db(), (trx) => insertCalendar(trx, property, { calendar, at: NOW }));
  });

  async function findings(): Promise<Record<string, string[]>> {
    const found = await Promise.all(
      checksOfCalendars(db()).map(async ({ invariant, breaches }) => {
        const ours = (await breaches()).map((finding) => finding.id);
        return [invariant, ours.filter((subject) => subject === id || subject === property.id)] as const;
      }),
    );
    return Object.fromEntries(found.filter(([, ours]) => ours.length > 0));
  }
  const imported = () =>
    db()('stays').insert({
      property_id: property.id,
      kind: 'import',
      calendar_id: id,
      nights: '[2027-03-01,2027-03-04)',
    });
  const remove = () => db()('calendars').where({ id }).update({ removed_at: NOW });

  it('finds nothing where all is well', async () => {
    await imported();
    assert.deepEqual(await findings(), {});
  });

  it('finds nights of a calendar that was taken away', async () => {
    await imported();
    await remove();
    const invariant = 'Imported nights are of a calendar that is there';
    assert.deepEqual(await findings(), { [invariant]: [property.id] });
  });

  it('finds a conflict that has outlived its calendar', async () => {
    const bookingId = await aPendingBooking(db(), {
      property,
      guestId: await aUser(db()),
      status: 'awaiting_host',
    });
    const conflict = newId('calendarConflict');
    await db()('calendar_conflicts').insert({
      id: conflict,
      calendar_id: id,
      property_id: property.id,
      booking_id: bookingId,
      nights: '[2027-03-01,2027-03-02)',
      opened_at: NOW,
    });
    await remove();
    const [check] = checksOfCalendars(db()).filter(({ invariant }) => invariant.includes('conflict'));
    assert.deepEqual(
      (await check?.breaches())?.map((finding) => finding.id),
      [conflict],
    );
  });

  it('finds a calendar that nobody reads', async () => {
    const due = (minutes: number) =>
      db().raw(`update calendars set due_at = clock_timestamp() - ? * interval '1 minute' where id = ?`, [
        minutes,
        id,
      ]);
    await due(9);
    assert.deepEqual(await findings(), {});
    await due(11);
    assert.deepEqual(await findings(), { 'A calendar that is due is read': [id] });
  });
});
