import assert from 'node:assert/strict';
import { newPerson, newProperty, stayRequest } from '../support/people.ts';
import type { Person, Wire } from '../support/people.ts';
import { useStack } from '../support/stack.ts';
import { PAGE_MS, useWitnessedPage } from '../support/witness.ts';

describe('the documentation in a browser', function () {
  this.timeout(2 * PAGE_MS);
  const stack = useStack();
  const { page, seen } = useWitnessedPage();

  const open = (path: string) => page().goto(`${stack().addresses.api}${path}`);
  /** An operation's part of the reference. */
  const operation = (tag: string, id: string) => page().locator(`[id="operations-${tag}-${id}"]`);

  /** Presses the button of an operation that is open; gives what the page shows of the answer. */
  async function tryOut(tag: string, id: string): Promise<{ status: string; body: Wire }> {
    const part = operation(tag, id);
    await part.locator('button.execute').click();
    const answer = part.locator('.live-responses-table .response');
    await answer.waitFor();
    const status = await answer.locator('.response-col_status').innerText();
    const body = await answer.locator('.highlight-code code').first().innerText();
    return { status: status.trim(), body: JSON.parse(body) };
  }

  async function authorize({ token = '' }: Person): Promise<void> {
    await page().locator('.btn.authorize').first().click();
    await page().locator('.auth-container input').fill(token);
    await page().locator('.auth-container input').press('Enter');
    await page().locator('.modal-ux .btn-done').click();
  }

  function assertKeptToItself(): void {
    assert.deepEqual(seen().origins(), [stack().addresses.api]);
    assert.deepEqual(seen().complaints, []);
  }

  it('lists every operation of openapi.json', async () => {
    const response = await fetch(`${stack().addresses.api}/openapi.json`);
    const { paths } = (await response.json()) as { paths: Record<string, object> };
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    await open('/docs');
    await operation('bookings', 'bookAStay').waitFor();
    const shown = await page()
      .locator('.opblock-summary')
      .evaluateAll((summaries) =>
        summaries.map((summary) => {
          const method = summary.querySelector('.opblock-summary-method')?.textContent;
          const path = summary.querySelector('.opblock-summary-path')?.getAttribute('data-path');
          return `${method} ${path}`;
        }),
      );
    assert.deepEqual(shown.sort(), documented.sort());
    assertKeptToItself();
  });

  it('tries a public operation', async () => {
    await open('/docs#/properties/searchPropertiesOrListYourOwn');
    const { status, body } = await tryOut('properties', 'searchPropertiesOrListYourOwn');
    assert.equal(status, '200');
    assert.ok(Array.isArray(body.data));
    assertKeptToItself();
  });

  it('tries an operation in the name of whoever’s token it was given', async () => {
    const person = await newPerson(stack().addresses.api, 'Rita Reader');
    await open('/docs#/users/readYourOwnAccount');
    await authorize(person);
    const { status, body } = await tryOut('users', 'readYourOwnAccount');
    assert.equal(status, '200');
    assert.deepEqual([body.id, body.name], [person.id, 'Rita Reader']);
    assertKeptToItself();
  });

  it('books a stay, with a key that is fresh and a body to begin with', async () => {
    const { api } = stack().addresses;
    const [host, guest] = [await newPerson(api), await newPerson(api)];
    const property = await newProperty(host);
    await open('/docs#/bookings/bookAStay');
    await authorize(guest);
    const form = operation('bookings', 'bookAStay');
    assert.match(await form.locator('.parameters input').inputValue(), /^[0-9a-f]{32}$/);
    const offered = JSON.parse(await form.locator('textarea').inputValue());
    assert.equal(offered.paymentMethodId, 'pm_card_visa');
    await form
      .locator('textarea')
      .fill(JSON.stringify({ ...offered, ...stayRequest({ propertyId: property.id }) }));
    const { status, body } = await tryOut('bookings', 'bookAStay');
    assert.deepEqual([status, body.status, body.guestId], ['201', 'confirmed', guest.id]);
    assertKeptToItself();
  });

  it('leads from the reference to the guides, from one guide to the next, and back to an operation', async () => {
    await open('/docs');
    await page().getByRole('link', { name: 'Your first booking' }).click();
    assert.equal(await page().getByRole('heading', { level: 1 }).innerText(), 'Your first booking');
    assert.match(await page().locator('pre').first().innerText(), /^API=/);
    await page().locator('.next a').click();
    assert.equal(await page().getByRole('heading', { level: 1 }).innerText(), '3-D Secure');
    await page().getByRole('link', { name: 'POST /payments', exact: true }).first().click();
    await operation('payments', 'payForAHeldBookingOrTryAgain').locator('.opblock-body').waitFor();
    assertKeptToItself();
  });

  it('is as dark as the reader’s system', async () => {
    const background = () => page().evaluate('getComputedStyle(document.body).backgroundColor');
    for (const path of ['/docs', '/docs/guides/webhooks']) {
      await page().emulateMedia({ colorScheme: 'dark' });
      await open(path);
      assert.equal(await background(), 'rgb(28, 32, 34)');
      await page().emulateMedia({ colorScheme: 'light' });
      assert.equal(await background(), 'rgb(255, 255, 255)');
    }
    assertKeptToItself();
  });
});
