import type { BookingId, DisputeId, PaymentId, PayoutId, UserId } from '#domain/ids.ts';
import { payoutEntries, takenBackEntries } from '#domain/ledger.ts';
import type { PayoutParts } from '#domain/ledger.ts';
import { coinMinor } from '#domain/money.ts';
import type { Currency } from '#domain/money.ts';
import { netted, payoutDueAt } from '#domain/payouts.ts';
import type { Obstacle, PayoutStatus } from '#domain/payouts.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { hostDebt, hostShareLeft, hostShareOfPayment, lockHostMoney } from './host-money.ts';
import { newId } from './ids.ts';
import { findInstalment } from './instalments.ts';
import { writeLedger } from './ledger.ts';
import { Row } from './model.ts';

export class PayoutRow extends Row {
  static override tableName = 'payouts';
  declare id: PayoutId;
  declare bookingId: BookingId;
  declare hostId: UserId;
  declare n: number;
  /** The dispute for which it was taken back; null for what was never paid before. */
  declare disputeId: DisputeId | null;
  declare round: number;
  declare attempt: number;
  declare status: PayoutStatus;
  declare waitingFor: Obstacle | null;
  declare amountMinor: number;
  declare debtNettedMinor: number;
  declare currency: Currency;
  declare claimedAmountMinor: number | null;
  declare claimedDebtMinor: number | null;
  declare accountId: string | null;
  declare dueAt: string;
  /** Where it waits for the end of a hold: when that is. */
  declare heldUntil: string | null;
  /** Why, in an operator's words; null where it is the rule for all new hosts. */
  declare holdReason: string | null;
  declare transferId: string | null;
  declare paidAt: string | null;
  declare createdAt: string;
  declare updatedAt: string;
}

/** A payout that has come due, in the transaction that found it so. */
interface Due {
  booking: BookingRow;
  n: number;
  at: string;
}

/** Opens a payout of a locked booking, once for each number; undefined where there is nothing to be paid. */
export async function openPayout(trx: Transaction, { booking, n, at }: Due): Promise<PayoutRow | undefined> {
  const known = await PayoutRow.query(trx).findOne({ bookingId: booking.id, n }).whereNull('disputeId');
  if (known !== undefined) return known;
  const { amountMinor, debtNettedMinor } = await partsOf(trx, booking, n);
  if (amountMinor + debtNettedMinor === 0) return undefined;
  const { id: bookingId, hostId, currency } = booking;
  const payout = await PayoutRow.query(trx).insertAndFetch({
    id: newId('payout'),
    bookingId,
    hostId,
    n,
    amountMinor,
    currency,
    dueAt: await dueAtOf(trx, booking, n),
  });
  await tell(trx, payout, { kind: 'scheduled', at, data: { amount: amountMinor, currency } });
  return payout;
}

/** From when on the host may be paid for a stay, or for the month of it that the payout is for. */
export async function dueAtOf(trx: Transaction, booking: BookingRow, n: number): Promise<string> {
  const instalment = await findInstalment(trx, { bookingId: booking.id, n });
  return payoutDueAt(instalment?.beginsAt ?? booking.checkInAt);
}

/** The payment that a payout is out of: of a long stay that of its month. */
export async function sourceOf(
  db: Db | Transaction,
  { id: bookingId, paymentId }: BookingRow,
  n: number,
): Promise<PaymentId> {
  return (await findInstalment(db, { bookingId, n }))?.paymentId ?? paymentId;
}

/**
 * What a host would be paid for a booking now by its nth payout, and of that netted: of a long stay no more than their
 * share of that month. What is promised back of another month comes out of that one's, or is their debt: taken off here,
 * too, they would give it twice. Waits for its turn at the host's money.
 */
export async function partsOf(
  trx: Transaction,
  booking: Pick<BookingRow, 'id' | 'hostId' | 'currency'>,
  n: number,
): Promise<PayoutParts> {
  await lockHostMoney(trx, booking.hostId);
  const month = await findInstalment(trx, { bookingId: booking.id, n });
  const left = await hostShareLeft(trx, booking.id, { less: month === undefined ? 'promises' : 'nothing' });
  const ofMonth =
    month === undefined ? left : await hostShareOfPayment(trx, month.paymentId, { less: 'promises' });
  const debt = await hostDebt(trx, booking.hostId, booking.currency);
  return netted(Math.min(left, ofMonth), debt, coinMinor(booking.currency));
}

export async function findPayout(db: Db | Transaction, id: PayoutId): Promise<PayoutRow | undefined> {
  return PayoutRow.query(db).findById(id);
}

/** The row under a lock that other writers of this payout wait for. Taken after the booking's. */
export async function lockPayout(trx: Transaction, id: PayoutId): Promise<PayoutRow> {
  return PayoutRow.query(trx).findById(id).forNoKeyUpdate().throwIfNotFound();
}

/** A host's payouts that somebody works on. */
export async function findOpenPayouts(db: Db, hostId: UserId): Promise<PayoutRow[]> {
  return PayoutRow.query(db).where({ hostId }).whereNot('status', 'paid').orderBy('id');
}

/** The payouts of a booking that somebody works on. */
export async function findOpenPayoutsOf(db: Db | Transaction, bookingId: BookingId): Promise<PayoutRow[]> {
  return PayoutRow.query(db).where({ bookingId }).whereNot('status', 'paid').orderBy('id');
}

