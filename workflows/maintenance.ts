import { maintenance } from './activities.ts';

/** What an outage left behind is taken up again: requests without a workflow, refunds that nobody started. */
export async function resumeRequested(): Promise<void> {
  await maintenance.resumeRequested();
}

/** So many turns of some thousand bookings each; the next run does what is left. */
const RETIMING_TURNS = 200;

/** Zone data may be newer than what bookings were reckoned by: they go by the calendar and the wall again. */
export async function retimeStays(): Promise<void> {
  for (let turn = 0; turn < RETIMING_TURNS; turn += 1) {
    if ((await maintenance.retimeStays()).isDone) return;
  }
}
