import { isAnswerable, isOver } from '#domain/disputes.ts';
import type { DisputeAtBank, DisputeStatus } from '#domain/disputes.ts';
import type { BookingId, DisputeId, PaymentId } from '#domain/ids.ts';
import { lossEntries, reinstatementEntries, sharesOf, withdrawalEntries } from '#domain/ledger.ts';
import type { Entry } from '#domain/ledger.ts';
import type { Currency } from '#domain/money.ts';
import type { BookingRow } from './bookings.ts';
import type { Db, Transaction } from './connect.ts';
import { recordEvent } from './events.ts';
import { hostOwesIn } from './freezes.ts';
import { hostShareLeft } from './host-money.ts';
import { newId } from './ids.ts';
import { writeLedger } from './ledger.ts';
import { Row } from './model.ts';
import { PaymentRow } from './payments.ts';
import { sharesKept } from './refunds.ts';

export class DisputeRow extends Row {
  static override tableName = 'disputes';
  declare id: DisputeId;
  declare bankDisputeId: string;
  declare paymentId: PaymentId;
  declare bookingId: BookingId;
  declare status: DisputeStatus;
  /** The bank's word for the complaint. */
  declare reason: string;
  declare amountMinor: number;
  declare currency: Currency;
  /** What the bank took, and what of it came back: of the amount, and of its own fee. */
  declare withdrawnMinor: number;
  declare feeMinor: number;
  declare reinstatedMinor: number;
  declare feeReinstatedMinor: number;
  declare dueBy: string | null;
  /** What an operator has to say. */
  declare statement: string | null;
  /** Since when the evidence stands as it is, and is only to be handed in. */
  declare answeringSince: string | null;
  declare evidenceSubmittedAt: string | null;
  declare remindedAt: string | null;
  /** Since when nothing of it is with the host, but as their debt. */
  declare frozenAt: string | null;
  declare openedAt: string;
  declare closedAt: string | null;
  declare createdAt: string;
  declare updatedAt: string;
}

export async function findDispute(db: Db | Transaction, id: DisputeId): Promise<DisputeRow | undefined> {
  return DisputeRow.query(db).findById(id);
}

export async function findDisputeAtBank(
  db: Db | Transaction,
  bankDisputeId: string,
): Promise<DisputeRow | undefined> {
  return DisputeRow.query(db).findOne({ bankDisputeId });
}

/** The row under a lock that other writers of this dispute wait for. Its absence is a defect of the caller. */
export async function lockDispute(trx: Transaction, id: DisputeId): Promise<DisputeRow> {
  return DisputeRow.query(trx).findById(id).forNoKeyUpdate().throwIfNotFound();
}

/** The newest first, from after `after` (an id) on. */
export async function listDisputes(
  db: Db,
  page: { after: DisputeId | undefined; limit: number },
): Promise<DisputeRow[]> {
  const query = DisputeRow.query(db).orderBy('id', 'desc').limit(page.limit);
  if (page.after !== undefined) void query.where('id', '<', page.after);
  return query;
}

/** What is disputed, under the payment's lock, and what the bank has on record of it. */
export interface Disputed {
  booking: BookingRow;
  payment: PaymentRow;
  atBank: DisputeAtBank;
  at: string;
}

/**
 * Brings our record of a dispute up to what the bank says now, and the ledger with it, each movement of money once. The
 * caller has locked the payment.
 */
export async function noteDispute(
  trx: Transaction,
  disputed: Disputed & { hasAnswered: boolean },
): Promise<DisputeRow> {
  const { atBank, at } = disputed;
  const before = (await findDisputeAtBank(trx, atBank.id)) ?? (await openDispute(trx, disputed));
  if (before.closedAt !== null) return before;
  await moveMoney(trx, before, disputed);
  const { status, withdrawn, reinstated } = atBank;
  const dispute = await DisputeRow.query(trx).patchAndFetchById(before.id, {
    status,
    amountMinor: atBank.amountMinor,
    dueBy: atBank.dueBy ?? before.dueBy,
    withdrawnMinor: withdrawn.amountMinor,
    feeMinor: withdrawn.feeMinor,
    reinstatedMinor: reinstated.amountMinor,
    feeReinstatedMinor: reinstated.feeMinor,
    ...answerColumns(before, disputed),
  });
  if (before.evidenceSubmittedAt === null && dispute.evidenceSubmittedAt !== null)
    await tellOf(trx, dispute, { kind: 'dispute.answered', at });
  if (isOver(dispute)) await closeDispute(trx, dispute, disputed);
  return dispute;
}

async function openDispute(
  trx: Transaction,
  { booking, payment, atBank, at }: Disputed,
): Promise<DisputeRow> {
  const { status, reason, amountMinor } = atBank;
  const dispute = await DisputeRow.query(trx).insertAndFetch({
    id: newId('dispute'),
    bankDisputeId: atBank.id,
    paymentId: payment.id,
    bookingId: booking.id,
    status,
    reason,
    amountMinor,
    currency: payment.currency,
    dueBy: atBank.dueBy ?? null,
    openedAt: at,
  });
  await tellOf(trx, dispute, { kind: 'dispute.opened', at });
  return dispute;
}

