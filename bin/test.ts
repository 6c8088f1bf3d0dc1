import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** `npm test`, or `npm test -- FILE…`: mocha in this very process, with all tests unless some are named. */
const mocha = join(dirname(createRequire(import.meta.url).resolve('mocha/package.json')), 'bin/mocha.js');
const args = process.argv.slice(2);
const named = args.some((arg) => arg.endsWith('.ts'));
process.argv = [process.execPath, mocha, ...args, ...(named ? [] : ['test/**/*.test.ts'])];
await import(pathToFileURL(mocha).href);
