import type { z } from 'zod';
import type { PricedStay } from './quotes.ts';
import type { Quote } from './schemas.ts';

/** The bill. What the host earns of it is in the token, no secret, and none of the guest's business. */
export function presentQuote(id: string, quote: PricedStay): z.output<typeof Quote> {
  const { propertyId, checkIn, checkOut, guests, price, expiresAt } = quote;
  return { id, propertyId, checkIn, checkOut, guests, lines: price.lines, total: price.total, expiresAt };
}
