import type { z } from 'zod';
import type { PayoutHoldRow } from '#db/payout-holds.ts';
import type { PayoutRow } from '#db/payouts.ts';
import { standingOf } from '#domain/payouts.ts';
import type { Payee } from '#domain/payouts.ts';
import type { Payout, PayoutAccount, PayoutHold } from './schemas.ts';

export function presentPayout(payout: PayoutRow): z.output<typeof Payout> {
  const { waitingFor, heldUntil, holdReason, paidAt } = payout;
  return {
    id: payout.id,
    bookingId: payout.bookingId,
    status: payout.status,
    ...(waitingFor !== null && { waitingFor }),
    ...(heldUntil !== null && { heldUntil }),
    ...(holdReason !== null && { holdReason }),
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

export function presentPayoutHold({
  hostId,
  days,
  reason,
  setBy,
  setAt,
}: PayoutHoldRow): z.output<typeof PayoutHold> {
  return { hostId, days, reason, setBy, setAt };
}
