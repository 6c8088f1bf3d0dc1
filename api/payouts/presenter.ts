import type { z } from 'zod';
import type { PayoutRow } from '#db/payouts.ts';
import { standingOf } from '#domain/payouts.ts';
import type { Payee } from '#domain/payouts.ts';
import type { Payout, PayoutAccount } from './schemas.ts';

export function presentPayout(payout: PayoutRow): z.output<typeof Payout> {
  const { waitingFor, paidAt } = payout;
  return {
    id: payout.id,
    bookingId: payout.bookingId,
    status: payout.status,
    ...(waitingFor !== null && { waitingFor }),
    amount: payout.amountMinor,
    debtNetted: payout.debtNettedMinor,
    currency: payout.currency,
    dueAt: payout.dueAt,
    ...(paidAt !== null && { paidAt }),
  };
}

export function presentPayoutAccount(payee: Payee | undefined): z.output<typeof PayoutAccount> {
  return {
    status: standingOf(payee),
    missing: [...(payee?.missing ?? [])],
    ...(payee?.disabledReason !== undefined && { disabledReason: payee.disabledReason }),
  };
}
