import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Preloaded as `--import …/loaded-modules.ts?to=FILE`: when the process ends, the file has every CommonJS module it loaded. */
const file = new URL(import.meta.url).searchParams.get('to');
process.on('exit', () => {
  if (file !== null) writeFileSync(file, Object.keys(createRequire(import.meta.url).cache).join('\n'));
});
