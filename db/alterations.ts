import { LIVE_ALTERATION_STATUSES } from '#domain/alterations.ts';
import type { AlterationStatus } from '#domain/alterations.ts';
import type { ChangedLine } from '#domain/alterations/price.ts';
import type { AlterationId, BookingId, PaymentId } from '#domain/ids.ts';
import type { Guests, StayPrice } from '#domain/pricing.ts';
import { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { Row } from './model.ts';

export class AlterationRow extends Row {
  static override tableName = 'alterations';
  static override jsonAttributes = ['price', 'lines', 'failure'];
  declare id: AlterationId;
  declare bookingId: BookingId;
  declare status: AlterationStatus;
  declare proposedBy: 'guest' | 'host';
  declare checkIn: string;
  declare checkOut: string;
  declare adults: number;
  declare children: number;
  declare infants: number;
  declare pets: number;
  declare checkInAt: string;
  declare checkOutAt: string;
  /** What the booking costs from then on. */
  declare price: StayPrice;
  declare lines: ChangedLine[];
  declare chargeMinor: number;
  declare refundMinor: number;
  /** Of what goes back, what was the host's: known once the booking is altered. */
  declare refundOfHostMinor: number;
  declare paymentMethodId: string | null;
  declare paymentId: PaymentId | null;
  /** While `accepted`: until when the difference can be paid. */
  declare payBy: string | null;
  declare preparationNightsBefore: number | null;
  declare preparationNightsAfter: number | null;
  declare failure: AlterationFailure | null;
  declare proposedAt: string;
  declare endedAt: string | null;
  declare createdAt: string;
  declare updatedAt: string;
}

/** Why an alteration that both sides wanted came to nothing; `code` as errors have it, or `payment_timeout`, `booking_cancelled`. */
export interface AlterationFailure {
  code: string;
  message: string;
  declineCode?: string;
}

export type NewAlteration = Pick<
  AlterationRow,
  | 'id'
  | 'proposedBy'
  | 'checkIn'
  | 'checkOut'
  | keyof Guests
  | 'checkInAt'
  | 'checkOutAt'
  | 'price'
  | 'lines'
  | 'chargeMinor'
  | 'refundMinor'
  | 'paymentMethodId'
  | 'proposedAt'
>;

export async function findAlteration(
  db: Db | Transaction,
  id: AlterationId,
): Promise<AlterationRow | undefined> {
  return AlterationRow.query(db).findById(id);
}

/** Under the lock of its booking nobody else changes it. Its absence is a defect of the caller. */
export async function readAlteration(trx: Transaction, id: AlterationId): Promise<AlterationRow> {
  return AlterationRow.query(trx).findById(id).throwIfNotFound();
}

/** Many alterations, by id. */
export async function findAlterations(
  db: Db,
  ids: readonly AlterationId[],
): Promise<Map<AlterationId, AlterationRow>> {
  const rows = await AlterationRow.query(db).findByIds([...ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** All that was ever proposed for a booking, the newest first: there are never many. */
export async function listAlterations(db: Db, bookingId: BookingId): Promise<AlterationRow[]> {
  return AlterationRow.query(db).where({ bookingId }).orderBy('id', 'desc');
}

/** Puts a proposal on record, in place of the one that is open. The caller has locked the booking. */
export async function insertProposal(
  trx: Transaction,
  booking: BookingRow,
  { actorId, ...proposal }: NewAlteration & { actorId: string },
): Promise<void> {
  const at = proposal.proposedAt;
  if (booking.alterationId !== null) {
    const open = await readAlteration(trx, booking.alterationId);
    await endAlteration(trx, open, { to: 'replaced', at, actorId });
  }
  await AlterationRow.query(trx).insert({ ...proposal, bookingId: booking.id });
  await BookingRow.query(trx).findById(booking.id).patch({ alterationId: proposal.id });
  await tell(
    trx,
    { id: proposal.id, bookingId: booking.id },
    { to: 'proposed', at, actorId, by: proposal.proposedBy },
  );
}

/** Both sides agree; the added nights wait for their payment. */
export async function acceptProposal(
  trx: Transaction,
  alteration: AlterationRow,
  { at, actorId, ...set }: Pick<AlterationRow, 'payBy' | 'paymentId' | 'paymentMethodId'> & Act,
): Promise<void> {
  await AlterationRow.query(trx)
    .findById(alteration.id)
    .where('status', 'proposed')
    .patch({ ...set, status: 'accepted' });
  await tell(trx, alteration, { to: 'accepted', at, actorId, by: alteration.proposedBy });
}

interface Act {
  at: string;
  /** A user's id, or `system` for timers and the bank. */
  actorId: string;
}

export interface EndOfAlteration extends Act {
  to: Exclude<AlterationStatus, 'proposed' | 'accepted'>;
  failure?: AlterationFailure | undefined;
  refundOfHostMinor?: number;
}

/** Ends an open proposal, whatever becomes of it, and tells of it. Ended before, it stays as it is: then false. */
export async function endAlteration(
  trx: Transaction,
  alteration: AlterationRow,
  { to, at, actorId, failure, refundOfHostMinor = 0 }: EndOfAlteration,
): Promise<boolean> {
  const ended = await AlterationRow.query(trx)
    .findById(alteration.id)
    .whereIn('status', [...LIVE_ALTERATION_STATUSES])
    .patch({ status: to, endedAt: at, refundOfHostMinor, ...(failure && { failure }) });
  if (ended === 0) return false;
  await BookingRow.query(trx).findById(alteration.bookingId).patch({ alterationId: null });
  await tell(trx, alteration, { to, at, actorId, by: alteration.proposedBy });
  return true;
}

/** A booking that is over is not altered any more: what is still open lapses with it. The caller has locked the booking. */
export async function lapseAlteration(trx: Transaction, booking: BookingRow, at: string): Promise<void> {
  if (booking.alterationId === null) return;
  const open = await readAlteration(trx, booking.alterationId);
  await endAlteration(trx, open, { to: 'lapsed', at, actorId: 'system' });
}

async function tell(
  trx: Transaction,
  { id, bookingId }: Pick<AlterationRow, 'id' | 'bookingId'>,
  { to, at, actorId, by }: Act & { to: AlterationStatus; by: 'guest' | 'host' },
): Promise<void> {
  await recordEvent(trx, {
    kind: `alteration.${to}`,
    subjectId: id,
    actorId,
    occurredAt: at,
    data: { bookingId, by },
  });
}
