import { z } from 'zod';
import { PAYMENT_STATUSES } from '#domain/payments.ts';
import { IdOf } from '../schemas.ts';

/** A payment beside what it pays for. `secretIs` tells when there is a secret for whoever makes it. */
export function paymentBeside(secretIs: string) {
  return z.strictObject({
    id: IdOf('payment'),
    status: z.enum(PAYMENT_STATUSES),
    clientSecret: z.string().optional().meta({ description: secretIs }),
    nextActionUrl: z.string().optional(),
  });
}
