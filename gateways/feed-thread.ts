import assert from 'node:assert/strict';
import { parentPort } from 'node:worker_threads';
import { readFeed } from './feed-events.ts';
import type { FeedScope } from './feed-events.ts';

/** Reads feeds, one after the other, in a thread of its own: a repetition that never ends, ends with the thread. */
assert(parentPort !== null);
const port = parentPort;
port.on('message', ({ text, scope }: { text: string; scope: FeedScope }) =>
  port.postMessage(readFeed(text, scope)),
);
port.postMessage('ready');
