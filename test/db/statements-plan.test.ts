import assert from 'node:assert/strict';
import type pg from 'pg';
import type { Db } from '#db/connect.ts';
import { MOVEMENTS_AT_ONCE, everyMovement, listMovements, sumMovements } from '#db/statements.ts';
import type { StatementScope } from '#db/statements.ts';
import type { UserId } from '#domain/ids.ts';
import { useOwnDatabase } from '#test/support/database.ts';
import { aStayWithPayment } from './statements-fixture.ts';
import { aProperty } from './stays-fixture.ts';

const HOSTS = 10;
const STEPS_EACH = MOVEMENTS_AT_ONCE + 1;
const PAGE = 20;
const HOUR_MS = 3_600_000;
/** Of each movement its step, two entries, stay and home, by some pages of an index each; and the way to the first. */
const BUFFERS_OF_A_PAGE = PAGE * 16;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  'Plans'?: Plan[];
}

interface Query {
  sql: string;
  bindings: unknown[];
}

const everyNode = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(everyNode)];

/** How the database goes about the very statement that `ask` sends. */
async function planOf(db: Db, ask: () => Promise<unknown>): Promise<{ nodes: Plan[]; buffers: number }> {
  let asked: Query | undefined;
  db.once('query', (query: Query) => (asked = query));
  await ask();
  const { sql: text, bindings: values } = asked ?? assert.fail('nothing was asked');
  const connection = (await db.client.acquireConnection()) as pg.Client;
  try {
    const { rows } = await connection.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>({
      text: `explain (analyze, buffers, format json) ${text}`,
      values,
    });
    const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? assert.fail('no plan');
    return { nodes: everyNode(plan), buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
  } finally {
    await db.client.releaseConnection(connection);
  }
}

describe('the plan of a statement', () => {
  const own = useOwnDatabase();
  let hostId: UserId;

  before('fill the ledger', async function () {
    this.timeout(180_000);
    const { db } = own();
    for (let host = 0; host < HOSTS; host += 1) {
      const property = await aProperty(db);
      hostId = property.hostId;
      const { id, paymentId } = await aStayWithPayment(db, property.id);
      const named = { id, paymentId, steps: STEPS_EACH };
      await db.transaction(async (trx) => {
        await trx.raw(
          `insert into ledger_transactions (step, booking_id, payment_id, bank_id, occurred_at)
           select 'post:' || :id || '.' || n, :id, :paymentId, '', timestamptz '2027-01-01' + n * interval '1 hour'
           from generate_series(1, cast(:steps as integer)) n`,
          named,
        );
        await trx.raw(
          `insert into ledger_entries (step, account, amount_minor, currency)
           select 'post:' || :id || '.' || n, e.account, e.minor, 'GBP'
           from generate_series(1, cast(:steps as integer)) n,
                (values ('bank_clearing', 100), ('host_payable', -90), ('platform_revenue', -10)) e (account, minor)`,
          named,
        );
      });
    }
    await db.raw('vacuum analyze');
  });

  const scope = (): StatementScope => ({
    hostId,
    currency: 'GBP',
    since: '2027-01-10T00:00:00.000Z',
    before: '2027-01-30T00:00:00.000Z',
  });

  function assertByIndex(nodes: Plan[]): void {
    const ofLedger = nodes.filter((node) => node['Relation Name']?.startsWith('ledger_') === true);
    const ways = ofLedger.map((node) => `${node['Relation Name']} ${node['Index Name']}`);
    assert.deepEqual([...new Set(ways)].sort(), [
      'ledger_entries ledger_entries_pkey',
      'ledger_transactions ledger_transactions_by_host',
    ]);
  }

  it('reads a page in its order from the index, and no more of the ledger than the page', async () => {
    const after = { at: '2027-01-20T00:00:00.000Z', step: '' };
    const page = () => listMovements(own().db, scope(), { after, limit: PAGE });
    assert.equal((await page()).length, PAGE);
    const { nodes, buffers } = await planOf(own().db, page);
    assertByIndex(nodes);
    assert.ok(!nodes.some((node) => node['Node Type'].includes('Sort')));
    assert.ok(buffers < BUFFERS_OF_A_PAGE, `${buffers} buffers`);
  });

  for (const count of [MOVEMENTS_AT_ONCE - 1, MOVEMENTS_AT_ONCE, MOVEMENTS_AT_ONCE + 1]) {
    it(`reads ${count} movements in batches, each of them once`, async () => {
      const first = Date.parse('2027-01-01T01:00:00Z');
      const before = new Date(first + count * HOUR_MS).toISOString();
      const read: string[] = [];
      for await (const { at } of everyMovement(own().db, { ...scope(), since: '2027-01-01', before }))
        read.push(at);
      const expected = Array.from({ length: count }, (_, n) => new Date(first + n * HOUR_MS).toISOString());
      assert.deepEqual(read, expected);
    });
  }

  it('adds up one host’s movements, and reads nobody else’s', async () => {
    const { nodes } = await planOf(own().db, () => sumMovements(own().db, scope()));
    assertByIndex(nodes);
  });
});
