import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { paidMinorAt } from '#db/instalments.ts';
import { bookingNow, isCertain } from '#domain/bookings.ts';
import { cancellationOutcome } from '#domain/cancellation.ts';
import type { CancelledBy, Override } from '#domain/cancellation.ts';
import { cancellationOf } from '#domain/cancellation/booked.ts';
import { DomainError, invalidInput } from '#domain/errors.ts';
import { coinMinor, formatMoney } from '#domain/money.ts';

interface Asked {
  reason?: string | undefined;
  override?: Override | undefined;
}

/** An operator alone may override, and whatever they do is on record with why. @throws `forbidden`, `invalid_input` */
export function requireEntitled(by: CancelledBy, { reason, override }: Asked): void {
  if (by !== 'operator' && override !== undefined) {
    throw new DomainError('forbidden', 'Only an operator who is no side of it can override the policy.');
  }
  if (by === 'operator' && reason === undefined) {
    throw invalidInput('reason', 'An operator has to give one.');
  }
}

/**
 * An amount that can go back, and is no less than what the guest has a right to. Said here in words; that it is so is
 * seen to again when the booking is cancelled, by its own clock.
 * @throws `refund_exceeds_payment`; `invalid_input`
 */
export async function requireGenerous(
  { db, now }: { db: Db; now: Date },
  booking: BookingRow,
  { refund }: Override,
): Promise<void> {
  if (typeof refund !== 'number') return;
  const { currency } = booking;
  const at = bookingNow(booking, now);
  const paidMinor = await paidMinorAt(db, booking, at);
  if (refund > paidMinor) {
    const paid = formatMoney({ amount: paidMinor, currency });
    throw new DomainError('refund_exceeds_payment', `No more can go back than ${paid}.`, {
      limit: paidMinor,
    });
  }
  const coin = coinMinor(currency);
  if (refund % coin !== 0 && refund !== paidMinor) {
    throw invalidInput('override.refund', `Must be a multiple of ${coin}, the bank’s smallest coin.`);
  }
  if (!isCertain(booking.status)) return; // Nothing is paid, or not yet: what will be owed then is seen to then.
  const cancellation = cancellationOf(booking, { at, by: 'guest', paidMinor });
  const { refundMinor: owed } = cancellationOutcome(cancellation);
  if (refund < owed) {
    const least = formatMoney({ amount: owed, currency });
    throw invalidInput('override.refund', `Must be at least ${least}, which the policy gives.`);
  }
}
