import type { z } from 'zod';
import type { HostMovement, StepSums } from '#db/statements.ts';
import { addToTotals, inOrder, kindOfMovement, statementDate } from '#domain/statements.ts';
import type { KindTotal } from '#domain/statements.ts';
import type { Statement, StatementMovement } from './schemas.ts';

/** What a period did to a balance, in minor units. */
export interface Sums {
  openingMinor: number;
  closingMinor: number;
  /** The balance before the first movement that is shown. */
  carriedMinor: number;
  totals: KindTotal[];
}

/** The sums of each kind of step, as a statement has them. */
export function sumsOf(steps: readonly StepSums[]): Sums {
  const sums: Sums = { openingMinor: 0, closingMinor: 0, carriedMinor: 0, totals: [] };
  for (const { word, earlierMinor, carriedMinor, count, amountMinor } of steps) {
    sums.openingMinor += earlierMinor;
    sums.carriedMinor += carriedMinor;
    sums.closingMinor += earlierMinor + amountMinor;
    if (count > 0) addToTotals(sums.totals, { kind: kindOfMovement(word), count, amountMinor });
  }
  return { ...sums, totals: inOrder(sums.totals) };
}

/** A movement, and what the host had after it. */
export function presentMovement(movement: HostMovement, balance: number): z.output<typeof StatementMovement> {
  const { step, at, bookingId, propertyId, propertyTitle, amountMinor, debtPaidMinor } = movement;
  const kind = kindOfMovement(step);
  return {
    id: step,
    at,
    date: statementDate(at),
    kind,
    bookingId,
    propertyId,
    property: propertyTitle,
    amount: amountMinor,
    ...(kind === 'payout' && debtPaidMinor > 0 && { debtNetted: debtPaidMinor }),
    balance,
  };
}

export function presentStatement(
  head: Pick<z.output<typeof Statement>, 'hostId' | 'from' | 'to' | 'currency'>,
  sums: Sums,
  { movements, nextCursor }: { movements: readonly HostMovement[]; nextCursor: string | null },
): z.output<typeof Statement> {
  let balance = sums.carriedMinor;
  return {
    ...head,
    timeZone: 'UTC',
    openingBalance: sums.openingMinor,
    closingBalance: sums.closingMinor,
    totals: sums.totals.map(({ kind, count, amountMinor }) => ({ kind, count, amount: amountMinor })),
    movements: movements.map((movement) => presentMovement(movement, (balance += movement.amountMinor))),
    nextCursor,
  };
}
