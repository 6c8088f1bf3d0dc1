import { readConfig } from '#config';
import { startApi } from './serve.ts';

/** One API process, until it is asked to stop. */
const stop = new Promise((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
});
await using _ = await startApi(readConfig());
await stop;
