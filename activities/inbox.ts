import { findBookingOfPayment } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findDisputeAtBank } from '#db/disputes.ts';
import { findInstalmentOf } from '#db/instalments.ts';
import { findPayment, findPaymentByIntent, someIntentIsUnknown } from '#db/payments.ts';
import type { PaymentRow } from '#db/payments.ts';
import { findPayee } from '#db/payout-accounts.ts';
import { findOpenPayouts } from '#db/payouts.ts';
import { findRefundAtBank } from '#db/refunds-by-hand.ts';
import { findRefund } from '#db/refunds.ts';
import { leaveAside, markDelivered, readUndelivered } from '#db/relay.ts';
import type { BankEventRow } from '#db/relay.ts';
import { LIVE_PAYMENT_STATUSES } from '#domain/payments.ts';
import type { PaymentStatus } from '#domain/payments.ts';
import type { Order, Workflows } from '#gateways/workflows.ts';
import { bankSpoke, bookStayId } from '#workflows/bookings.contract.ts';
import { disputeOrder, disputeSpoke } from '#workflows/disputes.contract.ts';
import { MAX_EVENTS_TO_HEAR, ownerOf } from '#workflows/inbox.contract.ts';
import type { Owner } from '#workflows/inbox.contract.ts';
import { payHostId, payoutSpoke, recoverPayoutOrder } from '#workflows/payouts.contract.ts';
import {
  latePaymentOrder,
  madeRefundOrder,
  refundPaymentId,
  refundSpoke,
  returnedRefundOrder,
} from '#workflows/refunds.contract.ts';

/**
 * A booking that was paid in one act learns of its money from the bank's answer. Its webhook is left lying this long, so
 * that it need not be told again: a message costs the workflow server more than the wait costs anyone.
 */
export const GRACE_MS = 300;
const AT_ONCE = 100;

/** Longer than handing on takes; not so long that an owner who does not answer keeps everything else waiting. */
const TURN_MS = 5_000;

/**
 * Hands the bank's events to their owners. Returns how many were handed on. One that cannot be, or whose time has not come,
 * stays for the next turn, and is in nobody's way. All are written down together at the end: a turn that is cut short is done
 * again, which its owners bear.
 * @throws AggregateError of all that went wrong
 */
export async function deliverBankEvents(deps: { db: Db; workflows: Workflows }): Promise<number> {
  const until = performance.now() + TURN_MS;
  const errors: unknown[] = [];
  const handedOn = new Map<string, string>();
  const events = await readUndelivered(deps.db, GRACE_MS, AT_ONCE);
  for (const event of events) {
    if (performance.now() > until) break;
    try {
      const to = await deliver(deps, event);
      if (to !== undefined) handedOn.set(event.id, to);
    } catch (error) {
      errors.push(error);
    }
  }
  await markDelivered(deps.db, handedOn).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of the bank's events stay.`);
  return handedOn.size;
}

/** Whom it was handed to; undefined while that cannot be said yet, and where it is nobody's as far as can be said. */
async function deliver(
  deps: { db: Db; workflows: Workflows },
  event: BankEventRow,
): Promise<string | undefined> {
  const owner = ownerOf(event);
  if (owner === undefined) return 'nobody';
  switch (owner.is) {
    case 'booking':
      return tellBooking(deps, owner, event);
    case 'refund':
      return tellRefund(deps, owner);
    case 'refund_by_hand':
      return tellOfRefundByHand(deps, owner, event);
    case 'payee':
      return tellPayouts(deps, owner.accountId);
    case 'returned_payout':
      return recover(deps, owner);
    case 'card':
      return tellOfCard(deps, owner);
    case 'dispute':
      return tellOfDispute(deps, owner);
  }
}

/** Each said once of an intent. Everything else its payer can have the bank say, as often as they like. */
const OF_MONEY: readonly PaymentStatus[] = ['reserved', 'posted', 'voided'];

/** Its holder has passed the challenge of a card that is to be kept, or has not. */
async function tellOfCard(
  { workflows }: { workflows: Workflows },
  { bookingId }: Extract<Owner, { is: 'card' }>,
): Promise<string> {
  const workflowId = bookStayId(bookingId);
  if ((await workflows.lengthOf(workflowId)) >= MAX_EVENTS_TO_HEAR) return 'nobody any more';
  return (await workflows.tell(workflowId, bankSpoke)) ? workflowId : 'nobody';
}

