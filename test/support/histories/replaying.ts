import assert from 'node:assert/strict';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { ReplayHistoriesIterable, WorkflowBundleOption } from '@temporalio/worker';

import { listKept, readHistory } from './archive.ts';
import { historyOf } from './scrubbing.ts';

/** What broke: a workflow, or a file of the archive, and how. */
export interface Broken {
  workflowId: string;
  message: string;
}

/** Replays histories against a bundle, and gives those that it cannot go on from. */
export async function replay(
  workflowBundle: WorkflowBundleOption,
  histories: ReplayHistoriesIterable,
): Promise<Broken[]> {
  quieten();
  const broken: Broken[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    if (error !== undefined) broken.push({ workflowId, message: error.message });
  }
  return broken;
}

let isQuiet = false;

/** Each history that breaks is told of by whoever asked; the SDK would tell of it as well. Once a process. */
function quieten(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
}

/** Replays the histories of the archive, and fails with what to do about those that are broken. */
export async function assertReplays(bundle: WorkflowBundleOption): Promise<void> {
  const files = listKept();
  assert.ok(files.length > 0);
  const broken = await replay(
    bundle,
    files.map((kept) => ({ workflowId: kept.file, history: historyOf(readHistory(kept)) })),
  );
  if (broken.length > 0) assert.fail(adviceOn(broken, files.length));
}

function adviceOn(broken: Broken[], of: number): string {
  return [
    `${broken.length} of ${of} recorded histories cannot go on with today's workflow code:`,
    ...broken.map(({ workflowId, message }) => `  test/histories/${workflowId}: ${message}`),
    'A workflow that is under way like one of these would stand still for ever once this code is deployed.',
    "If a release carries the code that they were recorded with, guard the change by `patched('what-changes')`, the old",
    'course in its other branch, and record the new course beside: npm run histories -- --patch what-changes --only COURSE',
    'If none does, record the course anew: npm run histories -- --anew --only COURSE',
  ].join('\n');
}
