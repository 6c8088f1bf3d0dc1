import { z } from 'zod';
import { claim } from '#db/idempotency.ts';
import type { Once } from '#db/idempotency.ts';
import type { Db } from '#db/connect.ts';
import { endpoint } from '../endpoint.ts';
import { created } from '../replies.ts';
import { IdOf } from '../schemas.ts';
import { presentQuote } from './presenter.ts';
import { findOffer, priceQuote, readQuote, signQuote } from './quotes.ts';
import { NewQuote, Quote } from './schemas.ts';

/** A quote is not kept anywhere, so what a repeated key gets again is the token itself. */
async function claimToken(db: Db, once: Once | undefined, token: string): Promise<string> {
  if (once === undefined) return token;
  const { resourceId } = await db.transaction((trx) => claim(trx, once, token));
  return resourceId;
}

export const createQuote = endpoint({
  method: 'post',
  path: '/properties/{id}/quotes',
  auth: 'optional',
  idempotent: 'accepted',
  limit: 'read', // It computes and writes nothing, and whoever looks at dates asks for many.
  summary: 'Price a stay',
  description: 'The price stands for thirty minutes when its id is sent with the booking. Nothing is held.',
  params: z.strictObject({ id: IdOf('property') }),
  input: NewQuote,
  output: { 201: Quote },
  problems: ['not_found', 'stay_refused', 'dates_unavailable', 'amount_too_small'],
  async handle({ params, input, actor, once, db, quoteSecret, now }) {
    const wanted = { ...input, propertyId: params.id, guestId: actor?.id, at: now().toISOString() };
    const quote = await priceQuote(db, await findOffer(db, wanted), wanted);
    const id = await claimToken(db, once, signQuote(quote, quoteSecret));
    return created(presentQuote(id, readQuote(id, quoteSecret)));
  },
  replay({ resourceId, quoteSecret }) {
    return created(presentQuote(resourceId, readQuote(resourceId, quoteSecret)));
  },
});

export const pricingEndpoints = [createQuote];
