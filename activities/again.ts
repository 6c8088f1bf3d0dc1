import { Context } from '@temporalio/activity';

/** Whether an earlier try of this very activity may have reached the bank. */
export function isAgain(): boolean {
  return Context.current().info.attempt > 1;
}
