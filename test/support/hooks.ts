import type { RootHookObject } from 'mocha';
import { stopSharedStack } from './stack.ts';

const STOP_MS = 120_000;

/** However many suites used the stack, it ends with the run. */
export const mochaHooks: RootHookObject = {
  async afterAll(this: Mocha.Context) {
    this.timeout(STOP_MS);
    await stopSharedStack();
  },
};
