import { isOutage } from '#db/outages.ts';
import { DomainError } from '#domain/errors.ts';
import type { ErrorCode } from '#domain/errors.ts';

/** What HTTP calls each refusal: the only such table. Several codes share a status; the code is what clients test. */
export const STATUS_OF = {
  invalid_input: 400,
  idempotency_key_missing: 400,
  unauthenticated: 401,
  card_declined: 402,
  payment_action_required: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  dates_unavailable: 409,
  quote_expired: 409,
  hold_limit: 409,
  booking_state: 409,
  dispute_state: 409,
  discrepancy_state: 409,
  property_in_use: 409,
  calendar_limit: 409,
  review_not_eligible: 409,
  email_taken: 409,
  idempotency_in_progress: 409,
  stay_refused: 422,
  amount_too_small: 422,
  refund_exceeds_payment: 422,
  idempotency_key_reused: 422,
  rate_limited: 429,
  internal_error: 500,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>;

/** An RFC 9457 problem: `code` and what goes with it are for programs, `detail` is a sentence for people. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  requestId: string;
  [detail: string]: unknown;
}

/** `dates_unavailable` → `Dates unavailable`. */
function titleOf(code: ErrorCode): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const OUTAGE_RETRY_SECONDS = 2;

/** A refusal tells its story, an outage passes; a defect tells only under which request id the log has it. */
function refusalIn(error: unknown, requestId: string): DomainError {
  if (error instanceof DomainError) return error;
  if (isOutage(error)) {
    return new DomainError('unavailable', 'This cannot be answered right now. Try again soon.', {
      retryAfterSeconds: OUTAGE_RETRY_SECONDS,
    });
  }
  return new DomainError('internal_error', `Something broke on our side. Please quote request ${requestId}.`);
}

/** What is said of whatever was thrown, by REST and GraphQL alike. */
export function problemOf(error: unknown, requestId: string): Problem {
  const { code, message, details } = refusalIn(error, requestId);
  return {
    ...details,
    type: `urn:stayward:problem:${code}`,
    title: titleOf(code),
    status: STATUS_OF[code],
    detail: message,
    code,
    requestId,
  };
}

/** What the log is told of an error that is no refusal; undefined for one that is. */
export function complaintOf(error: unknown): string | undefined {
  if (error instanceof DomainError) return undefined;
  return isOutage(error) ? 'the database is away' : 'defect';
}
