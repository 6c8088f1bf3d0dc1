import type { z } from 'zod';
import { WEEKDAYS } from '#domain/availability/seasons.ts';
import type { WeekdayName } from '#domain/availability/seasons.ts';
import type {
  MinimumNightsByArrival as MinimumNightsWire,
  Season as SeasonWire,
} from '../availability/rule-schemas.ts';
import { builder, enumOf } from './builder.ts';

export const Weekday = enumOf('Weekday', 'A day of the week.', {
  monday: 'The first.',
  tuesday: 'The second.',
  wednesday: 'The third.',
  thursday: 'The fourth.',
  friday: 'The fifth: its night is dearer where there is a weekend price.',
  saturday: 'The sixth: its night is dearer where there is a weekend price.',
  sunday: 'The seventh.',
});

const SEASON = {
  name: 'What the host calls it.',
  from: 'The first date of arrival.',
  to: 'The day after the last.',
  minimumNights: 'Of a stay that begins in it.',
};

export const Season = builder
  .objectRef<z.output<typeof SeasonWire>>('Season')
  .implement({
    description: 'A time of the year with a minimum of its own.',
    fields: (t) => ({
      name: t.exposeString('name', { description: SEASON.name }),
      from: t.expose('from', { type: 'CalendarDate', description: SEASON.from }),
      to: t.expose('to', { type: 'CalendarDate', description: SEASON.to }),
      minimumNights: t.exposeInt('minimumNights', { description: SEASON.minimumNights }),
    }),
  });

export const NewSeason = builder.inputType('NewSeason', {
  description: 'A time of the year with a minimum of its own. No two may share a day.',
  fields: (t) => ({
    name: t.string({ required: true, description: SEASON.name }),
    from: t.field({ type: 'CalendarDate', required: true, description: SEASON.from }),
    to: t.field({ type: 'CalendarDate', required: true, description: SEASON.to }),
    minimumNights: t.int({ required: true, description: SEASON.minimumNights }),
  }),
});

const OF_ARRIVAL = 'Of a stay that begins on that day; null: as on any other.';

/** The same for each day of the week. */
function eachDay<T>(field: (day: WeekdayName) => T): Record<WeekdayName, T> {
  return Object.fromEntries(WEEKDAYS.map((day) => [day, field(day)])) as Record<WeekdayName, T>;
}

export const MinimumNightsByArrival = builder
  .objectRef<z.output<typeof MinimumNightsWire>>('MinimumNightsByArrival')
  .implement({
    description: 'How long a stay must be that begins on a day of the week.',
    fields: (t) => eachDay((day) => t.exposeInt(day, { nullable: true, description: OF_ARRIVAL })),
  });

export const NewMinimumNightsByArrival = builder.inputType('NewMinimumNightsByArrival', {
  description: 'How long a stay must be that begins on a day of the week.',
  fields: (t) => eachDay(() => t.int({ description: OF_ARRIVAL })),
});
