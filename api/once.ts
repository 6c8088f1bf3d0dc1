import { findFinished, finish, release, settle } from '#db/idempotency.ts';
import type { Finished, Once } from '#db/idempotency.ts';
import type { Db } from '#db/connect.ts';
import { DomainError, isDomainError } from '#domain/errors.ts';
import type { Actor } from '#domain/permissions.ts';
import type { Endpoint } from './endpoint.ts';
import { STATUS_OF } from './problems.ts';

interface Acts<R> {
  /** Carries the call out, and claims the key in the transaction that writes the resource. */
  handle(): Promise<R>;
  /** Today's answer for what the earlier call made; throws the refusal that the resource has recorded. */
  replay(finished: Finished): Promise<R> | R;
}

/**
 * The key of a signed-in caller's call; undefined where the endpoint takes none or none was sent. `name` is what the
 * interface calls it.
 * @throws DomainError `idempotency_key_missing`; `invalid_input` unless it is 1 to 255 printable ASCII characters
 */
export function keyOf(
  { idempotency }: Pick<Endpoint, 'idempotency'>,
  actor: Actor | undefined,
  { key, name }: { key: string | undefined; name: string },
): string | undefined {
  if (idempotency === undefined || actor === undefined) return undefined;
  if (key === undefined || key === '') {
    if (idempotency === 'accepted') return undefined;
    throw new DomainError('idempotency_key_missing', `This needs an ${name}: a fresh key for each act.`);
  }
  if (/^[ -~]{1,255}$/.test(key)) return key;
  const message = `${name} must be 1 to 255 printable ASCII characters.`;
  throw new DomainError('invalid_input', message, { errors: [{ path: name, message }] });
}

async function replayed<R extends { status: number }>(
  db: Db,
  once: Once,
  act: () => Promise<R> | R,
): Promise<R> {
  const reply = await act();
  if (reply.status !== 202) await settle(db, once, reply.status);
  return reply;
}

/** A refusal is kept when a row says what was made and why it failed; a defect or an outage is not, so that it can be tried again. */
async function keepFailure(db: Db, once: Once, error: unknown): Promise<void> {
  const status = isDomainError(error) ? STATUS_OF[error.code] : 500;
  await (status >= 500 || isDomainError(error, 'idempotency_in_progress')
    ? release(db, once)
    : finish(db, once, status));
}

/**
 * Carries a call out once for its key, whoever speaks: HTTP and GraphQL alike. The answer says whether it is a replay;
 * `onReplay` is told before the replay, for the case that the replay throws.
 */
export async function runOnce<R extends { status: number }>(
  db: Db,
  once: Once,
  acts: Acts<R> & { onReplay?: () => void },
): Promise<R> {
  const finished = await findFinished(db, once);
  if (finished !== undefined) {
    acts.onReplay?.();
    if (finished.status === 202) return replayed(db, once, () => acts.replay(finished));
    const reply = await acts.replay(finished);
    return { ...reply, status: finished.status };
  }
  let reply: R;
  try {
    reply = await acts.handle();
  } catch (error) {
    await keepFailure(db, once, error);
    throw error;
  }
  await finish(db, once, reply.status);
  return reply;
}
