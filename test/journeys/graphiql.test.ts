import assert from 'node:assert/strict';
import { newPerson, newProperty } from '../support/people.ts';
import { useStack } from '../support/stack.ts';
import { until } from '../support/virtual-time.ts';
import { PAGE_MS, useWitnessedPage } from '../support/witness.ts';

describe('GraphiQL in a browser', function () {
  this.timeout(3 * PAGE_MS);
  const stack = useStack();
  const { page, seen } = useWitnessedPage();

  const open = (address: string) => page().goto(`${stack().addresses.api}/graphql${address}`);

  /** Runs what the editor holds, and waits until the page shows these words. */
  async function run(words: string): Promise<void> {
    await page()
      .getByRole('button', { name: /^Execute query/ })
      .click();
    // The editor draws with spaces of its own kind.
    const shown = async () => (await page().locator('.result-window').innerText()).replaceAll('\u00a0', ' ');
    await until(`the answer says ${words}`, async () => (await shown()).includes(words), PAGE_MS);
  }

  function assertKeptToItself(): void {
    assert.deepEqual(seen().origins(), [stack().addresses.api]);
    assert.deepEqual(seen().complaints, []);
  }

  it('runs the query it opens with', async () => {
    await open('');
    await run('"properties": {');
    assertKeptToItself();
  });

  it('runs a query of its address', async () => {
    const host = await newPerson(stack().addresses.api, 'Greta Graph');
    const { id } = await newProperty(host, { title: 'A lighthouse' });
    await open(`?query=${encodeURIComponent(`{ property(id: "${id}") { title host { name } } }`)}`);
    await run('"title": "A lighthouse"');
    await run('"name": "Greta Graph"');
    assertKeptToItself();
  });
});
