import Mocha from 'mocha';
import { countLine } from './lanes.ts';
import type { Count } from './lanes.ts';

/** How long what the tests have opened may take to close after the last of them. */
const LEAVE_MS = 60_000;

/**
 * The usual report, and under it one plain line with the count; a lane (lanes.ts) tells its count to who runs it. A run
 * that something left open would keep alive for ever fails by then, and says what is open.
 */
class CountingReporter extends Mocha.reporters.Spec {
  readonly #isLane: boolean;

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    this.#isLane = 'lane' in ((options.reporterOptions ?? {}) as object);
    if (this.#isLane) process.once('disconnect', orphaned);
  }

  override epilogue(): void {
    super.epilogue();
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().join(', ');
      console.error(`The tests are over, and these are still open: ${open}`);
      process.exit(1);
    }, LEAVE_MS).unref();
    const { passes, failures, pending } = this.stats;
    const count = { passes, failures, pending };
    if (this.#isLane) sendToRunner(count);
    else console.log(countLine(count));
  }
}

function sendToRunner(count: Count): void {
  process.send?.(count, () => {
    process.off('disconnect', orphaned);
    process.disconnect(); // Or the channel would keep us here.
  });
}

/** Whoever runs the lanes was killed: nobody is there to hear how the tests went. */
function orphaned(): never {
  process.exit(1);
}

// mocha loads a reporter by `require`, and this is what that finds in a module.
export { CountingReporter as 'module.exports' };
