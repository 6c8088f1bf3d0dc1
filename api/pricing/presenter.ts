import type { z } from 'zod';
import { instalmentsOf } from '#domain/instalments.ts';
import type { PricedStay } from './quotes.ts';
import type { Quote, QuotedInstalment } from './schemas.ts';

/** The bill. What the host earns of it is in the token, no secret, and none of the guest's business. */
export function presentQuote(id: string, quote: PricedStay): z.output<typeof Quote> {
  const { propertyId, checkIn, checkOut, guests, price, bookingMode, expiresAt } = quote;
  const instalments = presentInstalments(quote);
  return {
    id,
    propertyId,
    checkIn,
    checkOut,
    guests,
    lines: price.lines,
    ...(price.includedTaxes && { includedTaxes: price.includedTaxes }),
    total: price.total,
    ...(instalments.length > 1 && { instalments }),
    bookingMode,
    expiresAt,
  };
}

function presentInstalments(quote: PricedStay): z.output<typeof QuotedInstalment>[] {
  const { currency } = quote.price.total;
  return instalmentsOf(quote.price, quote).map(({ checkIn, checkOut, amountMinor: amount }) => ({
    checkIn,
    checkOut,
    amount: { amount, currency },
  }));
}
