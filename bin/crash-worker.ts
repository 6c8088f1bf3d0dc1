import { parseArgs } from 'node:util';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { readConfig } from '#config';
import { startWorker, WORK } from './work.ts';

/**
 * A worker that dies: `--at before:holdNights` kills it as that activity begins, `after:` once its effect is there and
 * before anybody has heard of it. Otherwise it is the worker that runs in production.
 */
const { values } = parseArgs({ options: { at: { type: 'string', default: '' } } });

const dying: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    async execute(input, next) {
      if (values.at === `before:${info.activityType}`) await die();
      const result = await next(input);
      if (values.at === `after:${info.activityType}`) await die();
      return result;
    },
  },
});

/** Never returns: what comes after must not run in the moments until the signal is delivered. */
async function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const worker = await startWorker(readConfig(), Object.keys(WORK) as (keyof typeof WORK)[], {
  interceptors: [dying],
});
console.log('ready');
await worker.run(stop.signal);
