import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';

/**
 * A thread that workflows run in. Errors are told by the lines of our own sources, as the library does it; what it would
 * install beside that, a hook that looks at the stack of every promise, is taken to be there already.
 */
const handlers = globalHandlers as unknown as { overridePrepareStackTrace(): void; installed: boolean };
handlers.overridePrepareStackTrace();
handlers.installed = true;
await import('@temporalio/worker/lib/workflow/workflow-worker-thread.js');
