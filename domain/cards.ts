import type { PaymentFailure } from './payments.ts';

/** What has become of a card that is to be kept at the bank, to be charged while its holder is away. */
export interface CardSetup {
  id: string;
  status: 'saved' | 'requires_action' | 'declined' | 'pending';
  /** Once it is saved. */
  cardId?: string;
  /** For the holder's browser alone; never logged. */
  clientSecret?: string;
  /** Where the holder passes the issuer's challenge. */
  nextActionUrl?: string;
  failure?: PaymentFailure;
}

/** A card that is kept at the bank, and whose it is there. */
export interface SavedCard {
  customerId: string;
  cardId: string;
}
