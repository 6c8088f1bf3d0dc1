import { z } from 'zod';
import { PRICE_LINE_KINDS } from '#domain/pricing.ts';
import { BOOKING_MODES } from '#domain/properties.ts';
import { CalendarDate, IdOf, Instant, MinorUnits, Money } from '../schemas.ts';

const MAX_OF_A_KIND = 50;
const some = z.int().min(0).max(MAX_OF_A_KIND).default(0);

/** Who comes along; what is left out is none. */
export const Guests = z
  .strictObject({ adults: z.int().min(1).max(MAX_OF_A_KIND), children: some, infants: some, pets: some })
  .meta({ id: 'Guests', description: 'Who comes along. Infants, up to five, are not counted.' });

/** Enough for a year of nights that each have a price of their own, and all the taxes there can be. */
export const MAX_QUOTE_ID_LENGTH = 8_192;

export const QuoteId = z
  .string()
  .regex(/^qte_1\.[\w-]+\.[\w-]+$/, 'Must be the id of a quote.')
  .max(MAX_QUOTE_ID_LENGTH)
  .meta({ description: 'The id of a quote: a signed token that carries the price.' });

export const NewQuote = z.strictObject({
  checkIn: CalendarDate,
  checkOut: CalendarDate.meta({ example: '2027-05-04' }),
  guests: Guests,
});

export const PriceLine = z
  .strictObject({
    kind: z.enum(PRICE_LINE_KINDS),
    label: z.string().meta({ example: 'Night' }),
    quantity: z.int(),
    amount: MinorUnits.meta({ description: 'Of the whole line; of a discount, negative.' }),
  })
  .meta({ id: 'PriceLine' });

export const IncludedTax = z
  .strictObject({
    label: z.string().meta({ example: 'VAT, 7 % of the stay' }),
    quantity: z.int(),
    amount: MinorUnits,
  })
  .meta({ id: 'IncludedTax', description: 'A tax that is in other lines of the bill already.' });

export const QuotedInstalment = z
  .strictObject({
    checkIn: CalendarDate,
    checkOut: CalendarDate.meta({ example: '2027-05-31' }),
    amount: Money,
  })
  .meta({
    id: 'QuotedInstalment',
    description:
      'A part of the price of a long stay. The first is charged with the booking, each other when its nights begin.',
  });

export const Quote = z
  .strictObject({
    id: QuoteId,
    propertyId: IdOf('property'),
    checkIn: CalendarDate,
    checkOut: CalendarDate,
    guests: Guests,
    lines: z.array(PriceLine),
    includedTaxes: z.array(IncludedTax).optional(),
    total: Money,
    instalments: z
      .array(QuotedInstalment)
      .optional()
      .meta({
        description: 'Of a stay that is not paid at once: what is paid when. They add up to the total.',
      }),
    bookingMode: z
      .enum(BOOKING_MODES)
      .meta({ description: '`request`: the host is asked first, also for a stay that is longer than most.' }),
    expiresAt: Instant.meta({ description: 'Until then, this instant included, the price stands.' }),
  })
  .meta({ id: 'Quote', description: 'What a stay costs, for thirty minutes.' });
