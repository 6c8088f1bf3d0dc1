import assert from 'node:assert/strict';
import type pg from 'pg';
import type { Db, Transaction } from '#db/connect.ts';

/** How the database goes about one part of a statement. */
export interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Conflict Arbiter Indexes'?: string[];
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  'Plans'?: Plan[];
}

/** How it went about the whole, once carried out. */
export interface Explained {
  sql: string;
  nodes: Plan[];
  /** Pages of 8 kB, each time one was looked at. */
  buffers: number;
  /** Every index that was read, or that a conflict was looked for in. */
  indexes: string[];
}

interface Asked {
  sql: string;
  bindings: unknown[];
}

/** The very statements that some work sends to the database, without those that begin and end transactions. */
export async function statementsOf(db: Db, work: () => Promise<unknown>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const onQuery = ({ sql, bindings }: Asked) => {
    if (!/^(begin|commit|rollback)/i.test(sql)) asked.push({ sql, bindings });
  };
  db.on('query', onQuery);
  try {
    await work();
  } finally {
    db.off('query', onQuery);
  }
  return asked;
}

/** Carries a statement out and tells how. In the transaction, where it changes something. */
export async function explain(db: Db | Transaction, { sql, bindings }: Asked): Promise<Explained> {
  const connection = (await db.client.acquireConnection()) as pg.Client;
  try {
    const { rows } = await connection.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>({
      text: `explain (analyze, buffers, format json) ${sql}`,
      values: bindings,
    });
    const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? assert.fail('no plan');
    const nodes = everyNode(plan);
    const indexes = nodes.flatMap((node) =>
      [node['Index Name'] ?? [], node['Conflict Arbiter Indexes'] ?? []].flat(),
    );
    return { sql, nodes, indexes, buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
  } finally {
    await db.client.releaseConnection(connection);
  }
}

const everyNode = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(everyNode)];

/** Those that were read from end to end. */
export function tablesScanned({ nodes }: Explained): string[] {
  return nodes
    .filter((node) => node['Node Type'] === 'Seq Scan')
    .map((node) => node['Relation Name'] ?? 'unknown');
}
