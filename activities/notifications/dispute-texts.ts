import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findDispute } from '#db/disputes.ts';
import type { DisputeRow } from '#db/disputes.ts';
import type { DisputeStatus } from '#domain/disputes.ts';
import type { DisputeId } from '#domain/ids.ts';
import { formatMoney } from '#domain/money.ts';
import type { Text } from './text.ts';

/** What operators are told of a dispute; undefined where there is nothing left to be done. */
export async function disputeText(
  db: Db,
  { kind, disputeId }: { kind: string; disputeId: DisputeId },
  booking: BookingRow,
): Promise<Text | undefined> {
  const dispute = await findDispute(db, disputeId);
  if (dispute === undefined) return undefined;
  if (kind === 'dispute.closed') return closed(dispute);
  if (dispute.evidenceSubmittedAt !== null || dispute.closedAt !== null) return undefined;
  return kind === 'dispute.reminded' ? reminder(dispute) : opened(dispute, booking);
}

function opened(dispute: DisputeRow, { checkIn, checkOut }: BookingRow): Text {
  const isInquiry = dispute.status.startsWith('inquiry');
  return {
    subject: `${money(dispute)} ${isInquiry ? 'inquired about' : 'disputed'}: ${dispute.id}`,
    lines: [
      `The guest of the stay from ${checkIn} to ${checkOut} has gone to their bank about ${money(dispute)} (“${dispute.reason}”).`,
      isInquiry
        ? 'The bank only asks so far, and has taken nothing.'
        : 'The bank has taken the amount and a fee back. The payout to the host waits.',
      answerBy(dispute),
    ],
  };
}

function reminder(dispute: DisputeRow): Text {
  return {
    subject: `Still to be answered: ${dispute.id}`,
    lines: [`Nobody has said anything yet to the dispute of ${money(dispute)}.`, answerBy(dispute)],
  };
}

const VERDICTS: Readonly<Partial<Record<DisputeStatus, string>>> = {
  won: 'The bank has given the money back.',
  lost: 'The guest keeps the money. The ledger says who bears it.',
  inquiry_closed: 'The bank has asked, and nothing came of it.',
};

function closed(dispute: DisputeRow): Text {
  return {
    subject: `Over: ${dispute.id}`,
    lines: [`The dispute of ${money(dispute)} is over.`, VERDICTS[dispute.status] ?? ''],
  };
}

function answerBy({ id, dueBy }: DisputeRow): string {
  const until = dueBy === null ? '' : ` until ${dueBy}`;
  return (
    `Evidence is taken${until}. What we know of the stay is handed in by itself before then; ` +
    `to add words of your own, and hand it in at once: POST /disputes/${id}/evidence.`
  );
}

function money({ amountMinor: amount, currency }: DisputeRow): string {
  return formatMoney({ amount, currency });
}
