import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '#config';
import { connect } from '#db/connect.ts';
import { checksAgainstBank } from '#db/doctor/bank.ts';
import { checksOfCalendars } from '#db/doctor/calendars.ts';
import type { Check, Finding } from '#db/doctor/checks.ts';
import { checksOfDisputes } from '#db/doctor/disputes.ts';
import { checksOfInstalments } from '#db/doctor/instalments.ts';
import { checksOfMoney } from '#db/doctor/money.ts';
import { checksOfNights } from '#db/doctor/nights.ts';
import { checksOfPayouts, checkTransfers } from '#db/doctor/payouts.ts';
import { checksOfRecords } from '#db/doctor/records.ts';
import { checksOfReviews } from '#db/doctor/reviews.ts';
import { checksOfSettlement } from '#db/doctor/settlement.ts';
import { checksOfWorkflows } from '#db/doctor/workflows.ts';
import type { BookingId, BulkCancellationId, RefundId } from '#domain/ids.ts';
import { createBankRecords } from '#gateways/bank-records.ts';
import { connectWorkflows } from '#gateways/workflows.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { payHostId } from '#workflows/payouts.contract.ts';
import { bulkCancellationId } from '#workflows/bulk-cancellations.contract.ts';
import { settleDisputeId } from '#workflows/disputes.contract.ts';
import { refundPaymentId } from '#workflows/refunds.contract.ts';
import { collectReviewsId } from '#workflows/reviews.contract.ts';

/** One invariant and what breaks it: nothing, when all is well. */
export interface Verdict {
  invariant: string;
  findings: Finding[];
}

export interface Doctor extends AsyncDisposable {
  /**
   * Looks at every invariant. What is under way looks broken for a moment, so a finding counts only if it is there at
   * every look for `patienceMs`.
   */
  examine(patienceMs?: number): Promise<Verdict[]>;
}

/** Nothing that is under way takes longer than this between the bank and our record of it, unless something is down. */
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 500;

/** Compares tables, bank and workflows of the platform that the configuration names. Reads only. */
export function openDoctor(config: Config): Doctor {
  const opened = new AsyncDisposableStack();
  const db = opened.adopt(
    connect({
      databaseUrl: config.databaseUrl,
      poolSize: 2,
      acquireTimeoutMs: 600_000,
      statementTimeoutMs: 600_000,
      applicationName: 'stayward-doctor',
    }),
    (pool) => pool.destroy(),
  );
  const workflows = opened.use(connectWorkflows(config.temporal));
  const records = createBankRecords(config.stripe);
  const checks = [
    ...checksOfNights(db),
    ...checksOfCalendars(db),
    ...checksOfMoney(db),
    ...checksOfPayouts(db),
    ...checksOfDisputes(db),
    ...checksOfSettlement(db),
    ...checksOfInstalments(db),
    ...checksOfRecords(db),
    ...checksOfReviews(db),
    ...checksAgainstBank(db, (since) => records.payments(since)),
    checkTransfers(db, () => records.transfers()),
    ...checksOfWorkflows(db, {
      booking: (id) => workflows.isRunning(bookStayId(id as BookingId)),
      refund: (id) => workflows.isRunning(refundPaymentId(id as RefundId)),
      payout: (payout) => workflows.isRunning(payHostId(payout)),
      bulkCancellation: (id) => workflows.isRunning(bulkCancellationId(id as BulkCancellationId)),
      dispute: (id) => workflows.isRunning(settleDisputeId(id)),
      reviewWindow: (id) => workflows.isRunning(collectReviewsId(id as BookingId)),
    }),
  ];
  return {
    examine: (patienceMs = PATIENCE_MS) => Promise.all(checks.map((check) => examined(check, patienceMs))),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

async function examined({ invariant, breaches }: Check, patienceMs: number): Promise<Verdict> {
  const deadline = Date.now() + patienceMs;
  let findings = await breaches();
  while (findings.length > 0 && Date.now() < deadline) {
    await delay(LOOK_AGAIN_MS);
    const now = new Map((await breaches()).map((finding) => [finding.id, finding]));
    findings = findings.flatMap(({ id }) => now.get(id) ?? []);
  }
  return { invariant, findings };
}
