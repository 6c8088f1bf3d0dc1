import assert from 'node:assert/strict';
import { findBooking } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { listInstalments } from '#db/instalments.ts';
import { findPayment } from '#db/payments.ts';
import { inTransaction } from '#db/transaction.ts';
import type { CardSetup, SavedCard } from '#domain/cards.ts';
import type { PaymentId } from '#domain/ids.ts';
import type { Collection, Intent } from '#domain/payments.ts';
import type { Bank } from '#gateways/bank.ts';
import type { NewCard } from '#gateways/cards.ts';
import { isAgain } from './again.ts';
import type { At } from './bookings/at.ts';
import { found } from './found.ts';
import { acceptInstalment } from './instalments/accepting.ts';
import type { InstalmentAccepted } from './instalments/accepting.ts';
import { keepCard, lapseInstalments, noteInstalment, openInstalment } from './instalments/noting.ts';
import type { InstalmentNote, Opened, Unpaid } from './instalments/noting.ts';

/** A part of the price that is still to come. The amount in minor units, the instant RFC 3339 UTC. */
export interface PlannedInstalment {
  n: number;
  paymentId: PaymentId;
  amountMinor: number;
  beginsAt: string;
}

/** The database steps of a stay that is paid for a month at a time. */
export function createInstalmentSteps({ db }: { db: Db }) {
  return {
    /** What is to be paid beside that which was paid with the booking. */
    async readInstalments({ bookingId }: At): Promise<PlannedInstalment[]> {
      const instalments = await listInstalments(db, bookingId);
      return instalments
        .filter(({ n }) => n > 1)
        .map(({ n, paymentId, amountMinor, beginsAt }) => ({ n, paymentId, amountMinor, beginsAt }));
    },

    /** Its nights have begun: opens the payment, and says which card it is to be charged to. */
    async openInstalment(due: At & { n: number }): Promise<Opened> {
      return inTransaction(db, (trx) => openInstalment(trx, due));
    },

    /** Keeps what the bank has of an instalment that is not paid. Where nobody is busy with it its guest is told, once. */
    async noteInstalment(note: InstalmentNote): Promise<Unpaid> {
      return inTransaction(db, (trx) => noteInstalment(trx, note));
    },

    /** Money is in for an instalment; for one that nobody owes any more it goes back whole. */
    async acceptInstalment(
      payment: At & { paymentId: PaymentId; intent: Intent },
    ): Promise<InstalmentAccepted> {
      return inTransaction(db, (trx) => acceptInstalment(trx, payment));
    },

    /** From now on instalments are charged to this card. */
    async keepCard(kept: At & { cardId: string }): Promise<void> {
      await inTransaction(db, (trx) => keepCard(trx, kept));
    },

    /** The booking is over: what was not paid by then is not to be paid any more. */
    async lapseInstalments(at: At): Promise<void> {
      await inTransaction(db, (trx) => lapseInstalments(trx, at));
    },
  };
}

/** What the bank is asked for them, one effect each. */
export function createInstalmentCharges({ db, bank }: { db: Db; bank: Bank }) {
  return {
    /** Charges the saved card while its holder is away. A decline or a challenge is an answer. */
    async chargeInstalment({
      card,
      attempt,
      ...collection
    }: Collection & { card: SavedCard; attempt: string }): Promise<Intent> {
      const payment = await findPayment(db, collection.paymentId);
      const intentId = payment?.intentId ?? undefined;
      return bank.chargeSaved(collection, { card, attempt, intentId, again: isAgain() });
    },

    /** Has the bank keep another card for the guest. A decline or a challenge is an answer. */
    async saveCard(card: Omit<NewCard, 'customerId'>): Promise<CardSetup> {
      const { customerId } = await found(findBooking(db, card.bookingId), card.bookingId);
      assert(customerId !== null, `${card.bookingId} is known to the bank by no customer.`);
      return bank.saveCard({ ...card, customerId });
    },

    readCardSetup: ({ setupId }: { setupId: string }): Promise<CardSetup> => bank.readCardSetup(setupId),
  };
}
