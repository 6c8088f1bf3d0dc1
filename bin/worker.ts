import { parseArgs } from 'node:util';
import { readConfig } from '#config';
import { startWorker, WORK } from './work.ts';

/** One worker process: every kind of work, or only `--queue NAME` (repeatable). Prints `ready` once it takes tasks. */
const { values } = parseArgs({ options: { queue: { type: 'string', multiple: true } } });
const queues = values.queue ?? Object.keys(WORK);
const unknown = queues.filter((queue) => !Object.keys(WORK).includes(queue));
if (unknown.length > 0) {
  console.error(`There is no queue ${unknown.join(', ')}; there are ${Object.keys(WORK).join(', ')}.`);
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

const worker = await startWorker(readConfig(), queues as (keyof typeof WORK)[]);
console.log('ready');
await worker.run(stop.signal);
