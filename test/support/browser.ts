import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { after, before } from 'mocha';
import { chromium } from 'playwright-core';
import type { BrowserContext } from 'playwright-core';
import { environmentWithoutSettings } from '#config';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless Chromium for a suite that looks at pages. Where the machine has none, the suite is skipped: CI has one. */
export function useBrowser(): () => BrowserContext {
  let context: BrowserContext | undefined;
  let profile: string | undefined;
  before('start Chromium', async function () {
    this.timeout(60_000);
    const executablePath = findChromium();
    if (executablePath === undefined) this.skip();
    profile = await mkdtemp(join(tmpdir(), 'stayward-chromium-'));
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      args: QUIET,
    });
  });
  after('stop Chromium', async () => {
    await context?.close();
    if (profile !== undefined) await rm(profile, { recursive: true, force: true });
  });
  return () => {
    if (context === undefined) throw new Error('The browser is there only inside a test.');
    return context;
  };
}

function findChromium(): string | undefined {
  const places = (environmentWithoutSettings().PATH ?? '').split(delimiter);
  return NAMES.flatMap((name) => places.map((place) => join(place, name))).find((path) => existsSync(path));
}
