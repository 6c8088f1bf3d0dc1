import { z } from 'zod';
import { BOOKING_STATUSES } from '#domain/bookings.ts';
import { CANCELLED_BY } from '#domain/cancellation.ts';
import { CANCELLATION_POLICIES } from '#domain/cancellation/policies.ts';
import { isLocalTime } from '#domain/nights.ts';
import { Instalment } from './instalment-schemas.ts';
import { Guests, IncludedTax, PriceLine, QuoteId } from '../pricing/schemas.ts';
import { paymentBeside } from './payment-schemas.ts';
import { Alteration } from './alteration-schemas.ts';
import { CalendarDate, IdOf, Instant, Money, PageQuery } from '../schemas.ts';

export const MAX_NOTE_CHARACTERS = 2_000;

export const MAX_GUEST_NAMES = 50;
export const MAX_GUEST_NAME_CHARACTERS = 200;

const NoteToHost = z.string().trim().min(1).max(MAX_NOTE_CHARACTERS);

export const NewBooking = z
  .strictObject({
    propertyId: IdOf('property'),
    checkIn: CalendarDate,
    checkOut: CalendarDate,
    guests: Guests,
    quoteId: QuoteId.optional().meta({
      description: 'Honoured until it expires; without one, today’s price.',
    }),
    paymentMethodId: z
      .string()
      .regex(/^pm_\w{1,250}$/, 'Must be a payment method of the bank, pm_….')
      .optional()
      .meta({
        description:
          'Pays at once; a decline ends the booking. Without one the nights are held for the payer.',
        example: 'pm_card_visa',
      }),
    noteToHost: NoteToHost.optional(),
    sandbox: z
      .boolean()
      .optional()
      .meta({
        description: 'Its time can be moved on, to see its life to the end. Refused where money is real.',
      }),
  })
  .meta({
    id: 'NewBooking',
    example: {
      propertyId: 'prp_01jz000000stayward00000001',
      checkIn: '2027-05-01',
      checkOut: '2027-05-04',
      guests: { adults: 2 },
      paymentMethodId: 'pm_card_visa',
    },
  });

export const Booking = z
  .strictObject({
    id: IdOf('booking'),
    status: z.enum(BOOKING_STATUSES),
    propertyId: IdOf('property'),
    guestId: IdOf('user'),
    hostId: IdOf('user'),
    checkIn: CalendarDate,
    checkOut: CalendarDate,
    nights: z.int(),
    guests: Guests,
    lines: z.array(PriceLine),
    includedTaxes: z.array(IncludedTax).optional(),
    total: Money,
    cancellationPolicy: z.enum(CANCELLATION_POLICIES).meta({ description: 'The one it is under.' }),
    holdExpiresAt: Instant.optional(),
    respondBy: Instant.optional().meta({ description: 'Until when the host may answer, once asked.' }),
    payment: paymentBeside('For the guest’s browser, while the booking is held.').optional(),
    instalments: z
      .array(Instalment)
      .optional()
      .meta({ description: 'Of a long stay: what is paid when. They add up to the total.' }),
    rejection: z.strictObject({ code: z.string() }).optional(),
    cancellation: z
      .strictObject({
        by: z.enum(CANCELLED_BY).meta({ description: '`platform`: an instalment was not paid in time.' }),
        at: Instant,
        refund: Money,
        reason: z.string().optional(),
        fee: Money.optional().meta({
          description: 'What a host who cancelled owes for it. Not for the guest.',
        }),
      })
      .optional(),
    alteration: Alteration.optional().meta({ description: 'The proposal to change it that is open.' }),
    checkInAt: Instant,
    checkOutAt: Instant,
    checkedInAt: Instant.optional(),
    checkedOutAt: Instant.optional(),
    noShow: z.literal(true).optional().meta({ description: 'The host has put on record that nobody came.' }),
    arrivalTime: z.string().optional(),
    reviewBy: Instant.optional().meta({ description: 'Before then you may review the stay.' }),
    noteToHost: z.string().optional(),
    guestNames: z.array(z.string()).optional(),
    sandbox: z.literal(true).optional().meta({ description: 'Its time can be moved on.' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Booking' });

export const BookingChange = z
  .strictObject({
    arrivalTime: z
      .string()
      .refine(isLocalTime, 'Must be a time of day, HH:MM.')
      .nullable()
      .optional()
      .meta({ example: '18:30' }),
    noteToHost: NoteToHost.nullable().optional(),
    guestNames: z
      .array(z.string().trim().min(1).max(MAX_GUEST_NAME_CHARACTERS))
      .max(MAX_GUEST_NAMES)
      .optional(),
    checkIn: CalendarDate.optional(),
    checkOut: CalendarDate.optional(),
    guests: Guests.optional(),
  })
  .meta({
    id: 'BookingChange',
    description:
      '`checkIn`, `checkOut` and `guests` are refused with `booking_state`: they go by alteration.',
  });

export const BookingsQuery = z.strictObject({
  ...PageQuery.shape,
  as: z.enum(['guest', 'host']).default('guest').meta({ description: 'Whose part of the booking you have.' }),
  status: z.enum(BOOKING_STATUSES).optional(),
});
