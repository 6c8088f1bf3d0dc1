import { findBooking, insertBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { abandonedResource, claim, findFinished } from '#db/idempotency.ts';
import type { Once } from '#db/idempotency.ts';
import { findPayment } from '#db/payments.ts';
import { nightsAreFree } from '#db/stays.ts';
import { datesUnavailable } from '#db/constraints.ts';
import { inTransaction } from '#db/transaction.ts';
import type { BookingStatus } from '#domain/bookings.ts';
import { DomainError, ERROR_CODES, notFound } from '#domain/errors.ts';
import type { BookingId, UserId } from '#domain/ids.ts';
import type { Answer, Ask, Workflows } from '#gateways/workflows.ts';
import {
  bookStayId,
  bookStayOrder,
  cancelBooking,
  payBooking,
  reserveStay,
} from '#workflows/bookings.contract.ts';
import type { Cancelled, PayResult } from '#workflows/bookings.contract.ts';
import type { BookingWithPayment } from './presenter.ts';
import { newBooking, termsOf } from './terms.ts';
import type { Reserve, Terms } from './terms.ts';
import { Turnstile } from './turnstile.ts';

/** DESIGN "Temporal may be down": how long a workflow may take to take an ask, and then to answer it. */
const ACCEPT_WITHIN_MS = 2_500;
const ANSWER_WITHIN_MS = 30_000;

/** A booking after a command; `isSettled` is false while it is still being worked on: 202. */
export interface Reserved extends BookingWithPayment {
  isSettled: boolean;
}

/** What REST and GraphQL both ask of bookings: checked here only as far as saves a workflow, decided in the workflow. */
export interface Bookings {
  /** @throws DomainError `dates_unavailable`, `stay_refused`, `quote_expired`, `card_declined`, `hold_limit`, … */
  reserve(request: Reserve, once: Once): Promise<Reserved>;
  /** Today's booking for a request made before; throws what it was refused with. */
  recall(bookingId: BookingId): Promise<Reserved>;
  /** @throws DomainError `card_declined`, `booking_state` */
  pay(booking: BookingRow, pay: { paymentMethodId?: string | undefined; attempt: string }): Promise<Reserved>;
  /** @throws DomainError `booking_state` */
  cancel(
    booking: BookingRow,
    cancel: { actorId: UserId; reason?: string | undefined; attempt: string },
  ): Promise<BookingWithPayment>;
}

interface Deps {
  db: Db;
  workflows: Workflows;
  quoteSecret: string;
  now: () => Date;
}

export function createBookings(deps: Deps): Bookings {
  const turnstile = new Turnstile();
  return {
    reserve: (request, once) => reserve({ ...deps, turnstile }, request, once),
    recall: async (bookingId) => settledOrRefused(await reload(deps.db, bookingId)),
    pay: (booking, pay) => payFor(deps, booking, pay),
    cancel: (booking, cancel) => cancelFor(deps, booking, cancel),
  };
}

async function reserve(
  deps: Deps & { turnstile: Turnstile },
  request: Reserve,
  once: Once,
): Promise<Reserved> {
  const call = { isRecorded: false };
  try {
    const terms = await termsOf(deps, request);
    return await deps.turnstile.pass(request.propertyId, request, {
      async look() {
        if (!(await nightsAreFree(deps.db, request.propertyId, request))) throw datesUnavailable();
      },
      async act() {
        const booking = await record(deps, { request, terms, once });
        call.isRecorded = true;
        return conduct(deps, booking);
      },
    });
  } catch (error) {
    if (call.isRecorded) throw error; // It has a row of its own by now, and that is its answer.
    return ofTheSameKey(deps, once, error);
  }
}

/** What another call under this key has come to: its booking may be the very one in the way. Else the refusal stands. */
async function ofTheSameKey(deps: Deps, once: Once, refusal: unknown): Promise<Reserved> {
  const finished = await findFinished(deps.db, once);
  if (finished !== undefined)
    return settledOrRefused(await reload(deps.db, finished.resourceId as BookingId));
  const heir = await inherit(deps.db, once);
  if (heir === undefined) throw refusal;
  return conduct(deps, heir);
}

/** What an earlier call under this key, which died, had recorded. */
async function inherit(db: Db, once: Once): Promise<BookingRow | undefined> {
  const earlier = await abandonedResource(db, once);
  if (earlier === undefined) return undefined;
  await inTransaction(db, (trx) => claim(trx, once, earlier));
  return reloadRow(db, earlier as BookingId);
}

/** The request and its idempotency row, or neither. An heir goes on with what the earlier call recorded. */
async function record(
  { db, now }: Deps,
  { request, terms, once }: { request: Reserve; terms: Terms; once: Once },
): Promise<BookingRow> {
  const booking = newBooking(request, terms, now());
  const bookingId = await inTransaction(db, async (trx) => {
    const { fresh, resourceId } = await claim(trx, once, booking.id);
    if (fresh) await insertBooking(trx, booking);
    return resourceId as BookingId;
  });
  return reloadRow(db, bookingId);
}

/** Has a recorded request carried out, and waits for it as long as a guest should. */
async function conduct({ db, workflows }: Deps, booking: BookingRow): Promise<Reserved> {
  await workflows.startAndAsk(bookStayOrder(booking), reserveStay, {
    updateId: booking.id,
    input: { bookingId: booking.id },
    acceptWithinMs: ACCEPT_WITHIN_MS,
    answerWithinMs: ANSWER_WITHIN_MS,
  });
  // Whatever the answer was, or whether one came at all: the row says how far the booking is.
  return settledOrRefused(await reload(db, booking.id));
}

function settledOrRefused(found: BookingWithPayment): Reserved {
  const { status, rejection } = found.booking;
  if (status !== 'rejected' || rejection === null) return { ...found, isSettled: isSettled(found) };
  const code = ERROR_CODES.find((known) => known === rejection.code) ?? 'unavailable';
  throw new DomainError(code, rejection.message, { ...rejection.details, bookingId: found.booking.id });
}

/** A hold whose payment the bank has not been heard of is still being worked on. */
function isSettled({ booking: { status }, payment }: BookingWithPayment): boolean {
  if (status === 'held') return payment !== undefined && payment.intentId !== null;
  return status !== 'requested';
}

async function payFor(
  { db, workflows }: Deps,
  booking: BookingRow,
  { paymentMethodId, attempt }: { paymentMethodId?: string | undefined; attempt: string },
): Promise<Reserved> {
  const pay = { attempt, ...(paymentMethodId !== undefined && { paymentMethodId }) };
  const result = await ask<PayResult>(db, booking.id, (patience) =>
    workflows.ask(bookStayId(booking.id), payBooking, {
      ...patience,
      updateId: `pay:${attempt}`,
      input: pay,
    }),
  );
  if (result?.status === 'declined') {
    const { message, declineCode, code } = result.failure;
    throw new DomainError('card_declined', message, {
      declineCode: declineCode ?? code,
      bookingId: booking.id,
    });
  }
  return { ...(await reload(db, booking.id)), isSettled: result !== undefined };
}

async function cancelFor(
  { db, workflows }: Deps,
  booking: BookingRow,
  { actorId, reason, attempt }: { actorId: UserId; reason?: string | undefined; attempt: string },
): Promise<BookingWithPayment> {
  const cancel = { by: 'guest' as const, actorId, ...(reason !== undefined && { reason }) };
  const result = await ask<Cancelled>(db, booking.id, (patience) => {
    const asked = { ...patience, updateId: `cancel:${attempt}`, input: cancel };
    // One that was left without a workflow is started, so that it is cancelled in the one place that can.
    return booking.status === 'requested'
      ? workflows.startAndAsk(bookStayOrder(booking), cancelBooking, asked)
      : workflows.ask(bookStayId(booking.id), cancelBooking, asked);
  });
  if (result === undefined)
    throw new DomainError('unavailable', 'The cancellation is being worked on. Ask again.');
  return reload(db, booking.id);
}

type Patience = Pick<Ask<unknown>, 'acceptWithinMs' | 'answerWithinMs'>;

/** Asks a booking's workflow; undefined while it works. One that has ended says `booking_state`. */
async function ask<T>(
  db: Db,
  bookingId: BookingId,
  send: (patience: Patience) => Promise<Answer<T>>,
): Promise<T | undefined> {
  const answer = await send({ acceptWithinMs: ACCEPT_WITHIN_MS, answerWithinMs: ANSWER_WITHIN_MS });
  if (answer.is === 'answered') return answer.result;
  if (answer.is === 'working') return undefined;
  if (answer.is === 'not_taken')
    throw new DomainError('unavailable', 'Bookings cannot be changed right now. Try again soon.');
  const { status } = await reloadRow(db, bookingId);
  throw notAny(status);
}

/** `booking_state`: the act does not fit what the booking is. A problem's own `status` is HTTP's, so this has another name. */
export function notAny(bookingStatus: BookingStatus): DomainError {
  return new DomainError('booking_state', `The booking is ${bookingStatus}.`, { bookingStatus });
}

async function reloadRow(db: Db, id: BookingId): Promise<BookingRow> {
  const booking = await findBooking(db, id);
  if (booking === undefined) throw notFound('booking');
  return booking;
}

async function reload(db: Db, id: BookingId): Promise<BookingWithPayment> {
  const booking = await reloadRow(db, id);
  return { booking, payment: await findPayment(db, booking.paymentId) };
}
