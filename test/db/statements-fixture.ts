import { findBooking } from '#db/bookings.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { writeLedger } from '#db/ledger.ts';
import { openPayment } from '#db/payments.ts';
import { inTransaction } from '#db/transaction.ts';
import type { PropertyId } from '#domain/ids.ts';
import {
  hostFeeEntries,
  lossEntries,
  oppositeOf,
  payoutEntries,
  postEntries,
  refundEntries,
  takenBackEntries,
  withdrawalEntries,
} from '#domain/ledger.ts';
import type { Entry } from '#domain/ledger.ts';
import { aLivedStay } from './reviews-fixture.ts';

/** A lived stay with a payment that nothing has been posted of. */
export async function aStayWithPayment(
  db: Db,
  propertyId: PropertyId,
  currency = 'GBP',
): Promise<BookingRow> {
  const { id } = await aLivedStay(db, { propertyId });
  await db('bookings').where({ id }).update({ total_minor: 1, currency });
  const booking = await findBooking(db, id);
  if (booking === undefined) throw new Error(`There is no ${id}.`);
  await inTransaction(db, (trx) => openPayment(trx, booking));
  return booking;
}

/** What may be written in a host's name: each kind of step, from two amounts above nothing. */
export const STEPS: Readonly<Record<string, (one: number, other: number) => Entry[]>> = {
  'post': (hostMinor, platformMinor) => postEntries({ hostMinor, platformMinor, taxesMinor: 1 }),
  'refund': (hostMinor, owed) =>
    refundEntries({ hostMinor, platformMinor: 1, taxesMinor: 0 }, Math.min(hostMinor, owed)),
  'return': (hostMinor) => oppositeOf(refundEntries({ hostMinor, platformMinor: 1, taxesMinor: 0 })),
  'payout': (amountMinor, debtNettedMinor) => payoutEntries({ amountMinor, debtNettedMinor }),
  'payout-return': takenBackEntries,
  'reversal': takenBackEntries,
  'host-fee': hostFeeEntries,
  'loss': (hostMinor, payable) => lossEntries({ hostMinor, platformMinor: 1, taxesMinor: 0 }, payable),
  'dispute': (amountMinor, feeMinor) => withdrawalEntries({ amountMinor, feeMinor }),
};

/** A movement in the ledger of a booking, at that moment. */
export interface Move {
  booking: BookingRow;
  step: string;
  at: string;
  entries: Entry[];
}

export async function move(db: Db, moves: readonly Move[]): Promise<void> {
  await inTransaction(db, async (trx) => {
    for (const { booking, step, at, entries } of moves) {
      const { paymentId } = booking;
      await writeLedger(trx, { step, booking, paymentId, bankId: step, at, entries });
    }
  });
}

/** What some entries are to their host: above nothing in their favour. */
export function inFavourOfHost(entries: readonly Entry[]): number {
  return entries
    .filter(({ account }) => account === 'host_payable' || account === 'host_debt')
    .reduce((sum, { amountMinor }) => sum - amountMinor, 0);
}
