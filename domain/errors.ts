/**
 * Every way in which Stayward says no, by the code that clients rely on. `api/problems.ts` gives each its
 * HTTP status; GraphQL carries it in `extensions.code`; across Temporal it is the failure's `type`.
 */
export const ERROR_CODES = [
  'invalid_input',
  'unauthenticated',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'dates_unavailable',
  'stay_refused',
  'quote_expired',
  'card_declined',
  'payment_action_required',
  'amount_too_small',
  'refund_exceeds_payment',
  'hold_limit',
  'booking_state',
  'dispute_state',
  'discrepancy_state',
  'property_in_use',
  'calendar_limit',
  'review_not_eligible',
  'email_taken',
  'idempotency_key_missing',
  'idempotency_key_reused',
  'idempotency_in_progress',
  'rate_limited',
  'unavailable',
  'internal_error',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** One bad field: a dotted path from the root of the input, and the rule it broke in words. */
export interface FieldError {
  path: string;
  message: string;
}

/** Facts that go with a refusal, flat and safe to show: `rule`, `status`, `declineCode`, `errors`, … */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A refusal that the caller can understand and act upon. Anything else that is thrown is a defect, and a 500.
 * `message` is an English sentence; `details` lands beside `code` in the answer.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** `invalid_input` for one field. */
export function invalidInput(path: string, message: string): DomainError {
  return new DomainError('invalid_input', message, { errors: [{ path, message }] satisfies FieldError[] });
}

/** `not_found`: also the answer for what exists but is none of the caller's business. */
export function notFound(what: string): DomainError {
  return new DomainError('not_found', `There is no such ${what}.`);
}

export function isDomainError(error: unknown, code?: ErrorCode): error is DomainError {
  return error instanceof DomainError && (code === undefined || error.code === code);
}
