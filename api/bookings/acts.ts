import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { isOnRecord } from '#domain/bookings.ts';
import type { StayAct } from '#domain/bookings.ts';
import type { CancelledBy, Override } from '#domain/cancellation.ts';
import { DomainError } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import type { PaymentFailure } from '#domain/payments.ts';
import type { Workflows } from '#gateways/workflows.ts';
import {
  alterBooking,
  answerRequest,
  bookStayId,
  bookStayOrder,
  cancelBooking,
  payBooking,
  recordStay,
  replaceCard as replaceCardOf,
} from '#workflows/bookings.contract.ts';
import type { Alter, Altered, CardReplaced } from '#workflows/bookings.contract.ts';
import { ask, reload } from './asking.ts';
import type { Reserved } from './commands.ts';
import type { BookingWithPayment } from './presenter.ts';

interface Deps {
  db: Db;
  workflows: Workflows;
}

/** `attempt` names the call, so that the same call is heard once, however often it is made. */
interface Act {
  attempt: string;
}

export interface PayAct extends Act {
  paymentMethodId?: string | undefined;
}

export async function pay(
  { db, workflows }: Deps,
  booking: BookingRow,
  { paymentMethodId, attempt }: PayAct,
): Promise<Reserved> {
  const input = { attempt, ...(paymentMethodId !== undefined && { paymentMethodId }) };
  const result = await ask(db, booking.id, (patience) =>
    workflows.ask(bookStayId(booking.id), payBooking, { ...patience, updateId: `pay:${attempt}`, input }),
  );
  if (result?.status === 'declined') throw declined(booking, result.failure);
  return { ...(await reload(db, booking.id)), isSettled: result !== undefined };
}

function declined({ id }: BookingRow, { message, declineCode, code }: PaymentFailure): DomainError {
  return new DomainError('card_declined', message, { declineCode: declineCode ?? code, bookingId: id });
}

export interface CardAct extends Act {
  paymentMethodId: string;
}

export type CardKept = Extract<CardReplaced, { status: 'saved' | 'requires_action' }>;

export async function replaceCard(
  { db, workflows }: Deps,
  booking: BookingRow,
  input: CardAct,
): Promise<CardKept> {
  const updateId = `card:${input.attempt}`;
  const result = await ask(db, booking.id, (patience) =>
    workflows.ask(bookStayId(booking.id), replaceCardOf, { ...patience, updateId, input }),
  );
  if (result === undefined || result.status === 'unknown') throw beingWorkedOn('change');
  if (result.status === 'declined') throw declined(booking, result.failure);
  return result;
}

export interface CancelAct extends Act {
  by: CancelledBy;
  actorId: UserId;
  reason?: string | undefined;
  override?: Override | undefined;
}

export async function cancel(
  { db, workflows }: Deps,
  booking: BookingRow,
  { by, actorId, reason, override, attempt }: CancelAct,
): Promise<BookingWithPayment> {
  const input = { by, actorId, ...(reason !== undefined && { reason }), ...(override && { override }) };
  const result = await ask(db, booking.id, (patience) => {
    const asked = { ...patience, updateId: `cancel:${attempt}`, input };
    // One that was left without a workflow is started, so that it is cancelled in the one place that can.
    return booking.status === 'requested'
      ? workflows.startAndAsk(bookStayOrder(booking), cancelBooking, asked)
      : workflows.ask(bookStayId(booking.id), cancelBooking, asked);
  });
  if (result === undefined) throw beingWorkedOn('cancellation');
  return reload(db, booking.id);
}

export interface AnswerAct extends Act {
  accepts: boolean;
  actorId: UserId;
}

export async function answer(
  { db, workflows }: Deps,
  booking: BookingRow,
  { accepts, actorId, attempt }: AnswerAct,
): Promise<Reserved> {
  const result = await ask(db, booking.id, (patience) =>
    workflows.ask(bookStayId(booking.id), answerRequest, {
      ...patience,
      updateId: `answer:${attempt}`,
      input: { accepts, actorId },
    }),
  );
  return { ...(await reload(db, booking.id)), isSettled: result !== undefined };
}

export interface RecordAct extends Act {
  act: StayAct;
  by: 'guest' | 'host';
  actorId: UserId;
}

export async function record(
  { db, workflows }: Deps,
  booking: BookingRow,
  { attempt, ...input }: RecordAct,
): Promise<BookingWithPayment> {
  // Nor is the workflow asked a second time: it can be asked only so often.
  if (booking.status === 'in_stay' && isOnRecord(booking, input.act)) return reload(db, booking.id);
  const result = await ask(db, booking.id, (patience) =>
    workflows.ask(bookStayId(booking.id), recordStay, { ...patience, updateId: `stay:${attempt}`, input }),
  );
  if (result === undefined) throw beingWorkedOn('record');
  return reload(db, booking.id);
}

export interface AlterAct extends Act {
  ask: Alter;
}

/** Undefined while an acceptance is still being worked on: the bank is slow. */
export async function alter(
  { db, workflows }: Deps,
  booking: BookingRow,
  { ask: input, attempt }: AlterAct,
): Promise<Altered | undefined> {
  const updateId = `alter:${attempt}`;
  const result = await ask(db, booking.id, (patience) =>
    workflows.ask(bookStayId(booking.id), alterBooking, { ...patience, updateId, input }),
  );
  if (result === undefined && input.act !== 'accept') throw beingWorkedOn('alteration');
  return result;
}

function beingWorkedOn(what: string): DomainError {
  return new DomainError('unavailable', `The ${what} is being worked on. Ask again.`);
}
