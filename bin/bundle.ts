import { writeFile } from 'node:fs/promises';
import { makeBundle } from './workflow-bundle.ts';

/** `npm run bundle -- FILE`: the workflows as one script, so that a worker told of it as `WORKFLOW_BUNDLE` bundles nothing. */
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('npm run bundle -- FILE');
  process.exit(2);
}
await writeFile(file, await makeBundle());
