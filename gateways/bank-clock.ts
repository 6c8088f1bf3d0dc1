import { DomainError } from '#domain/errors.ts';

/** The bank's own idea of a booking's time. */
export interface BankClock {
  /** To an instant, RFC 3339 UTC; one that has passed there changes nothing. @throws DomainError `unavailable` */
  advanceTo(bookingId: string, at: string): Promise<void>;
}

const WITHIN_MS = 10_000;

/** A bank at an address of our own is the simulator, whose time can be moved for one booking. Stripe's cannot. */
export function createBankClock(apiBase: string | undefined): BankClock | undefined {
  if (apiBase === undefined) return undefined;
  return {
    async advanceTo(bookingId, at) {
      const response = await fetch(new URL('/_sim/clock', apiBase), {
        method: 'POST',
        body: JSON.stringify({ metadata: { bookingId }, advanceTo: at }),
        signal: AbortSignal.timeout(WITHIN_MS),
      });
      await response.body?.cancel();
      if (!response.ok) throw new DomainError('unavailable', 'The bank’s clock cannot be moved.');
    },
  };
}
