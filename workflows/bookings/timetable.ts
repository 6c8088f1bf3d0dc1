import { CancellationScope, condition, setHandler, sleep } from '@temporalio/workflow';
import { step } from '../activities.ts';
import { stayRetimed } from '../bookings.contract.ts';
import { now, tellTimes } from './life.ts';
import type { Life } from './life.ts';

/**
 * Hears that zone data has moved the booking's instants. What has been heard stands until they are read anew, which is done
 * where nothing else that changes them is under way. Made before the first await of the workflow.
 */
export class Timetable {
  #isStale = false;

  constructor() {
    setHandler(stayRetimed, () => {
      this.#isStale = true;
    });
  }

  /** For a wait to be woken by. */
  readonly isStale = (): boolean => this.#isStale;

  /** Its row has said so itself. */
  outdated(): void {
    this.#isStale = true;
  }

  /** From now on: what is heard while they are read is read again. */
  readAnew(): void {
    this.#isStale = false;
  }
}

/** Goes by what the row has. What waits for an instant has to be set by it anew; what has come has come. */
export async function retime(life: Life): Promise<void> {
  life.timetable.readAnew();
  const { checkInAt, checkOutAt, months } = await step.readTimers(now(life.request));
  const { request, plan } = life;
  for (const { n, beginsAt } of months) {
    const part = plan?.parts.find((one) => one.n === n);
    if (part === undefined) continue;
    part.beginsAt = beginsAt;
    if (part.opened === undefined) part.askAtMs = Date.parse(beginsAt);
  }
  if (checkInAt === request.checkInAt && checkOutAt === request.checkOutAt) return;
  life.request = { ...request, checkInAt, checkOutAt };
  tellTimes(life.request);
}

/** Sleeps so long, unless it is woken before. */
export async function sleepUnless(isWoken: () => boolean, ms: number, summary: string): Promise<void> {
  const scope = new CancellationScope();
  const asleep = scope.run(() => sleep(ms, { summary }));
  await Promise.race([asleep, condition(isWoken)]);
  scope.cancel();
}

/** Waits for what is under way beside, and does not miss meanwhile that instants have moved. */
export async function awaitBeside(life: Life, work: Promise<void>): Promise<void> {
  const isDone = work.then(() => true);
  while (!(await Promise.race([isDone, condition(life.timetable.isStale).then(() => false)])))
    await retime(life);
}