/** Who asked in vain takes the money: a chargeback wants an answer of its own, whatever the inquiry was told. */
function answerColumns(
  before: DisputeRow,
  { atBank: { status, submissions }, hasAnswered, at }: Disputed & { hasAnswered: boolean },
): Partial<DisputeRow> {
  const isTakenUp = status === 'opened' && before.status.startsWith('inquiry');
  if (isTakenUp && before.evidenceSubmittedAt !== null)
    return { evidenceSubmittedAt: null, answeringSince: null, statement: null, remindedAt: null };
  // Handed in by us, unless the verdict was quicker; or by somebody at the bank's own dashboard.
  const isByUs = hasAnswered && (submissions > 0 || isAnswerable(status));
  const isAnswered = isByUs || status === 'under_review' || status === 'inquiry_under_review';
  return isAnswered && before.evidenceSubmittedAt === null ? { evidenceSubmittedAt: at } : {};
}

async function moveMoney(trx: Transaction, before: DisputeRow, disputed: Disputed): Promise<void> {
  const { withdrawn, reinstated, status, amountMinor } = disputed.atBank;
  const { booking, payment, at } = disputed;
  if (before.withdrawnMinor === 0 && withdrawn.amountMinor > 0) {
    await post(trx, before, { step: 'dispute', disputed, entries: withdrawalEntries(withdrawn) });
    await PaymentRow.query(trx).findById(payment.id).patch({ disputed: true }); // From here on nothing is paid out.
    const frozen = { booking, payment, withdrawnMinor: withdrawn.amountMinor };
    if ((await hostOwesIn(trx, frozen)) === 0) await markFrozen(trx, before.id, at);
    await tellOf(trx, before, { kind: 'payment.disputed', at, data: { amount: amountMinor, status } });
  }
  if (before.reinstatedMinor === 0 && reinstated.amountMinor > 0)
    await post(trx, before, { step: 'reinstatement', disputed, entries: reinstatementEntries(reinstated) });
}

/** From then on nothing of it is with the host, but as their debt. */
export async function markFrozen(trx: Transaction, id: DisputeId, at: string): Promise<void> {
  await DisputeRow.query(trx).findById(id).patch({ frozenAt: at });
}

/** It is over: what has not come back is lost, and the payment is free again. */
async function closeDispute(trx: Transaction, dispute: DisputeRow, disputed: Disputed): Promise<void> {
  const { booking, payment, at } = disputed;
  const lostMinor = dispute.withdrawnMinor - dispute.reinstatedMinor;
  if (lostMinor > 0) {
    const shares = sharesOf(lostMinor, await sharesKept(trx, payment));
    const entries = lossEntries(shares, await hostShareLeft(trx, booking.id, { less: 'nothing' }));
    await post(trx, dispute, { step: 'loss', disputed, entries });
  }
  await DisputeRow.query(trx).findById(dispute.id).patch({ closedAt: at });
  await tellOf(trx, dispute, { kind: 'dispute.closed', at });
  if (dispute.withdrawnMinor === 0) return;
  await PaymentRow.query(trx).findById(payment.id).patch({ disputed: false });
  await tellOf(trx, dispute, { kind: 'payment.dispute_closed', at });
}

async function post(
  trx: Transaction,
  { id, bankDisputeId: bankId }: DisputeRow,
  { step, disputed, entries }: { step: string; disputed: Disputed; entries: Entry[] },
): Promise<void> {
  const { booking, payment, at } = disputed;
  await writeLedger(trx, { step: `${step}:${id}`, booking, paymentId: payment.id, bankId, at, entries });
}

interface News {
  kind: string;
  at: string;
  actorId?: string;
  data?: Readonly<Record<string, unknown>>;
}

/** Tells of a dispute, or of its payment, by the kind's first word. */
export async function tellOf(
  trx: Transaction,
  dispute: DisputeRow,
  { kind, at, actorId = 'system', data }: News,
): Promise<void> {
  const { id: disputeId, paymentId, bookingId, status } = dispute;
  await recordEvent(trx, {
    kind,
    subjectId: kind.startsWith('payment.') ? paymentId : disputeId,
    actorId,
    occurredAt: at,
    data: { bookingId, paymentId, disputeId, status, ...data },
  });
}

/**
 * From now on the evidence stands as it is, with what an operator has to say, if one does. False when it is too late:
 * the bank waits for none, or it is on its way already. The caller has locked the dispute.
 */
export async function beginAnswer(
  trx: Transaction,
  dispute: DisputeRow,
  { at, statement }: { at: string; statement?: { text: string; actorId: string } },
): Promise<boolean> {
  if (!isAnswerable(dispute.status) || dispute.answeringSince !== null || dispute.closedAt !== null)
    return false;
  await DisputeRow.query(trx)
    .findById(dispute.id)
    .patch({ answeringSince: at, statement: statement?.text ?? null });
  if (statement !== undefined)
    await tellOf(trx, dispute, { kind: 'dispute.commented', at, actorId: statement.actorId });
  return true;
}

/** Has the operators reminded, once for each answer that the bank waits for. */
export async function noteDisputeReminder(trx: Transaction, dispute: DisputeRow, at: string): Promise<void> {
  if (dispute.remindedAt !== null || dispute.closedAt !== null) return;
  await DisputeRow.query(trx).findById(dispute.id).patch({ remindedAt: at });
  await tellOf(trx, dispute, { kind: 'dispute.reminded', at });
}