/** Money for a booking whose workflow is over goes back by itself; whatever else is said of one changes nothing. */
async function tellBooking(
  { db, workflows }: { db: Db; workflows: Workflows },
  owner: Extract<Owner, { is: 'booking' }>,
  { object_id: intentId }: BankEventRow,
): Promise<string> {
  const payment = await findPayment(db, owner.paymentId);
  const isAnother = payment?.status === 'posted' && owner.says === 'posted' && payment.intentId !== intentId;
  if (isAnother && intentId !== null) return giveBackAnother(workflows, payment, intentId);
  if (payment?.status === 'posted' || (payment?.status === owner.says && owner.says !== 'pending'))
    return 'known';
  const workflowId = bookStayId(owner.bookingId);
  if (!OF_MONEY.includes(owner.says) && (await workflows.lengthOf(workflowId)) >= MAX_EVENTS_TO_HEAR)
    return 'nobody any more';
  if (await workflows.tell(workflowId, bankSpoke)) return workflowId;
  if (owner.says !== 'posted' || payment === undefined) return 'nobody';
  return giveBack({ db, workflows }, owner);
}

/** Has money taken in and given back that came in beside what had paid: for the booking, a month of it or an alteration. */
async function giveBackAnother(
  workflows: Workflows,
  { id: paymentId, bookingId, amountMinor, currency, createdAt: since }: PaymentRow,
  intentId: string,
): Promise<string> {
  return start(workflows, latePaymentOrder({ bookingId, paymentId, amountMinor, currency, since, intentId }));
}

/** Has money taken in and given back. */
async function giveBack(
  { db, workflows }: { db: Db; workflows: Workflows },
  { bookingId, paymentId }: Extract<Owner, { is: 'booking' }>,
): Promise<string> {
  const booking = await findBookingOfPayment(db, paymentId);
  if (booking?.id !== bookingId) return 'nobody';
  const instalment = await findInstalmentOf(db, paymentId);
  const amountMinor = instalment?.amountMinor ?? booking.totalMinor;
  const { currency, requestedAt: since } = booking;
  return start(workflows, latePaymentOrder({ bookingId, paymentId, amountMinor, currency, since }));
}

/** A refund whose workflow is over is still heard of when its money comes back. */
async function tellRefund(
  { db, workflows }: { db: Db; workflows: Workflows },
  owner: Extract<Owner, { is: 'refund' }>,
): Promise<string> {
  const refund = await findRefund(db, owner.refundId);
  if (refund?.status === 'settled' && owner.hasFailed)
    return start(workflows, returnedRefundOrder(owner.refundId));
  if (refund?.status !== 'pending') return 'known';
  const workflowId = refundPaymentId(owner.refundId);
  return (await workflows.tell(workflowId, refundSpoke)) ? workflowId : 'nobody';
}

/**
 * A refund that somebody made at the bank is taken in. Of money that was only reserved the bank calls the letting go one,
 * too. One may be heard of before the money that it gives back is: then it waits until that is posted, or is awaited no
 * longer; should it come all the same, the refund is heard of again.
 */
async function tellOfRefundByHand(
  { db, workflows }: { db: Db; workflows: Workflows },
  { bankRefundId, intentId, hasFailed }: Extract<Owner, { is: 'refund_by_hand' }>,
  { id, received_at: heardAt }: BankEventRow,
): Promise<string | undefined> {
  const mayBeUnknown = await someIntentIsUnknown(db, heardAt); // Asked first: what becomes known now is found below.
  const payment = await findPaymentByIntent(db, intentId);
  if (payment === undefined ? mayBeUnknown : isLive(payment.status)) return undefined;
  if (payment?.status !== 'posted') {
    await leaveAside(db, { id, intentId });
    return undefined;
  }
  const refund = await findRefundAtBank(db, bankRefundId);
  const made = madeRefundOrder({ paymentId: payment.id, bankRefundId });
  if (refund?.status === 'settled' && hasFailed) return start(workflows, returnedRefundOrder(refund.id));
  if (refund !== undefined && refund.status !== 'pending') return 'known';
  if (await workflows.start(made)) return made.id;
  return (await workflows.tell(made.id, refundSpoke)) ? made.id : 'nobody';
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
  return start(workflows, recoverPayoutOrder({ bankPayoutId, accountId }));
}

/** A dispute is taken up when it is first heard of, by whichever event comes first; what follows is a reason to look again. */
async function tellOfDispute(
  { db, workflows }: { db: Db; workflows: Workflows },
  { bankDisputeId }: Extract<Owner, { is: 'dispute' }>,
): Promise<string> {
  const dispute = await findDisputeAtBank(db, bankDisputeId);
  if (dispute !== undefined && dispute.closedAt !== null) return 'known';
  const order = disputeOrder(bankDisputeId);
  if (await workflows.start(order)) return order.id;
  return (await workflows.tell(order.id, disputeSpoke)) ? order.id : 'nobody';
}

function isLive(status: PaymentStatus): boolean {
  return LIVE_PAYMENT_STATUSES.some((live) => live === status);
}

async function start(workflows: Workflows, order: Order): Promise<string> {
  await workflows.start(order);
  return order.id;
}
