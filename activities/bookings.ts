import type { Db } from '#db/connect.ts';
import { readTimers } from '#db/timetables.ts';
import type { Timers } from '#db/timetables.ts';
import { inTransaction } from '#db/transaction.ts';
import { isDomainError } from '#domain/errors.ts';
import { createAlterationActivities } from './alterations.ts';
import { acceptPayment, confirmFree } from './bookings/accepting.ts';
import type { Accepted, Acceptance } from './bookings/accepting.ts';
import type { At } from './bookings/at.ts';
import { cancelStay } from './bookings/cancelling.ts';
import type { Cancellation, CancelledStay } from './bookings/cancelling.ts';
import { endHold, hold, noteFromBank, refuse } from './bookings/holding.ts';
import type { BankNote, EndHold, Hold } from './bookings/holding.ts';
import { askHost, remindHost } from './bookings/hosting.ts';
import type { AskHost } from './bookings/hosting.ts';
import { advance, recordStay } from './bookings/staying.ts';
import type { StayRecord, TooEarly } from './bookings/staying.ts';
import { createInstalmentSteps } from './instalments.ts';

export type BookingActivities = ReturnType<typeof createBookingActivities>;

/**
 * The database steps of a booking: one transaction each, and each may run more than once. They lock the booking first,
 * look at where it stands, and do what is left to do.
 */
export function createBookingActivities({ db }: { db: Db }) {
  return {
    /** Takes the nights and opens the payment. A refusal is recorded as the booking's end and returned, not thrown. */
    async holdNights(at: At): Promise<Hold> {
      try {
        return await inTransaction(db, (trx) => hold(trx, at));
      } catch (error) {
        if (!isDomainError(error)) throw error;
        const rejection = { code: error.code, message: error.message, details: error.details };
        return inTransaction(db, (trx) => refuse(trx, at, rejection));
      }
    },

    /** Keeps what the bank has of the payment while there is no money, and a hold's new end if that changes with it. */
    async noteBank(note: BankNote): Promise<void> {
      await inTransaction(db, (trx) => noteFromBank(trx, note));
    },

    /** Frees the nights of an unpaid booking and ends it. Ended or confirmed before, it stays as it is. */
    async endHold(ending: EndHold): Promise<void> {
      await inTransaction(db, (trx) => endHold(trx, ending));
    },

    /** The price is reserved, or there is none: from now on the host may answer, until the instant that comes back. */
    async askHost(asked: AskHost): Promise<{ respondBy: string }> {
      return inTransaction(db, (trx) => askHost(trx, asked));
    },

    /** Has the host reminded, once. */
    async remindHost(at: At): Promise<void> {
      await inTransaction(db, (trx) => remindHost(trx, at));
    },

    /** Makes a stay certain that costs nothing. */
    async confirmFree(at: At & { actorId?: string }): Promise<void> {
      await inTransaction(db, (trx) => confirmFree(trx, at));
    },

    /**
     * Money is in. A booking that waits for it is confirmed; an expired one takes its nights again if they are free; else,
     * and for a booking that ended otherwise, the whole sum is promised back. Whatever happens, the ledger explains the
     * money.
     */
    async acceptPayment(payment: Omit<Acceptance, 'retake'>): Promise<Accepted> {
      try {
        return await inTransaction(db, (trx) => acceptPayment(trx, { ...payment, retake: true }));
      } catch (error) {
        if (!isDomainError(error, 'dates_unavailable')) throw error;
        return inTransaction(db, (trx) => acceptPayment(trx, { ...payment, retake: false }));
      }
    },

    /** Cancels a paid stay: frees what is left of its nights and promises back what the policy gives at `at`. */
    async cancelStay(cancellation: At & Cancellation): Promise<CancelledStay> {
      return inTransaction(db, (trx) => cancelStay(trx, cancellation));
    },

    /** Timers move a stay on; nobody has to record anything. Its row knows best when. */
    async beginStay(at: At): Promise<TooEarly | undefined> {
      return inTransaction(db, (trx) => advance(trx, at, { from: 'confirmed', to: 'in_stay' }));
    },

    async completeStay(at: At): Promise<TooEarly | undefined> {
      return inTransaction(db, (trx) => advance(trx, at, { from: 'in_stay', to: 'completed' }));
    },

    /** The instants that the booking goes by now. */
    async readTimers({ bookingId }: At): Promise<Timers> {
      return readTimers(db, bookingId);
    },

    /** What a side says of a stay that is under way. False where that is no longer so. */
    async recordStay(record: StayRecord): Promise<{ recorded: boolean }> {
      return inTransaction(db, (trx) => recordStay(trx, record));
    },

    ...createInstalmentSteps({ db }),
    ...createAlterationActivities({ db }),
  };
}
