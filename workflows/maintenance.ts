import { maintenance } from './activities.ts';

/** What an outage left behind is taken up again: requests without a workflow, refunds that nobody started. */
export async function resumeRequested(): Promise<void> {
  await maintenance.resumeRequested();
}
