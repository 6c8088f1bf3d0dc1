import { z } from 'zod';
import { findStatementCurrencies, listMovements, sumMovements } from '#db/statements.ts';
import type { Position } from '#db/statements.ts';
import { inSnapshot } from '#db/transaction.ts';
import { findUser } from '#db/users.ts';
import { DomainError, invalidInput, notFound } from '#domain/errors.ts';
import type { FieldError } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import { isOperator } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import { STATEMENT_MAX_DAYS, boundsOf } from '#domain/statements.ts';
import { decodeCursor, encodeCursor } from '../cursors.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { ok, streamed } from '../replies.ts';
import { SHEET_HEADERS } from '../sheet.ts';
import { CSV_COLUMNS, csvOfStatement } from './csv.ts';
import { presentStatement, sumsOf } from './presenter.ts';
import { Statement, StatementQuery } from './schemas.ts';
import { sheetOfStatement } from './sheet.ts';
import type { WholeStatement } from './whole.ts';

interface Asked {
  query: z.output<typeof StatementQuery>;
  actor: Actor;
  db: ApiDeps['db'];
}

export const readStatement = endpoint({
  method: 'get',
  path: '/statements',
  auth: 'user',
  summary: 'Read your statement as a host',
  description:
    `What you had before a period of at most ${STATEMENT_MAX_DAYS} days, each movement of your money in it, and what you ` +
    'had at its end. Dates are those of the moments at which money moved, in UTC, the first and the last included. As ' +
    'JSON by pages; as a whole for `Accept: text/csv` and `Accept: text/html`, a sheet to be read, printed and kept.\n\n' +
    `The columns of the CSV are ${CSV_COLUMNS.map((column) => `\`${column}\``).join(', ')}. Amounts are in the major ` +
    'unit of the currency with all of its decimals. The first line under the names is `opening_balance`, the last ' +
    "`closing_balance`. A title that a spreadsheet would take for a formula has a `'` before it.",
  query: StatementQuery,
  output: { 200: Statement },
  problems: ['forbidden', 'not_found'],
  async handle({ query, actor, db }) {
    const { hostId, currency } = await accountFor({ query, actor, db });
    const { from, to, limit } = query;
    const scope = { hostId, currency, ...boundsOf({ from, to }) };
    const after = positionIn(scope, query.cursor);
    const [steps, rows] = await inSnapshot(db, async (trx) => [
      await sumMovements(trx, scope, after),
      await listMovements(trx, scope, { after, limit: limit + 1 }),
    ]);
    const movements = rows.slice(0, limit);
    const last = rows.length > limit ? movements.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ at: last.at, step: last.step });
    return ok(presentStatement({ hostId, from, to, currency }, sumsOf(steps), { movements, nextCursor }));
  },
  also: {
    async 'text/csv'(asked) {
      const statement = await wholeStatement(asked);
      const name = `statement-${statement.currency}-${statement.from}-${statement.to}.csv`;
      return streamed(csvOfStatement(asked.db, statement), {
        'Content-Type': 'text/csv; charset=utf-8; header=present',
        'Content-Disposition': `attachment; filename="${name}"`,
      });
    },
    async 'text/html'(asked) {
      return streamed(sheetOfStatement(asked.db, await wholeStatement(asked)), SHEET_HEADERS);
    },
  },
});

interface Account {
  hostId: UserId;
  hostName: string;
  currency: Currency;
}

/**
 * Whose account it is about.
 * @throws DomainError `forbidden`; `not_found`; `invalid_input` where there are several currencies, and none is named
 */
async function accountFor({ query, actor, db }: Asked): Promise<Account> {
  const { hostId = actor.id, currency } = query;
  if (hostId !== actor.id && !isOperator(actor))
    throw new DomainError('forbidden', 'Only operators see the statements of others.');
  const host = await findUser(db, hostId);
  if (host === undefined) throw notFound('user');
  const hostName = host.name;
  if (currency !== undefined) return { hostId, hostName, currency };
  const currencies = await findStatementCurrencies(db, hostId);
  const [first] = currencies;
  if (first === undefined || currencies.length > 1) throw whichCurrency(currencies);
  return { hostId, hostName, currency: first };
}

function whichCurrency(currencies: readonly Currency[]): DomainError {
  const message =
    currencies.length === 0
      ? 'No money has moved yet: name the currency of the statement.'
      : `A statement is in one currency: name one of ${currencies.join(', ')}.`;
  const errors: FieldError[] = [{ path: 'currency', message }];
  return new DomainError('invalid_input', message, { errors, currencies });
}

/** A cursor of another period would begin with another balance. */
function positionIn(
  { since, before }: { since: string; before: string },
  cursor: string | undefined,
): Position | undefined {
  const schema = z.strictObject({ at: z.iso.datetime(), step: z.string().max(200) });
  const after = decodeCursor(schema, cursor);
  if (after !== undefined && (after.at < since || after.at >= before))
    throw invalidInput('cursor', 'This is a cursor of another period.');
  return after;
}

/** Whose statement it is, and what they had before. All else is read while it is sent. */
async function wholeStatement(asked: Asked): Promise<WholeStatement> {
  const { query, db } = asked;
  if (query.cursor !== undefined) throw invalidInput('cursor', 'Only JSON comes by pages.');
  const { hostId, hostName, currency } = await accountFor(asked);
  const { from, to } = query;
  const { since, before } = boundsOf({ from, to });
  const { openingMinor } = sumsOf(await sumMovements(db, { hostId, currency, since, before }));
  return { hostId, hostName, from, to, currency, since, before, openingMinor };
}

export const statementEndpoints = [readStatement];
