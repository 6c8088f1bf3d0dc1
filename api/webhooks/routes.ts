import { z } from 'zod';
import { keepBankEvent } from '#db/relay.ts';
import { endpoint } from '../endpoint.ts';
import { ok } from '../replies.ts';

const Received = z.strictObject({ received: z.literal(true) }).meta({ id: 'Received' });

/** The bank speaks. What it says is kept, once, and answered; the relay takes it to its owner. */
export const receiveStripeEvent = endpoint({
  method: 'post',
  path: '/webhooks/stripe',
  auth: 'none',
  limit: 'exempt',
  summary: 'Receive an event from the bank',
  description: 'For the bank alone: the signature in `Stripe-Signature` covers the raw body.',
  body: 'raw',
  output: { 200: Received },
  async handle({ input, request, bank, db }) {
    const signature = request.headers['stripe-signature'];
    await keepBankEvent(db, bank.readWebhook(input, typeof signature === 'string' ? signature : ''));
    return ok({ received: true as const });
  },
});

export const webhookEndpoints = [receiveStripeEvent];
