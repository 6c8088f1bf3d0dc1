import { z } from 'zod';
import { REFUND_REASONS } from '#domain/payments.ts';
import { IncludedTax, PriceLine } from '../pricing/schemas.ts';
import { CalendarDate, CurrencyCode, IdOf, Instant, MinorUnits } from '../schemas.ts';

const LocalDate = CalendarDate.meta({ description: 'In the zone of the property.' });

export const Receipt = z
  .strictObject({
    number: z
      .string()
      .meta({ description: 'Of the booking, the same for ever.', example: 'R-01JZ3V9QK8W5XW7D2M4N6P8R0T' }),
    bookingId: IdOf('booking'),
    guest: z.string().meta({ description: 'The guest’s name.' }),
    host: z.string().meta({ description: 'The host’s name.' }),
    propertyId: IdOf('property'),
    property: z.string().meta({ description: 'Its title, as it is today.' }),
    checkIn: CalendarDate,
    checkOut: CalendarDate,
    nights: z.int(),
    timeZone: z.string().meta({ description: 'Of the property.', example: 'Europe/London' }),
    currency: CurrencyCode,
    lines: z.array(PriceLine).meta({ description: 'What the stay was sold for.' }),
    includedTaxes: z.array(IncludedTax).optional(),
    taxes: MinorUnits.meta({ description: 'What of the total is taxes.' }),
    total: MinorUnits,
    payments: z.array(
      z.strictObject({
        paymentId: IdOf('payment'),
        at: Instant,
        date: LocalDate,
        amount: MinorUnits,
        card: z
          .strictObject({
            brand: z.string().meta({ description: 'In the bank’s spelling.', example: 'visa' }),
            lastFour: z.string().meta({ example: '4242' }),
          })
          .optional(),
      }),
    ),
    refunds: z
      .array(
        z.strictObject({
          paymentId: IdOf('payment'),
          at: Instant,
          date: LocalDate,
          amount: MinorUnits,
          reason: z.enum(REFUND_REASONS),
        }),
      )
      .meta({ description: 'What the bank has given back. What is under way is not here yet.' }),
    disputed: z
      .array(z.strictObject({ paymentId: IdOf('payment'), at: Instant, date: LocalDate, amount: MinorUnits }))
      .meta({ description: 'What the payer’s own bank has taken back.' }),
    paid: MinorUnits,
    refunded: MinorUnits.meta({ description: 'With what the payer’s bank has taken back.' }),
    net: MinorUnits.meta({
      description: '`paid` less `refunded`: what the guest has paid and not got back.',
    }),
    asOf: Instant.meta({ description: 'The moment of the last movement that it tells of.' }),
  })
  .meta({
    id: 'Receipt',
    description:
      'What a guest has paid for a stay and got back, as the ledger has it. Amounts in minor units.',
  });
