import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { readConfig } from '#config';

/** A worker that waits asks again every minute, and one that works oftener. */
const SILENT_FOR_MS = 120_000;
const ANSWER_WITHIN_MS = 3_000;

/**
 * Whether the process beside us does its work: exits 1 and says why when it does not. An API says itself that it is
 * ready; of a worker (`--queue NAME`) Temporal must have heard from this machine lately. For the health checks of
 * containers, which have one process each.
 */
const { values } = parseArgs({ options: { queue: { type: 'string' } } });
const { http, temporal } = readConfig();

async function complaint(): Promise<string | undefined> {
  if (values.queue !== undefined) {
    // Only here: it brings Temporal's whole client, which would be most of what asking an API costs.
    const { pollersOf } = await import('#gateways/pollers.ts');
    const ours = (await pollersOf(temporal, values.queue)).filter(({ identity }) =>
      identity.endsWith(`@${hostname()}`),
    );
    const isHeard = ours.some(({ lastAskedAt }) => Date.now() - lastAskedAt.getTime() < SILENT_FOR_MS);
    return isHeard ? undefined : `nobody here asks for the work of ${values.queue}`;
  }
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const { status } = await fetch(`http://127.0.0.1:${http.port}/readyz`, { signal });
  return status === 200 ? undefined : `the API answers ${status}`;
}

const wrong = await complaint().catch((error: unknown) => String(error));
if (wrong !== undefined) {
  console.error(wrong);
  process.exitCode = 1;
}
