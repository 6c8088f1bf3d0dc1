import type { Db } from '#db/connect.ts';
import { inTransaction } from '#db/transaction.ts';
import { acceptAlteration } from './alterations/accepting.ts';
import type { Acceptance, Agreed } from './alterations/accepting.ts';
import { completeAlteration, endAlteration, noteAlteration } from './alterations/paying.ts';
import type { AlterationMoney, AlterationNote, Completed, Ending } from './alterations/paying.ts';
import { closeProposal, proposeAlteration } from './alterations/proposing.ts';
import type { Closing, Proposal } from './alterations/proposing.ts';
import type { At } from './bookings/at.ts';

/**
 * The database steps of an alteration: one transaction each, and each may run more than once. Like those of its booking they
 * lock the booking first. Until the last of them the booking is what it was.
 */
export function createAlterationActivities({ db }: { db: Db }) {
  return {
    /**
     * Puts a proposal on record, with what it costs or gives back; one that was open before is replaced by it.
     * @throws DomainError `booking_state`, `stay_refused`, `dates_unavailable`, `amount_too_small`, `invalid_input`
     */
    async proposeAlteration(proposal: At & Proposal): Promise<void> {
      await inTransaction(db, (trx) => proposeAlteration(trx, proposal));
    },

    /** The other side declines, or the proposer thinks again. Over before, it stays as it is. */
    async closeProposal(closing: At & Closing): Promise<void> {
      await inTransaction(db, (trx) => closeProposal(trx, closing));
    },

    /**
     * The other side agrees: the booking is altered at once where there is nothing to be paid; else the added nights are
     * taken beside its own, and wait for the payment.
     * @throws DomainError `booking_state`, `stay_refused`, `dates_unavailable`
     */
    async acceptAlteration(acceptance: At & Acceptance): Promise<Agreed> {
      return inTransaction(db, (trx) => acceptAlteration(trx, acceptance));
    },

    /** Keeps what the bank has of the payment of the difference, while there is no money. */
    async noteAlteration(note: At & AlterationNote): Promise<void> {
      await inTransaction(db, (trx) => noteAlteration(trx, note));
    },

    /** The difference is paid: the booking is altered, or, where that cannot be any more, the money is promised back. */
    async completeAlteration(money: At & AlterationMoney): Promise<Completed> {
      return inTransaction(db, (trx) => completeAlteration(trx, money));
    },

    /** The added nights are free again, and the booking is as it was. */
    async endAlteration(ending: At & Ending): Promise<void> {
      await inTransaction(db, (trx) => endAlteration(trx, ending));
    },
  };
}
