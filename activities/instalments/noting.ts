import assert from 'node:assert/strict';
import { BookingRow, lockBooking } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { recordEvent } from '#db/events.ts';
import { changeInstalment, findInstalment, listInstalments } from '#db/instalments.ts';
import type { InstalmentRow } from '#db/instalments.ts';
import { noteBank, openInstalmentPayment } from '#db/payments.ts';
import type { SavedCard } from '#domain/cards.ts';
import { payBy, retryAt } from '#domain/instalments.ts';
import type { Intent } from '#domain/payments.ts';
import type { At } from '../bookings/at.ts';
import { found } from '../found.ts';

/** The card to be charged, and since when the bank may have heard of it, by the wall clock. */
export interface Opened {
  card: SavedCard;
  since: string;
}

export interface InstalmentNote extends At {
  n: number;
  atBank: Intent;
}

/** Until when the guest may pay, and when the card is tried again by itself; nothing while the bank is still at it. */
export interface Unpaid {
  payBy?: string;
  retryAt?: string;
}

/** In the caller's transaction, as all of these. */
export async function openInstalment(
  trx: Transaction,
  { bookingId, n }: At & { n: number },
): Promise<Opened> {
  const booking = await lockBooking(trx, bookingId);
  const instalment = await instalmentOf(trx, booking, n);
  const { customerId, cardId } = booking;
  assert(customerId !== null && cardId !== null, `${bookingId} has kept no card.`);
  const { createdAt: since } = await openInstalmentPayment(trx, booking, instalment);
  return { card: { customerId, cardId }, since };
}

export async function noteInstalment(
  trx: Transaction,
  { bookingId, n, atBank, at }: InstalmentNote,
): Promise<Unpaid> {
  const booking = await lockBooking(trx, bookingId);
  const instalment = await instalmentOf(trx, booking, n);
  await noteBank(trx, { booking, paymentId: instalment.paymentId, atBank, at });
  if (instalment.status === 'scheduled' && !isOpen(atBank)) return {};
  const until = instalment.payBy ?? payBy({ at, checkOutAt: booking.checkOutAt });
  if (instalment.status === 'scheduled') {
    await changeInstalment(trx, instalment, { status: 'due', payBy: until });
    await tell(trx, instalment, { kind: 'due', at, data: { payBy: until, ...whyOf(atBank) } });
  }
  const next = retryAt({ at, payBy: until });
  return { payBy: until, ...(next !== undefined && { retryAt: next }) };
}

/** Somebody has to pay it: the bank is not at it, and it has not been closed. */
function isOpen({ status }: Intent): boolean {
  return status === 'pending' || status === 'requires_action';
}

function whyOf({ failure }: Intent): Readonly<Record<string, unknown>> {
  return failure === undefined ? {} : { code: failure.declineCode ?? failure.code };
}

export async function keepCard(
  trx: Transaction,
  { bookingId, cardId, at }: At & { cardId: string },
): Promise<void> {
  const booking = await lockBooking(trx, bookingId);
  if (booking.cardId === cardId) return;
  await BookingRow.query(trx).findById(bookingId).patch({ cardId });
  await recordEvent(trx, {
    kind: 'booking.card_replaced',
    subjectId: bookingId,
    actorId: booking.guestId,
    occurredAt: at,
    data: {},
  });
}

export async function lapseInstalments(trx: Transaction, { bookingId, at }: At): Promise<void> {
  await lockBooking(trx, bookingId);
  for (const instalment of await listInstalments(trx, bookingId)) {
    if (instalment.status === 'paid' || instalment.status === 'lapsed') continue;
    await changeInstalment(trx, instalment, { status: 'lapsed' });
    await tell(trx, instalment, { kind: 'lapsed', at });
  }
}

async function instalmentOf(trx: Transaction, { id }: BookingRow, n: number): Promise<InstalmentRow> {
  return found(findInstalment(trx, { bookingId: id, n }), `instalment ${n} of ${id}`);
}

interface News {
  kind: 'due' | 'paid' | 'lapsed';
  at: string;
  data?: Readonly<Record<string, unknown>>;
}

/** Tells of an instalment, by its payment. */
export async function tell(
  trx: Transaction,
  { bookingId, n, paymentId, status, amountMinor }: InstalmentRow,
  { kind, at, data }: News,
): Promise<void> {
  await recordEvent(trx, {
    kind: `instalment.${kind}`,
    subjectId: paymentId,
    actorId: 'system',
    occurredAt: at,
    data: { bookingId, n, before: status, after: kind, amount: amountMinor, ...data },
  });
}
