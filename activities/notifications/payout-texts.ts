import type { BookingRow } from '#db/bookings.ts';
import type { EventRow } from '#db/events.ts';
import { formatMoney } from '#domain/money.ts';
import type { Obstacle } from '#domain/payouts.ts';
import type { Text } from './text.ts';

/** What a host is told of a payout; undefined where there is nothing to be said. */
export function payoutText(booking: BookingRow, { kind, data }: EventRow): Text | undefined {
  const stay = `the stay from ${booking.checkIn} to ${booking.checkOut}`;
  const money = (amount: unknown) => formatMoney({ amount: Number(amount ?? 0), currency: booking.currency });
  switch (kind) {
    case 'payout.paid':
      return {
        subject:
          data.amount === 0 ? `Your payout for ${stay}` : `You are paid ${money(data.amount)} for ${stay}`,
        lines: [
          ...(data.amount === 0 ? [] : [`${money(data.amount)} is on its way to your account at the bank.`]),
          ...(data.debtNetted === 0
            ? []
            : [`${money(data.debtNetted)} of your share has paid what you owed.`]),
        ],
      };
    case 'payout.waiting':
      if (data.takenBack !== undefined)
        return {
          subject: `Your payout for ${stay} is taken back`,
          lines: [
            WHY.dispute,
            ...(data.takenBack === 0
              ? []
              : [`${money(data.takenBack)} was taken back from your account at the bank.`]),
            ...(data.debt === 0
              ? []
              : [`${money(data.debt)} it did not have: that is kept back from your next payouts.`]),
            'If it is decided for you, you are paid again.',
          ],
        };
      return {
        subject: `Your payout for ${stay} waits`,
        lines: [
          WHY[data.waitingFor as Obstacle],
          ...(typeof data.heldUntil === 'string' ? [`It is held until ${data.heldUntil}.`] : []),
        ],
      };
    case 'payout.returned':
      return {
        subject: `Your payout for ${stay} came back`,
        lines: [
          `Your bank account did not take ${money(data.amount)}. Nothing is lost: it is paid again once it can be.`,
          WHY.account,
        ],
      };
    default:
      return undefined;
  }
}

const WHY: Readonly<Record<Obstacle, string>> = {
  onboarding:
    'To be paid you have to tell the bank who you are: ask for your payout account. Then it is paid by itself.',
  account:
    'The bank does not pay your account at the moment. Look at what it wants to know of you; then it is paid by itself.',
  dispute: 'The guest has gone to their bank about the payment. Your payout waits until that is decided.',
  currency:
    'Your account at the bank does not take the currency of the stay. Ask the bank to accept it; then it is paid by itself.',
  hold: 'The first payout of a new host is held for a while. You need not do anything: it is paid by itself.',
  bank: 'The bank has not made the transfer yet. You need not do anything: it is tried again by itself.',
};
