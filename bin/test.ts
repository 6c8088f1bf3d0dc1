import { createRequire } from 'node:module';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { countLine, dealLanes, runLanes } from '#test/support/lanes.ts';

/** Most tests wait for something most of their time; more lanes than these would only take memory. */
const MOST_LANES = 4;

/** `npm test`: all tests, in lanes side by side. `npm test -- FILE…`: mocha in this very process, with what is named. */
const mocha = join(dirname(createRequire(import.meta.url).resolve('mocha/package.json')), 'bin/mocha.js');
const args = process.argv.slice(2);
const named = args.some((arg) => arg.endsWith('.ts'));
if (named) {
  process.argv = [process.execPath, mocha, ...args];
  await import(pathToFileURL(mocha).href);
} else {
  const lanes = dealLanes(globSync('test/**/*.test.ts'), Math.min(MOST_LANES, availableParallelism()));
  const colours = process.stdout.isTTY ? ['--color'] : [];
  const count = await runLanes(lanes, {
    program: mocha,
    args: [...args, ...colours, '--reporter-option', 'lane=true'],
    print: (text) => process.stdout.write(text),
  });
  if (count !== undefined) console.log(countLine(count));
  process.exitCode = count?.failures === 0 ? 0 : 1;
}
