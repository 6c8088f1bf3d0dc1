import type { RootHookObject } from 'mocha';
import { stopStacks } from './stack.ts';

const STOP_MS = 120_000;

/** However many suites used a stack, it ends with the run. */
export const mochaHooks: RootHookObject = {
  async afterAll(this: Mocha.Context) {
    this.timeout(STOP_MS);
    await stopStacks();
  },
};
