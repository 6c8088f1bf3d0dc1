import { describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { newPerson, newProperty, stayRequest } from '../support/people.ts';
import { useStack } from '../support/stack.ts';
import { until } from '../support/virtual-time.ts';

const PAGE_MS = 60_000;

describe('the Temporal UI', () => {
  const stack = useStack();
  const browser = useBrowser();

  it('shows a booking by its id, with its stay in words and its status', async function () {
    this.timeout(4 * PAGE_MS);
    const { api, temporalUi } = stack().addresses;
    const [host, guest] = await Promise.all([newPerson(api), newPerson(api)]);
    const property = await newProperty(host);
    const booking = await guest.books(stayRequest({ propertyId: property.id }));
    const workflowId = `booking:${booking.id}`;

    const page = await browser().newPage();
    const address = `${temporalUi}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;
    await page.goto(address, { timeout: PAGE_MS, waitUntil: 'domcontentloaded' });
    const facts = page.locator('body');
    await page.getByText(workflowId).first().waitFor({ timeout: PAGE_MS });
    await page.getByText('Running').first().waitFor({ timeout: PAGE_MS });
    for (const done of ['holdNights', 'collectPayment', 'acceptPayment']) {
      const isNamed = async () => (await facts.innerText()).includes(done);
      await until(`the history names ${done}`, isNamed, PAGE_MS);
    }

    await page.getByText('User Metadata').first().click();
    const summary = `Stay ${booking.checkIn} to ${booking.checkOut} at ${property.id}`;
    await until('the summary is shown', () => isShown(page, summary), PAGE_MS);
    await page.close();
  });
});

/** The page renders texts as Markdown in frames of their own. */
async function isShown(page: Page, text: string): Promise<boolean> {
  const bodies = await Promise.all(page.frames().map((frame) => frame.locator('body').innerText()));
  return bodies.some((body) => body.includes(text));
}