/** What a host has been paid for a booking, the last first. */
export async function findPaidPayouts(trx: Transaction, bookingId: BookingId): Promise<PayoutRow[]> {
  return PayoutRow.query(trx).where({ bookingId, status: 'paid' }).orderBy('id', 'desc');
}

/** Puts a sum aside for the transfer that is to be asked for next, under a number of its own. */
export async function claimPayout(
  trx: Transaction,
  payout: PayoutRow,
  { parts, accountId }: { parts: PayoutParts; accountId: string },
): Promise<void> {
  await PayoutRow.query(trx)
    .findById(payout.id)
    .patch({
      attempt: payout.attempt + 1,
      claimedAmountMinor: parts.amountMinor,
      claimedDebtMinor: parts.debtNettedMinor,
      accountId,
    });
}

/** Until when a new host's first payout is held, and why. */
export interface Hold {
  until: string;
  reason: string | null;
}
const NOT_HELD = { until: null, reason: null } as const;

/** It has to wait; told of where that is news. */
export async function holdBack(
  trx: Transaction,
  payout: PayoutRow,
  waits: { waitingFor: Obstacle; amountMinor: number; at: string; hold?: Hold | undefined },
): Promise<void> {
  const { waitingFor, amountMinor, at, hold } = waits;
  const { until: heldUntil, reason: holdReason } = hold ?? NOT_HELD;
  await PayoutRow.query(trx)
    .findById(payout.id)
    .patch({ status: 'waiting', waitingFor, heldUntil, holdReason, amountMinor, ...UNCLAIMED });
  if (payout.waitingFor === waitingFor && isSameInstant(payout.heldUntil, heldUntil)) return;
  const until = heldUntil === null ? {} : { heldUntil };
  await tell(trx, payout, { kind: 'waiting', at, data: { before: payout.status, waitingFor, ...until } });
}

/** The host is paid: the payout, its entries and the news of it in one transaction. */
export async function markPaid(
  trx: Transaction,
  paid: { payout: PayoutRow; booking: BookingRow; parts: PayoutParts; transferId: string | null; at: string },
): Promise<void> {
  const { payout, booking, parts, transferId, at } = paid;
  const { amountMinor, debtNettedMinor } = parts;
  const paidAt = laterOf(at, payout.dueAt);
  await PayoutRow.query(trx)
    .findById(payout.id)
    .patch({
      status: 'paid',
      waitingFor: null,
      heldUntil: null,
      holdReason: null,
      amountMinor,
      debtNettedMinor: payout.debtNettedMinor + debtNettedMinor,
      ...UNCLAIMED,
      transferId,
      paidAt,
    });
  const entries = payoutEntries(parts);
  if (entries.length > 0) {
    const step = `payout:${payout.id}:${payout.round}`;
    const bankId = transferId ?? `${payout.id}:${payout.round}`;
    const paymentId = await sourceOf(trx, booking, payout.n);
    await writeLedger(trx, { step, booking, paymentId, bankId, at: paidAt, entries });
  }
  const data = { before: payout.status, amount: amountMinor, debtNetted: debtNettedMinor };
  await tell(trx, payout, { kind: 'paid', at: paidAt, data });
}

/** What was paid is with us again, and owed again: it sets out anew. Returns the moment that this counts from. */
export async function markReturned(
  trx: Transaction,
  returned: { payout: PayoutRow; booking: BookingRow; reversalId: string; at: string },
): Promise<string> {
  const { payout, booking, reversalId } = returned;
  const at = laterOf(returned.at, payout.paidAt ?? returned.at);
  const round = payout.round + 1;
  await PayoutRow.query(trx)
    .findById(payout.id)
    .patch({ status: 'returned', round, transferId: null, paidAt: null });
  const step = `payout-return:${payout.id}:${payout.round}`;
  const entries = takenBackEntries(payout.amountMinor);
  const paymentId = await sourceOf(trx, booking, payout.n);
  await writeLedger(trx, { step, booking, paymentId, bankId: reversalId, at, entries });
  await tell(trx, payout, { kind: 'returned', at, data: { before: 'paid', amount: payout.amountMinor } });
  return at;
}

const UNCLAIMED = { claimedAmountMinor: null, claimedDebtMinor: null } as const;

interface News {
  kind: PayoutStatus;
  at: string;
  data: Readonly<Record<string, unknown>>;
}

async function tell(trx: Transaction, { id, bookingId }: PayoutRow, { kind, at, data }: News): Promise<void> {
  await recordEvent(trx, {
    kind: `payout.${kind}`,
    subjectId: id,
    actorId: 'system',
    occurredAt: at,
    data: { bookingId, after: kind, ...data },
  });
}

function isSameInstant(one: string | null, other: string | null): boolean {
  return one === null || other === null ? one === other : Date.parse(one) === Date.parse(other);
}

function laterOf(one: string, other: string): string {
  return Date.parse(one) > Date.parse(other) ? one : other;
}

export interface PayoutsPage {
  hostId: UserId;
  bookingId?: BookingId | undefined;
  status?: PayoutStatus | undefined;
  after?: PayoutId | undefined;
  limit: number;
}

/** A host's payouts, newest first. */
export async function listPayouts(db: Db, page: PayoutsPage): Promise<PayoutRow[]> {
  const { hostId, bookingId, status, after, limit } = page;
  const query = PayoutRow.query(db).where({ hostId }).orderBy('id', 'desc').limit(limit);
  if (bookingId !== undefined) void query.where({ bookingId });
  if (status !== undefined) void query.where({ status });
  if (after !== undefined) void query.where('id', '<', after);
  return query;
}
