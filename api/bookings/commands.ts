import { findBooking, insertBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db, Transaction } from '#db/connect.ts';
import { abandonedResource, claim, findFinished, reclaim } from '#db/idempotency.ts';
import type { Once } from '#db/idempotency.ts';
import { nightsAreFree } from '#db/stays.ts';
import { datesUnavailable } from '#db/constraints.ts';
import { inTransaction } from '#db/transaction.ts';
import { DomainError, ERROR_CODES, invalidInput } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { bookStayOrder, reserveStay } from '#workflows/bookings.contract.ts';
import type { Altered } from '#workflows/bookings.contract.ts';
import { alter, answer, cancel, pay, record, replaceCard } from './acts.ts';
import type { AlterAct, AnswerAct, CancelAct, CardAct, CardKept, PayAct, RecordAct } from './acts.ts';
import { PATIENCE, reload, reloadRow, reread } from './asking.ts';
import type { BookingWithPayment } from './presenter.ts';
import { newBooking, termsOf } from './terms.ts';
import type { Reserve, Terms } from './terms.ts';
import { Turnstile } from './turnstile.ts';

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
  pay(booking: BookingRow, pay: PayAct): Promise<Reserved>;
  /** @throws DomainError `booking_state` */
  cancel(booking: BookingRow, cancel: CancelAct): Promise<BookingWithPayment>;
  /** The host's answer to a request. @throws DomainError `booking_state` */
  answer(booking: BookingRow, answer: AnswerAct): Promise<Reserved>;
  /** What a side has to say of the stay. @throws DomainError `booking_state` before its time, or after */
  record(booking: BookingRow, record: RecordAct): Promise<BookingWithPayment>;
  /** Another card for what is still to be paid. @throws DomainError `booking_state`, `card_declined` */
  replaceCard(booking: BookingRow, replace: CardAct): Promise<CardKept>;
  /** What a side has to say of changing the booking; undefined while it is being worked on. @throws DomainError `booking_state`, … */
  alter(booking: BookingRow, alter: AlterAct): Promise<Altered | undefined>;
}

interface Deps {
  db: Db;
  workflows: Workflows;
  quoteSecret: string;
  now: () => Date;
  /** With real money there is no sandbox. */
  isLive: boolean;
}

export function createBookings(deps: Deps): Bookings {
  const turnstile = new Turnstile();
  return {
    reserve: (request, once) => reserve({ ...deps, turnstile }, request, once),
    recall: async (bookingId) => settledOrRefused(await reload(deps.db, bookingId)),
    pay: (booking, act) => pay(deps, booking, act),
    cancel: (booking, act) => cancel(deps, booking, act),
    answer: (booking, act) => answer(deps, booking, act),
    record: (booking, act) => record(deps, booking, act),
    replaceCard: (booking, act) => replaceCard(deps, booking, act),
    alter: (booking, act) => alter(deps, booking, act),
  };
}

async function reserve(
  deps: Deps & { turnstile: Turnstile },
  request: Reserve,
  once: Once,
): Promise<Reserved> {
  if (deps.isLive && request.sandbox === true)
    throw invalidInput('sandbox', 'There is no sandbox where money is real.');
  const call = { isRecorded: false };
  try {
    const terms = await termsOf(deps, request);
    return await deps.turnstile.pass(request.propertyId, request, {
      async look() {
        if (!(await nightsAreFree(deps.db, request.propertyId, request))) throw datesUnavailable();
      },
      async act() {
        const booking = await writeDown(deps, { request, terms, once });
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
  if (earlier === undefined || (await wasGivenUp(db, earlier as BookingId))) return undefined;
  await inTransaction(db, (trx) => claim(trx, once, earlier));
  return reloadRow(db, earlier as BookingId);
}

/** The request and its idempotency row, or neither. An heir goes on with what the earlier call recorded. */
async function writeDown(
  { db, now }: Deps,
  { request, terms, once }: { request: Reserve; terms: Terms; once: Once },
): Promise<BookingRow> {
  const booking = newBooking(request, terms, now());
  const recorded = await inTransaction(db, async (trx) => {
    const { fresh, resourceId } = await claim(trx, once, booking.id);
    if (!fresh && !(await wasGivenUp(trx, resourceId as BookingId))) return resourceId as BookingId;
    if (!fresh) await reclaim(trx, once, booking.id);
    return insertBooking(trx, booking);
  });
  return typeof recorded === 'string' ? reloadRow(db, recorded) : recorded;
}

/** Whether a request came to nothing for an outage alone, without a charge: the client is to ask again, and be heard. */
async function wasGivenUp(db: Db | Transaction, id: BookingId): Promise<boolean> {
  return (await findBooking(db, id))?.rejection?.code === 'unavailable';
}

/** Has a recorded request carried out, and waits for it as long as a guest should. */
async function conduct({ db, workflows }: Deps, booking: BookingRow): Promise<Reserved> {
  const answer = await workflows.startAndAsk(bookStayOrder(booking), reserveStay, {
    updateId: booking.id,
    input: { bookingId: booking.id },
    ...PATIENCE,
  });
  // Whatever the answer was, or whether one came at all: the row says how far the booking is.
  const isResting = answer.is === 'answered';
  return settledOrRefused(await (isResting ? reread(db, booking) : reload(db, booking.id)));
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
