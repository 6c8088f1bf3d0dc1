import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { presentStatement, sumsOf } from '#api/statements/presenter.ts';
import type { Db } from '#db/connect.ts';
import { everyMovement, findStatementCurrencies, listMovements, sumMovements } from '#db/statements.ts';
import type { HostMovement, Position, StatementScope } from '#db/statements.ts';
import { addDays } from '#domain/nights.ts';
import { boundsOf } from '#domain/statements.ts';
import type { Period } from '#domain/statements.ts';
import { STEPS, aStayWithPayment, inFavourOfHost, move } from './statements-fixture.ts';
import type { Move } from './statements-fixture.ts';
import { aProperty, useDatabase } from './stays-fixture.ts';

const FIRST_DAY = '2027-03-01';
const DAYS = 20;
const HOUR_MS = 3_600_000;
const RUNS = 15;

interface Moved {
  /** Of one of the host's two homes, or at a stay in yen, or somebody else's. */
  stay: number;
  kind: string;
  hour: number;
  one: number;
  other: number;
}

const amount = fc.integer({ min: 1, max: 1_000_000 });
const moved: fc.Arbitrary<Moved> = fc.record({
  stay: fc.integer({ min: 0, max: 3 }),
  kind: fc.constantFrom(...Object.keys(STEPS)),
  hour: fc.integer({ min: 0, max: DAYS * 24 - 1 }),
  one: amount,
  other: amount,
});
const period: fc.Arbitrary<Period> = fc
  .tuple(fc.integer({ min: -2, max: DAYS }), fc.integer({ min: 0, max: DAYS }))
  .map(([first, more]) => ({ from: addDays(FIRST_DAY, first), to: addDays(FIRST_DAY, first + more) }));

const atHour = (hour: number): string => new Date(Date.parse(FIRST_DAY) + hour * HOUR_MS).toISOString();

const all = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const read: T[] = [];
  for await (const row of rows) read.push(row);
  return read;
};

/** A period as JSON has it, page by page. */
async function pagesOf(db: Db, { from, to }: Period, scope: StatementScope & { limit: number }) {
  const { hostId, currency, limit } = scope;
  const pages = [];
  let after: Position | undefined;
  let rows: HostMovement[];
  do {
    const sums = sumsOf(await sumMovements(db, scope, after));
    rows = await listMovements(db, scope, { after, limit });
    pages.push(presentStatement({ hostId, from, to, currency }, sums, { movements: rows, nextCursor: null }));
    after = rows.at(-1);
  } while (rows.length === limit);
  return pages;
}

/** What the ledger itself says that a host was owed at a moment, whatever statements make of it. */
async function ledgerBalance(db: Db, { hostId, currency, before }: StatementScope): Promise<number> {
  const { rows } = await db.raw<{ rows: [{ minor: number }] }>(
    `select cast(- coalesce(sum(e.amount_minor), 0) as bigint) as minor
     from bookings b join ledger_transactions t on t.booking_id = b.id join ledger_entries e using (step)
     where b.host_id = ? and e.currency = ? and t.occurred_at < ? and e.account in ('host_payable', 'host_debt')`,
    [hostId, currency, before],
  );
  return rows[0].minor;
}

