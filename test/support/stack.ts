import { before } from 'mocha';
import { PART_NAMES } from '#dev/stack/recipes.ts';
import type { PartName } from '#dev/stack/recipes.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { startThrowAwayStack } from '#dev/stack/throw-away.ts';

/** Of a first start: the wheels, the cluster, the schema, the bundle of the workflows. */
const FIRST_START_MS = 600_000;

let shared: Promise<Stack> | undefined;

/**
 * The stack that all tests of a run share, brought up with the first suite that asks: call it inside `describe`,
 * and what it returns inside a test. Name the parts a suite needs (`useStack('postgres')`) to wait for no others;
 * with none named, all of it runs.
 */
export function useStack(...parts: PartName[]): () => Stack {
  let stack: Stack | undefined;
  before('start the stack', async function () {
    this.timeout(FIRST_START_MS);
    shared ??= startThrowAwayStack({ parts: [] });
    stack = await shared;
    await stack.include(parts.length === 0 ? PART_NAMES : parts);
  });
  return () => {
    if (stack === undefined) throw new Error('The stack is there only inside a test.');
    return stack;
  };
}

/** Stops the shared stack, if a suite has asked for it, and removes all that it wrote. */
export async function stopSharedStack(): Promise<void> {
  const stack = await shared?.catch(() => undefined);
  shared = undefined;
  await stack?.[Symbol.asyncDispose]();
}
