import { z } from 'zod';
import type { PropertySearch, SearchResult } from '#db/search.ts';
import type { FoundProperty as FoundRow } from '#db/search/columns.ts';
import { AMENITIES_COUNTED, FACETS_COUNTED_OF } from '#db/search/facets.ts';
import { CANCELLATION_POLICIES } from '#domain/cancellation/policies.ts';
import { nightCount } from '#domain/nights.ts';
import { BOOKING_MODES, ROOM_TYPES } from '#domain/properties.ts';
import { page } from '../cursors.ts';
import { CalendarDate, CurrencyCode, MinorUnits, Money, pageOf } from '../schemas.ts';
import { presentPublicProperty } from './presenter.ts';
import { Property } from './schemas.ts';
import { positionAfter } from './search.ts';

export const FoundStay = z
  .strictObject({
    checkIn: CalendarDate,
    checkOut: CalendarDate,
    nights: z.int().min(1),
    total: Money.meta({
      description: 'What the whole stay costs now, with fees and taxes, for `guests` or for one.',
    }),
  })
  .meta({ id: 'FoundStay', description: 'A stay that can be booked now.' });

export const FoundProperty = Property.extend({
  stay: FoundStay.optional().meta({ description: 'What was found, where the search has dates.' }),
}).meta({ id: 'FoundProperty', description: 'A property, and what of it was found.' });

function countsOf<T extends z.ZodType>(value: T) {
  return z.array(z.strictObject({ value, count: z.int() })).optional();
}

export const Facets = z
  .strictObject({
    count: z.int().meta({ description: 'How many properties are found, on all pages.' }),
    isExact: z
      .boolean()
      .meta({ description: `False: there are more, and ${FACETS_COUNTED_OF} of them were looked at.` }),
    roomType: countsOf(z.enum(ROOM_TYPES)),
    bookingMode: countsOf(z.enum(BOOKING_MODES)),
    cancellationPolicy: countsOf(z.enum(CANCELLATION_POLICIES)),
    amenities: countsOf(z.string().meta({ description: 'As `amenities` takes it.' })).meta({
      description: `The ${AMENITIES_COUNTED} most frequent.`,
    }),
    price: z
      .array(z.strictObject({ currency: CurrencyCode, least: MinorUnits, most: MinorUnits, count: z.int() }))
      .optional()
      .meta({
        description:
          'From what to what prices reach, for each currency: of the stays that were found, or without dates of a night.',
      }),
  })
  .meta({
    id: 'Facets',
    description:
      'What was asked to be counted, the most frequent first. The filter of a facet itself is left aside in its counts: ' +
      'they tell what each other choice would find. Only of amenities, of which all must be there, it is not.',
  });

export const FoundPage = pageOf(FoundProperty).extend({
  facets: Facets.optional().meta({ description: 'Where `facets` names any.' }),
});

/** A page of a search; it was asked for one entry more than `limit`. */
export function presentFound(
  { rows, facets }: SearchResult,
  search: PropertySearch,
): z.output<typeof FoundPage> {
  return {
    ...page(rows, search.limit - 1, {
      present: presentEntry,
      positionOf: (row) => positionAfter(search, row),
    }),
    ...(facets !== undefined && { facets }),
  };
}

function presentEntry(row: FoundRow): z.output<typeof FoundProperty> {
  const { checkIn, checkOut, totalMinor, currency } = row;
  if (checkIn === undefined || checkOut === undefined || totalMinor === undefined)
    return presentPublicProperty(row);
  const nights = nightCount({ checkIn, checkOut });
  return {
    ...presentPublicProperty(row),
    stay: { checkIn, checkOut, nights, total: { amount: totalMinor, currency } },
  };
}
