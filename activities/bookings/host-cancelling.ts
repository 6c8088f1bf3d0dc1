import { imposeBlock } from '#db/blocks.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { Transaction } from '#db/connect.ts';
import { newId } from '#db/ids.ts';
import { writeLedger } from '#db/ledger.ts';
import { insertAutomaticNote } from '#db/reviews.ts';
import { hostCancellationNote } from '#domain/cancellation/host-note.ts';
import { hostFeeEntries } from '#domain/ledger.ts';

/**
 * What calling off a stay that was certain brings on its host, beside the refund: the nights stay blocked, a fee becomes
 * their debt, and whoever reads the property's reviews hears of it. In the transaction that cancels.
 */
export async function holdHostToIt(
  trx: Transaction,
  booking: BookingRow,
  { at, feeMinor }: { at: string; feeMinor: number },
): Promise<void> {
  await imposeBlock(trx, booking, { id: newId('block'), at });
  if (feeMinor > 0) {
    const { paymentId } = booking;
    const entries = hostFeeEntries(feeMinor);
    await writeLedger(trx, { step: `host-fee:${booking.id}`, booking, paymentId, at, entries });
  }
  const comment = hostCancellationNote(booking, at);
  if (comment !== undefined) await insertAutomaticNote(trx, booking, { id: newId('review'), comment, at });
}
