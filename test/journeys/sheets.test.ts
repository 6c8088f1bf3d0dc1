import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { useWorld } from '../support/journeys.ts';
import { onboard, passToPayout, seesPayout } from '../support/payouts.ts';
import { inDays, stayRequest } from '../support/people.ts';
import type { Person } from '../support/people.ts';
import { PERIOD } from '../support/statements.ts';
import { PAGE_MS, useWitnessedPage } from '../support/witness.ts';

const TITLE = 'Canal-side flat <img src=x onerror=alert(1)>';

describe('a sheet in a browser', function () {
  this.timeout(2 * PAGE_MS);
  const world = useWorld();
  const { page, seen } = useWitnessedPage();

  /** Opens what is only for the signed in, as an app does that shows it. */
  async function open({ token = '' }: Person, path: string): Promise<void> {
    await page().setExtraHTTPHeaders({ authorization: `Bearer ${token}` });
    await page().goto(`${world().api}${path}`);
  }

  const rowsOf = (table: Locator): Promise<string[][]> =>
    table
      .locator('tr')
      .evaluateAll((rows) =>
        rows.map((row) => [...row.children].map((cell) => cell.textContent.replaceAll(/\s+/g, ' ').trim())),
      );

  /** What it looks like: amounts under one another, and no style of the page was refused. */
  async function assertLaidOut(table: Locator): Promise<void> {
    const amounts = table.locator('td.amount');
    const looks = await amounts.evaluateAll((cells) =>
      cells.map((cell) => {
        const { textAlign, fontVariantNumeric, whiteSpace } = getComputedStyle(cell);
        return [textAlign, fontVariantNumeric, whiteSpace].join(' ');
      }),
    );
    assert.deepEqual([...new Set(looks)], ['right lining-nums tabular-nums nowrap']);
    const isWider = await page().evaluate('document.documentElement.scrollWidth > innerWidth');
    assert.equal(isWider, false);
  }

  function assertKeptToItself(): void {
    assert.deepEqual(seen().origins(), [world().api]);
    assert.deepEqual(seen().complaints, []);
  }

  it('shows a host what they had, earned and were paid, to be read and printed', async () => {
    const { host, booking, property } = await world().booked({}, { title: TITLE });
    await onboard(world(), host);
    await passToPayout(world(), booking);
    await seesPayout(host, booking.id, { status: 'paid' });
    const guest = await world().person();
    const stay = { propertyId: property.id, checkIn: inDays(60), checkOut: inDays(62) };
    const next = await guest.books(stayRequest(stay));
    await open(host, `/statements?${PERIOD}`);
    assert.match(await page().title(), /^Statement, \d+ \w+ \d{4} to \d+ \w+ \d{4} · Stayward$/);
    const movements = page().locator('#movements');
    const [, opening, first, second, third, closing] = await rowsOf(movements);
    const stayAt = (id: string) => `${TITLE}${id}`;
    assert.deepEqual(opening?.slice(1), ['Opening balance', '0.00']);
    assert.deepEqual(first?.slice(1), ['Earned', stayAt(booking.id), '339.50', '339.50']);
    assert.deepEqual(second?.slice(1), ['Earned', stayAt(next.id), '242.50', '582.00']);
    assert.deepEqual(third?.slice(1), ['Payout', stayAt(booking.id), '−339.50', '242.50']);
    assert.deepEqual(closing?.slice(1), ['Closing balance', '242.50']);
    assert.deepEqual((await rowsOf(page().locator('#totals'))).slice(1), [
      ['Opening balance', '0.00'],
      ['Earned by stays', '2', '582.00'],
      ['Payouts', '1', '−339.50'],
      ['Closing balance', '242.50'],
    ]);
    await assertLaidOut(movements);
    await page().emulateMedia({ media: 'print' });
    const printed = await page()
      .locator('main')
      .evaluate((main) => getComputedStyle(main).borderTopStyle);
    assert.equal(printed, 'none');
    assertKeptToItself();
  });

  it('shows a guest what they paid and got back', async () => {
    const { host, guest, booking } = await world().booked({}, { title: TITLE });
    await host.must(201, host.post(`/payments/${booking.payment.id}/refunds`, { amount: 5_000 }));
    await world().refunded(booking.id);
    await open(guest, `/bookings/${booking.id}/receipt`);
    const number = `R-${booking.id.slice(4).toUpperCase()}`;
    assert.equal(await page().title(), `Receipt ${number} · Stayward`);
    assert.ok((await page().locator('dl').innerText()).includes(TITLE));
    const price = await rowsOf(page().locator('#price'));
    assert.deepEqual(price.at(-1), ['Totalof which taxes 0.00', '399.00']);
    const [, paid, refund, ...sums] = await rowsOf(page().locator('#money'));
    const { id } = booking.payment;
    assert.deepEqual(paid?.slice(1), [`Payment, Visa ending in 4242${id}`, '399.00']);
    assert.deepEqual(refund?.slice(1), [`Refund of free will${id}`, '−50.00']);
    assert.deepEqual(
      sums.map((row) => row.slice(1)),
      [
        ['Paid', '399.00'],
        ['Refunded', '−50.00'],
        ['Paid, less refunds', '349.00'],
      ],
    );
    await assertLaidOut(page().locator('#money'));
    assertKeptToItself();
  });

  it('fits the screen of a telephone', async () => {
    const { host } = await world().booked();
    await page().setViewportSize({ width: 390, height: 844 });
    await open(host, `/statements?${PERIOD}`);
    await assertLaidOut(page().locator('#movements'));
    assertKeptToItself();
  });
});
