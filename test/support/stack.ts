import { before } from 'mocha';
import { PART_NAMES } from '#dev/stack/recipes.ts';
import type { PartName, Recipes } from '#dev/stack/recipes.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { startThrowAwayStack } from '#dev/stack/throw-away.ts';

/** Of a first start: the wheels, the cluster, the schema, the bundle of the workflows. */
const FIRST_START_MS = 600_000;

/**
 * Which stack of a run: the `shared` one, or the one `apart`, for tests that judge a whole platform by its doctor and
 * must not find what other tests have left lying.
 */
export type Which = 'shared' | 'apart';
const stacks = new Map<Which, Promise<Stack>>();

let recipes: () => Partial<Recipes> = () => ({});

/** Has the stacks of this run made by other recipes than those of `npm start` (composed-run.ts). */
export function startStacksWith(others: () => Partial<Recipes>): void {
  recipes = others;
}

function stackOf(which: Which): Promise<Stack> {
  const stack = stacks.get(which) ?? startThrowAwayStack({ parts: [], recipes: recipes() });
  stacks.set(which, stack);
  return stack;
}

/**
 * The stack that all tests of a run share, brought up with the first suite that asks: call it inside `describe`,
 * and what it returns inside a test. Name the parts a suite needs (`useStack('postgres')`) to wait for no others;
 * with none named, all of it runs.
 */
export function useStack(...parts: PartName[]): () => Stack {
  return useStackOf('shared', parts);
}

export function useStackOf(which: Which, parts: readonly PartName[] = []): () => Stack {
  let stack: Stack | undefined;
  before('start the stack', async function () {
    this.timeout(FIRST_START_MS);
    stack = await stackOf(which);
    await stack.include(parts.length === 0 ? PART_NAMES : parts);
  });
  return () => {
    if (stack === undefined) throw new Error('The stack is there only inside a test.');
    return stack;
  };
}

/** Stops what suites have asked for, and removes all that it wrote. */
export async function stopStacks(): Promise<void> {
  const started = [...stacks.values()];
  stacks.clear();
  for (const starting of started) {
    const stack = await starting.catch(() => undefined);
    await stack?.[Symbol.asyncDispose]();
  }
}
