import type { CardSetup, SavedCard } from '#domain/cards.ts';
import type { BookingId } from '#domain/ids.ts';
import type { Collection, Intent } from '#domain/payments.ts';

/** A charge to a saved card, of which its holder knows nothing at the moment. */
export interface Charging {
  card: SavedCard;
  /** Tells one try from the next. */
  attempt: string;
  /** The intent of an earlier try, if it is known. */
  intentId?: string | undefined;
  /** An earlier ask may have reached the bank. */
  again: boolean;
}

/** A card to be kept in the place of another. */
export interface NewCard {
  bookingId: BookingId;
  customerId: string;
  paymentMethodId: string;
  attempt: string;
}

/** Cards that are kept for payments to come. Safe to ask for again, as all of `Bank`. */
export interface Cards {
  /**
   * Charges a saved card without its holder. Of a payment there is one intent, however often it is tried: one that is paid,
   * or that its payer is busy with, is only read. Declined or challenged it is open to its payer, and keeps the card that
   * they pay it with.
   */
  chargeSaved(collection: Collection, how: Charging): Promise<Intent>;
  saveCard(card: NewCard): Promise<CardSetup>;
  readCardSetup(setupId: string): Promise<CardSetup>;
}
