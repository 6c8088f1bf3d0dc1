import type { Logger } from 'pino';
import type { Db } from '#db/connect.ts';
import type { Cache } from '#gateways/cache.ts';
import type { Passwords } from '#gateways/passwords.ts';
import type { Bank } from '#gateways/bank.ts';
import type { RateLimits } from '#gateways/rate-limits.ts';
import type { Disputes } from './payments/dispute-commands.ts';
import type { Refunds } from './payments/commands.ts';
import type { Payouts } from './payouts/commands.ts';
import type { Calendars } from './calendars/commands.ts';
import type { Bookings } from './bookings/commands.ts';
import type { Metrics } from './platform/metrics.ts';
import type { PublishedProperties } from './properties/cache.ts';
import type { Reviews } from './reviews/commands.ts';
import type { Sandbox } from './sandbox/commands.ts';

/** What an operator may set about the API; the defaults are in `config.ts`. */
export interface ApiSettings {
  /** Origins that browsers may call from; none by default. */
  corsOrigins: readonly string[];
  /** Whether `X-Forwarded-For` and `-Proto` come from our own proxy. */
  trustProxy: boolean;
  /** Whether addresses that users give may be http: in development, where they are on the same machine. */
  outgoingAnywhere: boolean;
}

/**
 * All that endpoints run on, built once in `bin/api.ts` and handed to every `handle` beside its input, so that
 * `handle({ input, db, cache })` names exactly what it uses. A domain adds its own line here.
 */
export interface ApiDeps {
  db: Db;
  cache: Cache;
  log: Logger;
  /** The wall clock; bookings have their own (`bookingNow`). */
  now: () => Date;
  /** Aborted: the process has been asked to stop, and answers only what has come until it does. */
  leaving: AbortSignal;
  passwords: Passwords;
  rateLimits: RateLimits;
  /** Parts that serving does not depend on, told of by `/readyz`: each asks whether it answers. */
  probes: Readonly<Record<string, () => Promise<boolean>>>;
  /** Undefined: nobody asks for them. */
  metrics?: Metrics | undefined;
  settings: ApiSettings;
  bank: Bank;
  bookings: Bookings;
  refunds: Refunds;
  disputes: Disputes;
  payouts: Payouts;
  reviews: Reviews;
  calendars: Calendars;
  /** Undefined: money is real, and time is nobody's to move. */
  sandbox?: Sandbox | undefined;
  /** Copies of published properties; whoever changes one drops its copy before answering. */
  properties: PublishedProperties;
  /** Signs quotes: whoever has it makes prices. */
  quoteSecret: string;
}
