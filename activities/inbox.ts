import { findBooking } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findPayment } from '#db/payments.ts';
import { findPayee } from '#db/payout-accounts.ts';
import { findOpenPayouts } from '#db/payouts.ts';
import { findRefund } from '#db/refunds.ts';
import { markDelivered, readUndelivered } from '#db/relay.ts';
import type { BankEventRow } from '#db/relay.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { bankSpoke, bookStayId } from '#workflows/bookings.contract.ts';
import { ownerOf } from '#workflows/inbox.contract.ts';
import type { Owner } from '#workflows/inbox.contract.ts';
import { payHostId, payoutSpoke, recoverPayoutOrder } from '#workflows/payouts.contract.ts';
import {
  latePaymentOrder,
  refundPaymentId,
  refundSpoke,
  returnedRefundOrder,
} from '#workflows/refunds.contract.ts';

/**
 * A booking that was paid in one act learns of its money from the bank's answer. Its webhook is left lying this long, so
 * that it need not be told again: a message costs the workflow server more than the wait costs anyone.
 */
const GRACE_MS = 300;
const AT_ONCE = 100;

/** Hands the bank's events to their owners. Returns how many were handed on. One that cannot be stays for the next turn. */
export async function deliverBankEvents(deps: { db: Db; workflows: Workflows }): Promise<number> {
  const events = await readUndelivered(deps.db, GRACE_MS, AT_ONCE);
  for (const event of events) await markDelivered(deps.db, event.id, await deliver(deps, event));
  return events.length;
}

async function deliver(deps: { db: Db; workflows: Workflows }, event: BankEventRow): Promise<string> {
  const owner = ownerOf(event);
  if (owner === undefined) return 'nobody';
  switch (owner.is) {
    case 'booking':
      return tellBooking(deps, owner, event);
    case 'refund':
      return tellRefund(deps, owner);
    case 'payee':
      return tellPayouts(deps, owner.accountId);
    case 'returned_payout':
      return recover(deps, owner);
  }
}

/** Money for a booking whose workflow is over goes back by itself; whatever else is said of one changes nothing. */
async function tellBooking(
  { db, workflows }: { db: Db; workflows: Workflows },
  owner: Extract<Owner, { is: 'booking' }>,
  { object_id: intentId }: BankEventRow,
): Promise<string> {
  const payment = await findPayment(db, owner.paymentId);
  const isAnother = payment?.status === 'posted' && owner.says === 'posted' && payment.intentId !== intentId;
  if (isAnother && intentId !== null) return giveBack({ db, workflows }, owner, intentId);
  if (payment?.status === 'posted' || (payment?.status === owner.says && owner.says !== 'pending'))
    return 'known';
  const workflowId = bookStayId(owner.bookingId);
  if (await workflows.tell(workflowId, bankSpoke)) return workflowId;
  if (owner.says !== 'posted' || payment === undefined) return 'nobody';
  return giveBack({ db, workflows }, owner);
}

/** Has money taken in and given back. With an intent, it came in beside that which had paid. */
async function giveBack(
  { db, workflows }: { db: Db; workflows: Workflows },
  owner: Extract<Owner, { is: 'booking' }>,
  intentId?: string,
): Promise<string> {
  const booking = await findBooking(db, owner.bookingId);
  if (booking?.paymentId !== owner.paymentId) return 'nobody';
  const { id: bookingId, paymentId, totalMinor: amountMinor, currency, requestedAt: since } = booking;
  const late = { bookingId, paymentId, amountMinor, currency, since };
  const order = latePaymentOrder({ ...late, ...(intentId !== undefined && { intentId }) });
  await workflows.start(order);
  return order.id;
}

/** A refund whose workflow is over is still heard of when its money comes back. */
async function tellRefund(
  { db, workflows }: { db: Db; workflows: Workflows },
  owner: Extract<Owner, { is: 'refund' }>,
): Promise<string> {
  const refund = await findRefund(db, owner.refundId);
  if (refund?.status === 'settled' && owner.hasFailed) {
    const order = returnedRefundOrder(owner.refundId);
    await workflows.start(order);
    return order.id;
  }
  if (refund?.status !== 'pending') return 'known';
  const workflowId = refundPaymentId(owner.refundId);
  return (await workflows.tell(workflowId, refundSpoke)) ? workflowId : 'nobody';
}

/** All payouts of a host that wait: what the bank has to say of their account may be what they wait for. */
async function tellPayouts(
  { db, workflows }: { db: Db; workflows: Workflows },
  accountId: string,
): Promise<string> {
  const hostId = await findPayee(db, accountId);
  const payouts = hostId === undefined ? [] : await findOpenPayouts(db, hostId);
  for (const payout of payouts) await workflows.tell(payHostId(payout), payoutSpoke);
  return payouts.map(payHostId).join(' ') || 'nobody';
}

/** The bank could not pay a host's bank account, or got back what it had paid. */
async function recover(
  { db, workflows }: { db: Db; workflows: Workflows },
  { bankPayoutId, accountId }: Extract<Owner, { is: 'returned_payout' }>,
): Promise<string> {
  if ((await findPayee(db, accountId)) === undefined) return 'nobody';
  const order = recoverPayoutOrder({ bankPayoutId, accountId });
  await workflows.start(order);
  return order.id;
}
