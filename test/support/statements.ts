import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import type { Person, Wire } from './people.ts';
import { inDays } from './people.ts';

/** Long enough for whatever a journey lives through, by its own clock. */
export const PERIOD = `from=${inDays(-1)}&to=${inDays(300)}`;

/** The statement of a host over all that a journey has lived through, in one page. */
export async function statementOf(host: Person, query = ''): Promise<Wire> {
  return host.must(200, host.get(`/statements?${PERIOD}&limit=100${query}`));
}

/** What a statement says line by line: kind, amount, balance. */
export function linesOf({ movements }: Wire): [kind: string, amount: number, balance: number][] {
  return movements.map(({ kind, amount, balance }: Wire) => [kind, amount, balance]);
}

/** The same as a file, each record by the names of its columns. */
export async function statementFile(host: Person, query = ''): Promise<Record<string, string>[]> {
  const accept = { headers: { accept: 'text/csv' } };
  const { status, body, headers } = await host.call(`/statements?${PERIOD}${query}`, accept);
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^text\/csv;/);
  return parse(body, { columns: true, relax_column_count: false });
}

/** A page that a person reads, as a browser asks for it. */
export async function sheetAt(person: Person, path: string): Promise<Wire> {
  return person.call(path, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
}
