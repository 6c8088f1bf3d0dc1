import type { BookingActivities } from '#activities/bookings.ts';
import type { BulkCancellationActivities } from '#activities/bulk-cancellations.ts';
import type { CalendarActivities } from '#activities/calendars.ts';
import type { MaintenanceActivities } from '#activities/maintenance.ts';
import type { NotificationActivities } from '#activities/notifications.ts';
import type { PaymentActivities } from '#activities/payments.ts';
import type { PayoutActivities } from '#activities/payouts.ts';
import type { ReconciliationActivities } from '#activities/reconciliation.ts';
import type { ReviewActivities } from '#activities/reviews.ts';

export type Activity =
  | keyof BookingActivities
  | keyof PaymentActivities
  | keyof PayoutActivities
  | keyof NotificationActivities
  | keyof ReviewActivities
  | keyof BulkCancellationActivities
  | keyof ReconciliationActivities
  | keyof CalendarActivities
  | keyof MaintenanceActivities;

/**
 * What each step is called in the Temporal UI. A summary travels with the command that is there anyway, so it costs no
 * event; fixed words tell of nobody.
 */
export const SUMMARIES: Readonly<Record<Activity, string>> = {
  holdNights: 'Take the nights',
  noteBank: 'Note what the bank says',
  endHold: 'Free the nights',
  askHost: 'Ask the host',
  remindHost: 'Remind the host',
  confirmFree: 'Confirm a stay that is free',
  acceptPayment: 'Take the money in',
  cancelStay: 'Cancel the stay',
  beginStay: 'Begin the stay',
  completeStay: 'Complete the stay',
  recordStay: 'Record what a side says',
  readTimers: 'Read what the timers are set by',
  proposeAlteration: 'Put a proposal on record',
  closeProposal: 'Put away a proposal',
  acceptAlteration: 'Agree to the alteration',
  noteAlteration: 'Note what the bank says of the difference',
  completeAlteration: 'Take the difference in',
  endAlteration: 'Leave the booking as it was',
  collectPayment: 'Ask the bank for the money',
  confirmPayment: 'Try the card at the bank',
  readPayment: 'Ask the bank what it knows',
  capturePayment: 'Take what is reserved',
  closePayment: 'Close the payment at the bank',
  acceptLatePayment: 'Take late money in',
  takeRefundIn: 'Take in what was given back by hand',
  startRefund: 'Start the refund',
  refundAtBank: 'Ask the bank to give back',
  readRefund: 'Ask the bank how it stands',
  recordRefund: 'Write the refund down',
  isHostOwed: 'Look what the host keeps',
  startPayout: 'Start the payout',
  preparePayout: 'Put the payout aside',
  sendPayout: 'Ask the bank to pay the host',
  recordPayout: 'Write the payout down',
  readReturned: 'Ask the bank what came back',
  takeBackPayout: 'Take the payout back',
  reclaimPayout: 'Take from the host what goes back',
  recordReclaim: 'Write down what was taken',
  recordReturn: 'Write the return down',
  freezePayout: 'Take back what is disputed',
  recordFreeze: 'Write down what was taken',
  readInstalments: 'Read what is still to be paid',
  openInstalment: 'Open the instalment',
  chargeInstalment: 'Charge the instalment',
  noteInstalment: 'Note that it is not paid',
  acceptInstalment: 'Take the instalment in',
  lapseInstalments: 'Let go of what was not paid',
  saveCard: 'Have the bank keep the card',
  readCardSetup: 'Ask whether the card is kept',
  keepCard: 'Go by the new card',
  readDispute: 'Ask the bank how the dispute stands',
  recordDispute: 'Write down how the dispute stands',
  answerDispute: 'Hand the evidence in',
  remindOperators: 'Remind the operators',
  openReviews: 'Open the window for reviews',
  submitReview: 'Take a review',
  editReview: 'Change a review',
  withdrawReview: 'Take a review back',
  remindReviewers: 'Remind who has not written',
  revealReviews: 'Make public what is in',
  sendMail: 'Send the mail',
  cancelSome: 'Cancel the next bookings',
  endBulk: 'Put the end on record',
  hearWhatWasLost: 'Hear what was lost of the bank’s words',
  hearWhatPayeesLost: 'Hear what was lost about hosts’ accounts',
  noteMovements: 'Read what has moved at the bank',
  settleMovements: 'Settle what the ledger explains',
  findUnknown: 'Look for what the bank does not know',
  resolveDiscrepancy: 'Do what an operator has asked for',
  importCalendar: 'Read the calendar and take its nights',
  startDueSyncs: 'Start what is due',
  resumeRequested: 'Take up what was left',
  retimeStays: 'Go by the wall where zone data has changed',
};

type Step = (input: never) => Promise<unknown>;

/** What `proxyActivities` and its local brother give, as far as it is used here. */
type Callable<T> = Readonly<
  Record<keyof T, { executeWithOptions(options: { summary: string }, args: never): Promise<unknown> }>
>;

/** The same activities, each under its own words. */
export function named<T extends Partial<Record<Activity, Step>>>(proxy: Callable<T>): T {
  const call =
    (name: Activity & keyof T) =>
    (...args: unknown[]) =>
      proxy[name].executeWithOptions({ summary: SUMMARIES[name] }, args as never);
  return new Proxy({} as T, { get: (_, name) => call(name as Activity & keyof T) });
}
