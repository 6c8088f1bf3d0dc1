import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { ok } from '../replies.ts';
import { IdOf } from '../schemas.ts';
import { bookingOfSide } from './access.ts';
import { NewPaymentMethod, PaymentMethodKept } from './instalment-schemas.ts';

export const replacePaymentMethod = endpoint({
  method: 'put',
  path: '/bookings/{id}/payment-method',
  auth: 'user',
  summary: 'Pay the instalments to come with another card',
  description:
    'By the guest of a stay that is paid in instalments. The card is kept and charged from now on; an instalment that is ' +
    'due is charged to it at once.',
  params: z.strictObject({ id: IdOf('booking') }),
  input: NewPaymentMethod,
  output: { 200: PaymentMethodKept },
  problems: ['not_found', 'forbidden', 'booking_state', 'card_declined', 'unavailable'],
  async handle({ params, input, actor, db, bookings }) {
    const act = 'change its payment method';
    const booking = await bookingOfSide(db, params.id, { actor, side: 'guest', act });
    return ok(await bookings.replaceCard(booking, { ...input, attempt: randomUUID() }));
  },
});

export const instalmentEndpoints = [replacePaymentMethod];
