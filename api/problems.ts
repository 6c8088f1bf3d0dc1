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
  property_in_use: 409,
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

/** A refusal tells its story; a defect tells only under which request id the log has it. */
export function problemOf(error: unknown, requestId: string): Problem {
  const refusal =
    error instanceof DomainError
      ? error
      : new DomainError('internal_error', `Something broke on our side. Please quote request ${requestId}.`);
  const { code, message, details } = refusal;
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
