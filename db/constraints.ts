import { DatabaseError } from 'pg';
import { DomainError } from '#domain/errors.ts';

/**
 * What the caller is told when a constraint, the last line behind our own reads, refuses a write. A constraint
 * without an entry guards against our own mistakes: its violation is a defect, and a 500.
 */
const REFUSALS: Readonly<Record<string, () => DomainError>> = {
  stays_do_not_overlap: () => datesUnavailable(),
  emails_are_unique: () =>
    new DomainError('email_taken', 'There is an account with this mail address already.'),
};

export function datesUnavailable(): DomainError {
  return new DomainError('dates_unavailable', 'Some of these nights are taken.');
}

/** What PostgreSQL said, also where Objection has wrapped it; undefined for any other error. */
export function databaseError(error: unknown): DatabaseError | undefined {
  const cause = error instanceof Error && 'nativeError' in error ? error.nativeError : error;
  return cause instanceof DatabaseError ? cause : undefined;
}

/** The refusal that a violated constraint stands for; any other error as it is. */
export function asRefusal(error: unknown): unknown {
  return REFUSALS[databaseError(error)?.constraint ?? '']?.() ?? error;
}
