import type { Page } from 'playwright-core';

/** What a page did and said, for a test that wants it to keep to itself. */
export interface Witness {
  /** The origins of everything it asked for, but for what it carries within itself. */
  origins(): string[];
  /** Errors and warnings in its console, scripts that broke, and breaches of its content policy. */
  readonly complaints: readonly string[];
}

/** Watches a page from before its first request. */
export async function witness(page: Page): Promise<Witness> {
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
