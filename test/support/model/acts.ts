import type { ReviewSide } from '#domain/reviews.ts';
import type { Guest, Nights } from './reference.ts';

/** Three stays: the second wants a night of the first, the third begins where the second ends. */
export const STAYS = {
  'the first nights': [0, 2],
  'nights across': [1, 4],
  'the nights after': [4, 6],
} as const satisfies Record<string, Nights>;
export type StayName = keyof typeof STAYS;

export type Card = 'good' | 'declined' | 'challenged';
export const CARDS: Readonly<Record<Card, string>> = {
  good: 'pm_card_visa',
  declined: 'pm_card_chargeDeclined',
  challenged: 'pm_card_authenticationRequired',
};

/** What guests, host, bank and clock do. All but booking is done to a booking that is there. */
export type Act =
  | { does: 'book'; by: Guest; stay: StayName; card: Card | 'none' }
  | { does: 'pay'; card: Card }
  | { does: 'pay in the browser'; card: Card }
  | { does: 'challenge'; outcome: 'pass' | 'fail' }
  | { does: 'cancel' }
  | { does: 'answer'; accepts: boolean }
  | { does: 'record'; by: 'guest' | 'host'; what: 'check-in' | 'check-out' | 'no-show' }
  | { does: 'review'; by: ReviewSide }
  /** To a minute or two before the next instant that something is due at, or right past it. */
  | { does: 'clock'; comes: 'almost there' | 'past' }
  /** The bank lets go of what is reserved: by the passing of time, or by hand. */
  | { does: 'let go'; how: 'lapse' | 'by hand' }
  /** The bank takes no cancelling of the payment any more: it can be paid after the hold has ended. */
  | { does: 'never close' }
  /** Everything that the bank has ever said of the payment comes once more, the last first. */
  | { does: 'old news'; as: 'the same' | 'new' };
export type ActOf<Does extends Act['does']> = Extract<Act, { does: Does }>;

/** An act, and the name of the booking that it is done to; of a new booking, the name that it gets. */
export interface Deed {
  act: Act;
  on: string;
}

export function inWords(act: Act): string {
  const { does, ...how } = act;
  const words = Object.entries(how).map(([name, value]) => (value === true ? name : String(value)));
  return [does, ...words.filter((word) => word !== 'false')].join(', ');
}
