import assert from 'node:assert/strict';
import { disputeIs, disputeIsOver } from '../support/disputes.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { hostShareOf, onboard, passToPayout, seesPayout } from '../support/payouts.ts';
import { inDays, newProperty, stayRequest } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { PERIOD, linesOf, sheetAt, statementFile, statementOf } from '../support/statements.ts';
import { ask, codesOf } from '../api/graphql-fixture.ts';

/** Three nights at 100.00 and cleaning at 50.00, less the host's fee of 3 %. */
const SHARE = 33_950;

describe('a host’s statement', () => {
  const world = useWorld();

  /** A paid stay, another month, at a home that there is. */
  async function bookedAt(propertyId: string, from: number, paymentMethodId = 'pm_card_visa') {
    const guest = await world().person();
    const stay = { propertyId, checkIn: inDays(from), checkOut: inDays(from + 3), paymentMethodId };
    return { guest, booking: await guest.books(stayRequest(stay)) };
  }

  /** As JSON and as a file it says the same, and it adds up. */
  async function assertAgrees(host: Traveller, statement: Wire): Promise<void> {
    const { openingBalance, closingBalance, totals, movements } = statement;
    const sum = (parts: Wire[]): number =>
      parts.reduce((of: number, { amount }: { amount: number }) => of + amount, openingBalance);
    assert.deepEqual([sum(movements), sum(totals)], [closingBalance, closingBalance]);
    const file = await statementFile(host);
    assert.deepEqual(
      file.map(({ kind, id, balance }) => [kind, id, balance]),
      [
        ['opening_balance', '', (openingBalance / 100).toFixed(2)],
        ...movements.map(({ kind, id, balance }: Wire) => [kind, id, (balance / 100).toFixed(2)]),
        ['closing_balance', '', (closingBalance / 100).toFixed(2)],
      ],
    );
  }

  it('tells of a life with its payout, line by line', async () => {
    const { booking, host, property } = await world().booked();
    await onboard(world(), host);
    await passToPayout(world(), booking);
    const payout = await seesPayout(host, booking.id, { status: 'paid' });
    const statement = await statementOf(host);
    const [earned, paid] = statement.movements;
    assert.deepEqual(earned, {
      id: `post:${booking.payment.id}`,
      at: earned.at,
      date: earned.at.slice(0, 10),
      kind: 'earnings',
      bookingId: booking.id,
      propertyId: property.id,
      property: 'Canal-side flat',
      amount: SHARE,
      balance: SHARE,
    });
    assert.deepEqual(
      [paid.id, paid.kind, paid.at, paid.amount, paid.balance],
      [`payout:${payout.id}:1`, 'payout', payout.paidAt, -SHARE, 0],
    );
    assert.deepEqual(
      [statement.hostId, statement.currency, statement.timeZone, statement.nextCursor],
      [host.id, 'GBP', 'UTC', null],
    );
    assert.deepEqual(statement.totals, [
      { kind: 'earnings', count: 1, amount: SHARE },
      { kind: 'payout', count: 1, amount: -SHARE },
    ]);
    await assertAgrees(host, statement);
    const [{ nextCursor, movements }] = [
      await host.must(200, host.get(`/statements?${PERIOD}&limit=1&currency=GBP`)),
    ];
    assert.deepEqual(movements, [earned]);
    const next = await host.must(200, host.get(`/statements?${PERIOD}&limit=1&cursor=${nextCursor}`));
    assert.deepEqual([next.movements, next.nextCursor], [[paid], null]);
    const days = `from=${paid.date}&to=${paid.date}`;
    const ofOneDay = await host.must(200, host.get(`/statements?${days}`));
    assert.deepEqual(
      [ofOneDay.openingBalance, ofOneDay.movements, ofOneDay.closingBalance],
      [SHARE, [paid], 0],
    );
    const other = await host.get(`/statements?from=${paid.date}&to=${paid.date}&cursor=${nextCursor}`);
    assert.deepEqual([other.status, other.body.code], [400, 'invalid_input']);
  });

  it('tells of what went back to a guest of their own share, and what they kept', async () => {
    const { booking, guest, host } = await world().booked();
    await world().passTo(booking, booking.checkInAt, -3_600_000);
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    const { shares } = await world().refunded(booking.id);
    const kept = SHARE - shares.hostMinor;
    assert.ok(kept > 0);
    const statement = await statementOf(host);
    assert.deepEqual(linesOf(statement), [
      ['earnings', SHARE, SHARE],
      ['refund', -shares.hostMinor, kept],
    ]);
    await assertAgrees(host, statement);
  });

  it('tells of a fee for cancelling as what they owe, and of the payout that paid it', async () => {
    const { booking, guest, host, property } = await world().booked();
    await onboard(world(), host);
    const { cancellation } = await host.must(200, host.post(`/bookings/${booking.id}/cancellation`));
    const fee = cancellation.fee.amount;
    await world().refunded(booking.id);
    const owing = await statementOf(host);
    assert.deepEqual(owing.movements.map(({ kind, amount }: Wire) => [kind, amount]).sort(), [
      ['cancellation_fee', -fee],
      ['earnings', SHARE],
      ['refund', -SHARE],
    ]);
    assert.equal(owing.closingBalance, -fee);
    await assertAgrees(host, owing);

    const next = await bookedAt(property.id, 60);
    await passToPayout(world(), next.booking);
    await seesPayout(host, next.booking.id, { status: 'paid' });
    const statement = await statementOf(host);
    const [earned, paid] = statement.movements.filter(({ bookingId }: Wire) => bookingId === next.booking.id);
    assert.deepEqual([earned.amount, earned.balance], [SHARE, SHARE - fee]);
    assert.deepEqual([paid.amount, paid.debtNetted, paid.balance], [-(SHARE - fee), fee, 0]);
    await assertAgrees(host, statement);
    // The guest of the cancelled stay has all of it back, whatever the host owes for it.
    const receipt = await guest.must(200, guest.get(`/bookings/${booking.id}/receipt`));
    assert.equal(receipt.net, 0);
  });

  it('tells of a payout that was taken back for a refund (M13)', async () => {
    const { booking, guest, host } = await world().booked({ checkOut: inDays(37) });
    await onboard(world(), host);
    await passToPayout(world(), booking);
    await seesPayout(host, booking.id, { status: 'paid' });
    const share = await hostShareOf(world(), booking.id);
    await guest.must(200, guest.post(`/bookings/${booking.id}/cancellation`));
    const { shares } = await world().refunded(booking.id);
    const back = shares.hostMinor;
    const statement = await statementOf(host);
    assert.deepEqual(statement.totals, [
      { kind: 'earnings', count: 1, amount: share },
      { kind: 'refund', count: 1, amount: -back },
      { kind: 'payout', count: 1, amount: -share },
      { kind: 'payout_reversed', count: 1, amount: back },
    ]);
    assert.equal(statement.closingBalance, 0);
    await assertAgrees(host, statement);
  });

  it('tells of a dispute only when it is lost, and of the host’s part of it (M14)', async () => {
    const { booking, host } = await world().booked();
    const id = await world().bank.dispute(booking.id);
    await disputeIs(world(), id, 'opened');
    assert.deepEqual(linesOf(await statementOf(host)), [['earnings', SHARE, SHARE]]);
    await world().bank.judge(id, 'lose');
    await disputeIsOver(world(), id, 'lost');
    const statement = await statementOf(host);
    assert.deepEqual(linesOf(statement), [
      ['earnings', SHARE, SHARE],
      ['dispute_loss', -SHARE, 0],
    ]);
    await assertAgrees(host, statement);
  });

  const CURRENCIES = [
    { currency: 'JPY', nightly: 10_001, major: (minor: number) => `${minor}` },
    { currency: 'KWD', nightly: 30_510, major: (minor: number) => (minor / 1_000).toFixed(3) },
  ];
  for (const { currency, nightly, major } of CURRENCIES) {
    it(`in ${currency} is in its own decimals (M1)`, async () => {
      const pricing = { nightly, cleaningFee: 0, guestsIncluded: 4 };
      const { booking, host } = await world().booked({}, { currency, pricing });
      const share = await hostShareOf(world(), booking.id);
      const statement = await statementOf(host);
      assert.deepEqual([statement.currency, linesOf(statement)], [currency, [['earnings', share, share]]]);
      const [, earned, closing] = await statementFile(host);
      assert.deepEqual(
        [earned?.amount, earned?.currency, closing?.balance],
        [major(share), currency, major(share)],
      );
    });
  }

  it('is in one currency: a host of several is told which there are', async () => {
    const { host } = await world().booked();
    const { id } = await newProperty(host, { currency: 'JPY', pricing: { nightly: 10_000 } });
    await bookedAt(id, 60);
    const { status, body } = await host.get(`/statements?${PERIOD}`);
    assert.deepEqual([status, body.code, body.currencies], [400, 'invalid_input', ['GBP', 'JPY']]);
    assert.deepEqual(
      body.errors.map(({ path }: Wire) => path),
      ['currency'],
    );
    for (const currency of ['GBP', 'JPY'])
      assert.equal((await statementOf(host, `&currency=${currency}`)).movements.length, 1);
    const nobody = await world().person();
    assert.deepEqual((await nobody.get(`/statements?${PERIOD}`)).body.currencies, []);
    const empty = await statementOf(nobody, '&currency=EUR');
    assert.deepEqual([empty.openingBalance, empty.movements, empty.closingBalance], [0, [], 0]);
  });

  it('is a host’s own, and operators’ (S1)', async () => {
    const { host, guest } = await world().booked();
    const other = await world().booked();
    const operator = await world().operator();
    for (const accept of ['application/json', 'text/csv', 'text/html']) {
      const read = (person: Traveller, hostId: string) =>
        person.call(`/statements?${PERIOD}&currency=GBP&hostId=${hostId}`, { headers: { accept } });
      for (const person of [guest, other.host, other.guest]) {
        const { status, body } = await read(person, host.id);
        assert.deepEqual([status, body.code], [403, 'forbidden'], accept);
      }
      assert.equal((await read(world().anyone(), host.id)).status, 401);
      assert.equal((await read(host, host.id)).status, 200);
      assert.equal((await read(operator, host.id)).status, 200);
    }
    const seen = await operator.must(200, operator.get(`/statements?${PERIOD}&hostId=${host.id}`));
    assert.deepEqual(seen, await host.must(200, host.get(`/statements?${PERIOD}`)));
    assert.deepEqual((await statementOf(other.host)).movements.length, 1);
    assert.deepEqual((await statementOf(guest, '&currency=GBP')).movements, []);
    const nobody = `/statements?${PERIOD}&currency=GBP&hostId=usr_${'0'.repeat(26)}`;
    assert.equal((await operator.get(nobody)).status, 404);
    assert.equal((await sheetAt(operator, nobody)).status, 404);
  });

  it('is answered in what the caller would rather have', async () => {
    const { host } = await world().booked({}, { title: '=HYPERLINK("//x") <b>, "flat"' });
    const as = async (accept: string) => {
      const { status, headers } = await host.call(`/statements?${PERIOD}`, { headers: { accept } });
      assert.deepEqual([status, headers.get('vary')], [200, 'Accept'], accept);
      return headers.get('content-type')?.split(';')[0];
    };
    assert.equal(await as('*/*'), 'application/json');
    assert.equal(await as('application/json'), 'application/json');
    assert.equal(await as('text/csv'), 'text/csv');
    assert.equal(await as('text/csv;q=0.1, application/json'), 'application/json');
    assert.equal(await as('text/html,application/xhtml+xml,*/*;q=0.8'), 'text/html');
    assert.equal(await as('image/png'), 'application/json');
    const [, earned] = await statementFile(host);
    assert.equal(earned?.property, `'=HYPERLINK("//x") <b>, "flat"`);
    const sheet = await sheetAt(host, `/statements?${PERIOD}`);
    assert.ok(sheet.body.includes('=HYPERLINK(&quot;//x&quot;) &lt;b&gt;, &quot;flat&quot;'));
    assert.match(
      sheet.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-[^']+'$/,
    );
    assert.equal(sheet.headers.get('cache-control'), 'no-store');
  });

  it('is of a period that begins before it ends, and of 366 days at most', async () => {
    const host = await world().person();
    const read = async (from: string, to: string) => {
      const { status, body } = await host.get(`/statements?from=${from}&to=${to}&currency=GBP`);
      return [status, body.errors?.map(({ path }: Wire) => path)];
    };
    assert.deepEqual(await read('2028-01-01', '2028-12-31'), [200, undefined]);
    assert.deepEqual(await read('2028-01-01', '2029-01-01'), [400, ['to']]);
    assert.deepEqual(await read('2028-01-01', '2028-01-01'), [200, undefined]);
    assert.deepEqual(await read('2028-01-02', '2028-01-01'), [400, ['to']]);
    assert.deepEqual(await read('2028-02-30', '2028-03-01'), [400, ['from']]);
    assert.equal((await host.get('/statements')).status, 400);
  });

  it('is the same by GraphQL, and as much nobody else’s', async () => {
    const { host, guest } = await world().booked();
    const query = `query ($from: CalendarDate!, $to: CalendarDate!, $hostId: ID) {
      statement(from: $from, to: $to, currency: "GBP", hostId: $hostId) {
        hostId from to timeZone currency openingBalance closingBalance nextCursor
        totals { kind count amount }
        movements { id at date kind bookingId propertyId property amount balance }
      } }`;
    const days = { from: inDays(-1), to: inDays(300) };
    const { data } = await ask(host, query, days);
    const { body } = await host.get(`/statements?${PERIOD}`);
    assert.deepEqual(data.statement, body);
    assert.deepEqual(codesOf(await ask(guest, query, { ...days, hostId: host.id })), ['forbidden']);
  });
});
