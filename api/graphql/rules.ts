import assert from 'node:assert/strict';
import type { z } from 'zod';
import { notFound } from '#domain/errors.ts';
import { maySeeProperty } from '#domain/permissions.ts';
import { readRules, replaceRules } from '../availability/routes.ts';
import type { StayRules as RulesWire } from '../availability/rule-schemas.ts';
import { builder } from './builder.ts';
import { act, call } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PROPERTY_ID, Property } from './properties.ts';
import { MinimumNightsByArrival, NewMinimumNightsByArrival, NewSeason, Season, Weekday } from './seasons.ts';

const RULES = {
  minimumNights: 'How long a stay must be, where neither its season nor its day of arrival says otherwise.',
  minimumNightsByArrival: 'How long a stay must be that begins on a day of the week.',
  seasons: 'Times of the year with a minimum of their own. Of season and day of the week, the longer holds.',
  maximumNights: 'How long a stay may be.',
  longerByRequest: 'Whether a guest may ask the host for a longer stay.',
  noArrivalDays: 'Days of the week on which no stay begins.',
  noDepartureDays: 'Days of the week on which no stay ends.',
  advanceNoticeDays:
    'Days before check-in, in the property’s zone, by which a stay must be booked. 0: on the day too.',
  sameDayLatestTime: 'Until when a stay can be booked for the same day; null: all day.',
  bookingWindowMonths: 'How many months ahead a stay may begin.',
  preparationNightsBefore: 'Nights kept empty before each stay.',
  preparationNightsAfter: 'Nights kept empty after each stay.',
  maximumPets: 'How many pets may come along.',
};

const StayRules = builder
  .objectRef<z.output<typeof RulesWire>>('StayRules')
  .implement({
    description: 'What a host asks of a stay. Times and days are those of the property.',
    fields: (t) => ({
      minimumNights: t.exposeInt('minimumNights', { description: RULES.minimumNights }),
      minimumNightsByArrival: t.expose('minimumNightsByArrival', {
        type: MinimumNightsByArrival,
        description: RULES.minimumNightsByArrival,
      }),
      seasons: t.expose('seasons', { type: [Season], description: RULES.seasons }),
      maximumNights: t.exposeInt('maximumNights', { description: RULES.maximumNights }),
      longerByRequest: t.exposeBoolean('longerByRequest', { description: RULES.longerByRequest }),
      noArrivalDays: t.expose('noArrivalDays', { type: [Weekday], description: RULES.noArrivalDays }),
      noDepartureDays: t.expose('noDepartureDays', { type: [Weekday], description: RULES.noDepartureDays }),
      advanceNoticeDays: t.exposeInt('advanceNoticeDays', { description: RULES.advanceNoticeDays }),
      sameDayLatestTime: t.expose('sameDayLatestTime', {
        type: 'LocalTime',
        nullable: true,
        description: RULES.sameDayLatestTime,
      }),
      bookingWindowMonths: t.exposeInt('bookingWindowMonths', { description: RULES.bookingWindowMonths }),
      preparationNightsBefore: t.exposeInt('preparationNightsBefore', {
        description: RULES.preparationNightsBefore,
      }),
      preparationNightsAfter: t.exposeInt('preparationNightsAfter', {
        description: RULES.preparationNightsAfter,
      }),
      maximumPets: t.exposeInt('maximumPets', { description: RULES.maximumPets }),
    }),
  });

builder.queryField('rules', (t) =>
  t.field({
    type: StayRules,
    nullable: true,
    description: 'The rules for stays at a property that you may see.',
    args: { propertyId: t.arg.id(PROPERTY_ID) },
    resolve: (_root, { propertyId: id }, context) => call(readRules, { params: { id } }, context),
  }),
);

builder.objectField(Property, 'rules', (t) =>
  t.field({
    type: StayRules,
    nullable: true,
    description: 'The rules for stays. Refused with `not_found` where it is no longer there for you to book.',
    async resolve(property, _args, { actor, loaders }) {
      if (!maySeeProperty(property, actor)) throw notFound('property');
      const rules = await loaders.rules.load(property.id);
      assert(rules !== undefined);
      return rules;
    },
  }),
);

const NewStayRules = builder.inputType('NewStayRules', {
  description: 'All rules anew: what is left out goes back to its default.',
  fields: (t) => ({
    minimumNights: t.int({ description: RULES.minimumNights }),
    minimumNightsByArrival: t.field({
      type: NewMinimumNightsByArrival,
      description: RULES.minimumNightsByArrival,
    }),
    seasons: t.field({ type: [NewSeason], description: RULES.seasons }),
    maximumNights: t.int({ description: RULES.maximumNights }),
    longerByRequest: t.boolean({ description: RULES.longerByRequest }),
    noArrivalDays: t.field({ type: [Weekday], description: RULES.noArrivalDays }),
    noDepartureDays: t.field({ type: [Weekday], description: RULES.noDepartureDays }),
    advanceNoticeDays: t.int({ description: RULES.advanceNoticeDays }),
    sameDayLatestTime: t.field({ type: 'LocalTime', description: RULES.sameDayLatestTime }),
    bookingWindowMonths: t.int({ description: RULES.bookingWindowMonths }),
    preparationNightsBefore: t.int({ description: RULES.preparationNightsBefore }),
    preparationNightsAfter: t.int({ description: RULES.preparationNightsAfter }),
    maximumPets: t.int({ description: RULES.maximumPets }),
  }),
});

builder.mutationField('setRules', (t) =>
  t.field({
    type: StayRules,
    nullable: true,
    description:
      'Sets the rules for stays at your property, all of them: a rule left out goes back to its default. Bookings ' +
      'made before are not touched.',
    args: {
      propertyId: t.arg.id(PROPERTY_ID),
      input: t.arg({ type: NewStayRules, required: true, description: 'The rules.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { propertyId: id, input }, context) =>
      act(replaceRules, { params: { id }, input }, context),
  }),
);
