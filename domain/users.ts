import { COMMON_PASSWORDS } from './common-passwords.ts';

export const PASSWORD_MIN_CHARACTERS = 8;
export const PASSWORD_MAX_CHARACTERS = 128;
export const NAME_MAX_CHARACTERS = 100;
/** RFC 5321: 256 for the path, less its angle brackets. */
export const EMAIL_MAX_CHARACTERS = 254;

/**
 * One spelling for each mailbox, so that nobody registers twice by a capital letter. The part before the @ is
 * case-sensitive on paper and nowhere else.
 */
export function normalizedEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

/** Why a password is too easy to guess, as a sentence; undefined when it will do. Length is the schema's to check. */
export function weaknessOf(password: string, person: { email: string; name: string }): string | undefined {
  const guess = password.toLowerCase();
  if (COMMON_PASSWORDS.has(guess)) return 'This is among the most common passwords.';
  if (new Set(guess).size < 3) return 'This has too few different characters.';
  const mailbox = person.email.split('@')[0] ?? '';
  const own = [person.email, mailbox, person.name].map((text) => text.toLowerCase());
  return own.includes(guess) ? 'This is your own name or mail address.' : undefined;
}
