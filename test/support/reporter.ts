import Mocha from 'mocha';

/** The usual report, and under it one plain line with the count, for whoever reads only the end. */
class CountingReporter extends Mocha.reporters.Spec {
  override epilogue(): void {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`);
  }
}

// mocha loads a reporter by `require`, and this is what that finds in a module.
export { CountingReporter as 'module.exports' };
