import type { z } from 'zod';
import type { Booking } from '../bookings/schemas.ts';
import { builder, enumOf } from './builder.ts';

type Wire = NonNullable<z.output<typeof Booking>['payment']>;

const PaymentStatus = enumOf('PaymentStatus', 'How far an attempt to collect has come.', {
  pending: 'Nothing has been tried yet, or the last try failed.',
  requires_action: 'The payer has to pass a challenge.',
  processing: 'The bank is working on it.',
  reserved: 'The amount is set aside, not yet taken.',
  posted: 'The money is in.',
  voided: 'Let go before it was taken.',
  expired: 'Set aside for too long.',
  failed: 'It came to nothing.',
});

export const BookingPayment = builder
  .objectRef<Wire>('BookingPayment')
  .implement({
    description: 'The attempt to collect for a booking.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `pay_…`.' }),
      status: t.expose('status', { type: PaymentStatus, description: 'How far it has come.' }),
      clientSecret: t.exposeString('clientSecret', {
        nullable: true,
        description: 'For the guest’s browser, while the booking is held; null for everyone else.',
      }),
      nextActionUrl: t.exposeString('nextActionUrl', {
        nullable: true,
        description: 'Where the guest passes the challenge, if there is one.',
      }),
    }),
  });
