import type { StatementScope } from '#db/statements.ts';
import type { Period } from '#domain/statements.ts';

/**
 * A statement that is read while it is sent. Its end is what its beginning and its lines add up to, so it agrees with
 * itself, whatever is written meanwhile.
 */
export interface WholeStatement extends StatementScope, Period {
  hostName: string;
  /** What the host was owed before, in minor units. */
  openingMinor: number;
}
