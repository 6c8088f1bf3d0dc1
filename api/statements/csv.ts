import type { Db } from '#db/connect.ts';
import { everyMovement } from '#db/statements.ts';
import { inMajorUnits } from '#domain/money.ts';
import { csvRecord } from '../csv.ts';
import { presentMovement } from './presenter.ts';
import type { WholeStatement } from './whole.ts';

/** Told of in the endpoint's description: programs read them by name, so none is ever renamed. */
export const CSV_COLUMNS = [
  'date',
  'at',
  'kind',
  'booking_id',
  'property_id',
  'property',
  'amount',
  'balance',
  'currency',
  'debt_netted',
  'id',
] as const;

type Line = Partial<Record<(typeof CSV_COLUMNS)[number], string>>;

const record = (line: Line): string => csvRecord(CSV_COLUMNS.map((column) => line[column] ?? ''));

/** A whole statement, line by line: what the host had, each movement, and what they had then. */
export async function* csvOfStatement(db: Db, statement: WholeStatement): AsyncGenerator<string> {
  const { from, to, currency } = statement;
  const major = (amount: number): string => inMajorUnits({ amount, currency });
  let balance = statement.openingMinor;
  yield csvRecord(CSV_COLUMNS);
  yield record({ date: from, kind: 'opening_balance', balance: major(balance), currency });
  for await (const movement of everyMovement(db, statement)) {
    balance += movement.amountMinor;
    const { id, date, at, kind, bookingId, propertyId, property, amount, debtNetted } = presentMovement(
      movement,
      balance,
    );
    yield record({
      date,
      at,
      kind,
      booking_id: bookingId,
      property_id: propertyId,
      property,
      amount: major(amount),
      balance: major(balance),
      currency,
      ...(debtNetted !== undefined && { debt_netted: major(debtNetted) }),
      id,
    });
  }
  yield record({ date: to, kind: 'closing_balance', balance: major(balance), currency });
}
