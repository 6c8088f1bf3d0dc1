import type { z } from 'zod';
import type { SessionRow, TokenPair } from '#db/sessions.ts';
import type { UserRow } from '#db/users.ts';
import type { SessionId } from '#domain/ids.ts';
import { presentUser } from '../users/presenter.ts';
import type { Session, SignedIn } from './schemas.ts';

export function presentSignIn(pair: TokenPair, user: UserRow): z.output<typeof SignedIn> {
  const { token, refreshToken, expiresAt } = pair;
  return { token, refreshToken, expiresAt, user: presentUser(user) };
}

export function presentSession(row: SessionRow, currentId: SessionId): z.output<typeof Session> {
  return {
    id: row.id,
    current: row.id === currentId,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    refreshedAt: row.refreshed_at,
  };
}