describe('a statement from the ledger', () => {
  const database = useDatabase();

  async function world() {
    const db = database();
    const home = await aProperty(db);
    const other = await aProperty(db, { hostId: home.hostId });
    const stays = [
      await aStayWithPayment(db, home.id),
      await aStayWithPayment(db, other.id),
      await aStayWithPayment(db, home.id, 'JPY'),
      await aStayWithPayment(db, (await aProperty(db)).id),
    ];
    return { db, hostId: home.hostId, stays };
  }

  /** Writes movements; gives those that the host's statement in pounds has, in its order. */
  async function write({ db, stays }: Awaited<ReturnType<typeof world>>, movements: readonly Moved[]) {
    const moves = movements.map(({ stay, kind, hour, one, other }) => ({
      booking: stays[stay] ?? assert.fail(),
      step: `${kind}:${randomUUID()}`,
      at: atHour(hour),
      entries: STEPS[kind]?.(one, other) ?? assert.fail(),
    }));
    await move(db, moves);
    const isOurs = ({ booking, step }: Move) => stays.indexOf(booking) < 2 && !step.startsWith('dispute:');
    const key = ({ at, step }: Position) => `${at} ${step}`;
    return moves
      .filter(isOurs)
      .map(({ step, at, entries }) => ({ step, at, amountMinor: inFavourOfHost(entries) }))
      .sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  it('adds up to the unit, over any ledger and any period, by whatever pages', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(moved, { maxLength: 25 }),
        fc.array(period, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 7 }),
        async (movements, periods, limit) => {
          const stage = await world();
          const expected = await write(stage, movements);
          for (const days of periods) {
            const scope = { hostId: stage.hostId, currency: 'GBP', ...boundsOf(days) };
            const within = expected.filter(({ at }) => at >= scope.since && at < scope.before);
            const pages = await pagesOf(stage.db, days, { ...scope, limit });
            const lines = pages.flatMap((page) => page.movements);
            assert.deepEqual(
              lines.map(({ id, at, amount: amountMinor }) => ({ step: id, at, amountMinor })),
              within,
            );
            const whole = await all(everyMovement(stage.db, scope));
            assert.deepEqual(
              whole.map(({ step }) => step),
              within.map(({ step }) => step),
            );
            const earlier = await ledgerBalance(stage.db, { ...scope, before: scope.since });
            const later = await ledgerBalance(stage.db, scope);
            for (const { openingBalance, closingBalance, totals } of pages) {
              assert.deepEqual([openingBalance, closingBalance], [earlier, later]);
              const summed = totals.reduce((sum, { amount: of }) => sum + of, openingBalance);
              assert.equal(summed, closingBalance);
              assert.equal(
                totals.reduce((count, total) => count + total.count, 0),
                within.length,
              );
            }
            let balance = earlier;
            for (const line of lines) assert.equal(line.balance, (balance += line.amount));
            assert.equal(balance, later);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('begins where the one before it ended', async () => {
    const stage = await world();
    const at = (hour: number) => ({ stay: 0, kind: 'post', hour, one: 100 + hour, other: 1 });
    await write(stage, [at(0), at(23), at(24), at(47), at(48)]);
    const sums = async (from: string, to: string) =>
      sumsOf(
        await sumMovements(stage.db, { hostId: stage.hostId, currency: 'GBP', ...boundsOf({ from, to }) }),
      );
    const [first, second] = [await sums(FIRST_DAY, FIRST_DAY), await sums('2027-03-02', '2027-03-02')];
    assert.deepEqual([first.openingMinor, first.closingMinor], [0, 223]);
    assert.deepEqual([second.openingMinor, second.closingMinor], [223, 494]);
  });

  it('says of a payout what of the share paid debts, and that a netted one moves nothing', async () => {
    const stage = await world();
    const [booking = assert.fail()] = stage.stays;
    const steps = [
      { kind: 'host-fee', entries: STEPS['host-fee']?.(3_000, 0) ?? [] },
      { kind: 'post', entries: STEPS.post?.(8_000, 500) ?? [] },
      { kind: 'payout', entries: STEPS.payout?.(5_000, 3_000) ?? [] },
      { kind: 'payout', entries: STEPS.payout?.(0, 700) ?? [] },
    ];
    await move(
      stage.db,
      steps.map(({ kind, entries }, hour) => ({
        booking,
        step: `${kind}:${randomUUID()}`,
        at: atHour(hour),
        entries,
      })),
    );
    const days = { from: FIRST_DAY, to: FIRST_DAY };
    const scope = { hostId: stage.hostId, currency: 'GBP', ...boundsOf(days), limit: 100 };
    const [page = assert.fail()] = await pagesOf(stage.db, days, scope);
    assert.deepEqual(
      page.movements.map(({ kind, amount: of, debtNetted, balance }) => [kind, of, debtNetted, balance]),
      [
        ['cancellation_fee', -3_000, undefined, -3_000],
        ['earnings', 8_000, undefined, 5_000],
        ['payout', -5_000, 3_000, 0],
        ['payout', 0, 700, 0],
      ],
    );
  });

  it('knows the currencies that a host has ever had', async () => {
    const stage = await world();
    const { db, hostId } = stage;
    assert.deepEqual(await findStatementCurrencies(db, hostId), []);
    await write(stage, [{ stay: 2, kind: 'post', hour: 1, one: 1, other: 1 }]);
    await write(stage, [{ stay: 3, kind: 'post', hour: 1, one: 1, other: 1 }]);
    assert.deepEqual(await findStatementCurrencies(db, hostId), ['JPY']);
    await write(stage, [{ stay: 1, kind: 'host-fee', hour: 1, one: 1, other: 1 }]);
    assert.deepEqual(await findStatementCurrencies(db, hostId), ['GBP', 'JPY']);
    assert.deepEqual(await findStatementCurrencies(db, 'usr_nobody'), []);
  });
});
