import { z } from 'zod';
import { IdOf, Instant } from '../schemas.ts';
import { Email, GivenPassword, User } from '../users/schemas.ts';

export const Credentials = z.strictObject({ email: Email, password: GivenPassword });

export const Refresh = z.strictObject({ refreshToken: z.string().min(1).max(100) });

export const SignedIn = z
  .strictObject({
    token: z.string().meta({ description: 'Sent as `Authorization: Bearer …`.' }),
    refreshToken: z.string().meta({ description: 'Good once, for `POST /sessions/refresh`.' }),
    expiresAt: Instant.meta({ description: 'When `token` ends.' }),
    user: User,
  })
  .meta({ id: 'SignedIn' });

export const Session = z
  .strictObject({
    id: IdOf('session'),
    current: z.boolean().meta({ description: 'Whether this call was made with it.' }),
    userAgent: z.string().nullable(),
    createdAt: Instant,
    refreshedAt: Instant,
  })
  .meta({ id: 'Session', description: 'A sign-in that has not ended.' });
