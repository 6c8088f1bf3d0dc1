import { AsyncLocalStorage } from 'node:async_hooks';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { readConfig } from '#config';
import { reach, watched } from './dying.ts';
import { startWorker, WORK } from './work.ts';

/**
 * A worker that dies: `--at before:holdNights` kills it as that activity begins, `during:` when it has written all and
 * committed nothing, `after:` once its effect is there and before anybody has heard of it. Otherwise it is the worker
 * that runs in production.
 */
const activity = new AsyncLocalStorage<string>();

const dying: ActivityInterceptorsFactory = ({ info: { activityType } }) => ({
  inbound: {
    async execute(input, next) {
      await reach(`before:${activityType}`);
      const result = await activity.run(activityType, () => next(input));
      await reach(`after:${activityType}`);
      return result;
    },
  },
});

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const worker = await startWorker(readConfig(), Object.keys(WORK) as (keyof typeof WORK)[], {
  interceptors: [dying],
  around: (deps) => ({
    ...deps,
    db: watched(deps.db, { written: () => reach(`during:${activity.getStore() ?? ''}`) }),
  }),
});
console.log('ready');
await worker.run(stop.signal);
