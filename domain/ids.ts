/**
 * Identifiers: a prefix that says what it is, then 26 characters of Crockford base 32 (48 bits of milliseconds,
 * 80 of chance), so that ids of one kind sort by time and none can be guessed. Made in `db/ids.ts`.
 */
export const ID_PREFIXES = {
  user: 'usr',
  session: 'ses',
  property: 'prp',
  block: 'blk',
  booking: 'bkg',
  alteration: 'alt',
  payment: 'pay',
  refund: 'ref',
  payout: 'pyo',
  dispute: 'dsp',
  review: 'rev',
  draft: 'drf',
  event: 'evt',
  bulkCancellation: 'bcn',
  discrepancy: 'dcy',
  calendar: 'cal',
  calendarConflict: 'cnf',
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

export type Id<K extends IdKind> = `${(typeof ID_PREFIXES)[K]}_${string}`;
export type UserId = Id<'user'>;
export type SessionId = Id<'session'>;
export type PropertyId = Id<'property'>;
export type BlockId = Id<'block'>;
export type BookingId = Id<'booking'>;
export type AlterationId = Id<'alteration'>;
export type PaymentId = Id<'payment'>;
export type RefundId = Id<'refund'>;
export type PayoutId = Id<'payout'>;
export type DisputeId = Id<'dispute'>;
export type ReviewId = Id<'review'>;
export type DraftId = Id<'draft'>;
export type EventId = Id<'event'>;
export type BulkCancellationId = Id<'bulkCancellation'>;
export type DiscrepancyId = Id<'discrepancy'>;
export type CalendarId = Id<'calendar'>;
export type CalendarConflictId = Id<'calendarConflict'>;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;
const CHANCE_CHARACTERS = 16;

/** `chance` is 16 bytes from a secure source, of which each lends 5 bits. */
export function idOf<K extends IdKind>(kind: K, atMilliseconds: number, chance: Uint8Array): Id<K> {
  let time = '';
  for (let rest = atMilliseconds; time.length < TIME_CHARACTERS; rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  let random = '';
  for (const byte of chance.subarray(0, CHANCE_CHARACTERS)) random += ALPHABET.charAt(byte & 31);
  return `${ID_PREFIXES[kind]}_${time}${random}`;
}

const BODY = /^[0-9a-hjkmnp-tv-z]{26}$/;

export function isId<K extends IdKind>(kind: K, text: string): text is Id<K> {
  const prefix = `${ID_PREFIXES[kind]}_`;
  return text.startsWith(prefix) && BODY.test(text.slice(prefix.length));
}
