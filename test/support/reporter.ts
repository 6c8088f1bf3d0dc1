import Mocha from 'mocha';

/** How long what the tests have opened may take to close after the last of them. */
const LEAVE_MS = 60_000;

/**
 * The usual report, and under it one plain line with the count, for whoever reads only the end. A run that something
 * left open would keep alive for ever fails by then, and says what is open.
 */
class CountingReporter extends Mocha.reporters.Spec {
  override epilogue(): void {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    setTimeout(() => {
      console.error(
        'The tests are over, and these are still open:',
        process.getActiveResourcesInfo().join(', '),
      );
      process.exit(1);
    }, LEAVE_MS).unref();
    console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`);
  }
}

// mocha loads a reporter by `require`, and this is what that finds in a module.
export { CountingReporter as 'module.exports' };
