import { readConfig } from '#config';
import type { Workflows } from '#gateways/workflows.ts';
import { reach, watched } from './dying.ts';
import { startApi } from './serve.ts';

/**
 * An API that dies in `POST /bookings`: `--at "before the request"` is written, at `request written`, at
 * `workflow started`, or `before the answer`. Otherwise it is the API that runs in production.
 */
const dying = (workflows: Workflows): Workflows => ({
  ...workflows,
  async startAndAsk(order, update, ask) {
    // Started and asked are one call, but not one act: the workflow may be there without the question.
    await workflows.start(order);
    await reach('workflow started');
    const answer = await workflows.startAndAsk(order, update, ask);
    await reach('before the answer');
    return answer;
  },
});

const stop = new Promise((resolve) => process.once('SIGTERM', resolve));
await using _ = await startApi(readConfig(), ({ db, workflows }) => ({
  db: watched(db, { begins: () => reach('before the request'), committed: () => reach('request written') }),
  workflows: dying(workflows),
}));
console.log('ready');
await stop;
