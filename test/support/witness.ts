import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach } from 'mocha';
import type { Page } from 'playwright-core';
import { useBrowser } from './browser.ts';

/** What a page did and said, for a test that wants it to keep to itself. */
export interface Witness {
  /** The origins of everything it asked for, but for what it carries within itself. */
  origins(): string[];
  /** Errors and warnings in its console, scripts that broke, and breaches of its content policy. */
  readonly complaints: readonly string[];
}

/** Watches a page from before its first request. */
async function witness(page: Page): Promise<Witness> {
  const origins = new Set<string>();
  const complaints: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:') origins.add(origin);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  // A script that tries what the policy forbids and goes on without it leaves no word in the console.
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    console.error('forbidden by the policy:', event.effectiveDirective, event.blockedURI, event.sourceFile))`);
  return { complaints, origins: () => [...origins] };
}

/** How patient a page is with what it waits for. */
export const PAGE_MS = 60_000;
const CLOSE_MS = 10_000;

/** A page of its own for each test of a suite, watched from its beginning. Call it inside `describe`. */
export function useWitnessedPage(): { page: () => Page; seen: () => Witness } {
  const browser = useBrowser();
  let page: Page;
  let seen: Witness;
  beforeEach('open a page', async () => {
    page = await browser().newPage();
    page.setDefaultTimeout(PAGE_MS);
    seen = await witness(page);
  });
  // One that Chromium does not let go of goes with the whole browser, at the end of the suite.
  afterEach('close the page', () =>
    Promise.race([page.close(), setTimeout(CLOSE_MS, undefined, { ref: false })]),
  );
  return { page: () => page, seen: () => seen };
}
