import { z } from 'zod';
import { ROLES } from '#domain/permissions.ts';
import {
  EMAIL_MAX_CHARACTERS,
  NAME_MAX_CHARACTERS,
  PASSWORD_MAX_CHARACTERS,
  PASSWORD_MIN_CHARACTERS,
  normalizedEmail,
} from '#domain/users.ts';
import { IdOf, Instant } from '../schemas.ts';

export const Email = z
  .email('Must be a mail address.')
  .max(EMAIL_MAX_CHARACTERS)
  .transform(normalizedEmail)
  .meta({ example: 'ada@example.com' });

const Name = z
  .string()
  .trim()
  .min(1, 'Must not be empty.')
  .max(NAME_MAX_CHARACTERS)
  .regex(/^\P{Cc}*$/u, 'Must be on one line.')
  .meta({ example: 'Ada Lovelace' });

const NewPassword = z
  .string()
  .min(PASSWORD_MIN_CHARACTERS, `Must have ${PASSWORD_MIN_CHARACTERS} characters or more.`)
  .max(PASSWORD_MAX_CHARACTERS, `Must have ${PASSWORD_MAX_CHARACTERS} characters or fewer.`)
  .meta({ format: 'password', example: 'correct horse battery' });

/** A password to compare: only its length is checked, as whoever has it chose it before today's rules. */
export const GivenPassword = z
  .string()
  .min(1, 'Must not be empty.')
  .max(PASSWORD_MAX_CHARACTERS)
  .meta({ format: 'password', example: 'correct horse battery' });

export const NewUser = z.strictObject({ email: Email, password: NewPassword, name: Name });

export const UserChanges = z.strictObject({
  name: Name.optional(),
  email: Email.optional(),
  password: NewPassword.optional(),
  currentPassword: GivenPassword.optional().meta({
    description: 'Needed to change mail address or password.',
  }),
});

export const User = z
  .strictObject({
    id: IdOf('user'),
    name: z.string(),
    email: z.string(),
    roles: z.array(z.enum(ROLES)),
    createdAt: Instant,
  })
  .meta({ id: 'User', description: 'An account, as its owner and operators see it.' });

export const PublicUser = z
  .strictObject({
    id: IdOf('user'),
    name: z.string(),
    createdAt: Instant,
    rating: z.strictObject({ average: z.number().nullable(), count: z.int() }),
  })
  .meta({ id: 'PublicUser', description: 'A user, as everyone else sees them.' });
