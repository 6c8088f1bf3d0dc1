import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countLine, dealLanes, runLanes } from '../support/lanes.ts';

describe('the lanes of a test run', () => {
  const bytes: Record<string, number> = {
    'a.test.ts': 5,
    'b.test.ts': 3,
    'journeys/c.test.ts': 2,
    'd.test.ts': 1,
  };
  const deal = (files: string[], lanes: number) => dealLanes(files, lanes, (file) => bytes[file] ?? 0);

  it('have each file once, the heaviest to the lane with the least; a journey weighs more', () => {
    assert.deepEqual(deal(Object.keys(bytes), 2), [
      ['d.test.ts', 'journeys/c.test.ts'],
      ['a.test.ts', 'b.test.ts'],
    ]);
  });

  it('are dealt alike however the files are listed', () => {
    const files = Object.keys(bytes);
    assert.deepEqual(deal(files.toReversed(), 3), deal(files, 3));
  });

  it('say what was skipped only when something was', () => {
    assert.equal(countLine({ passes: 3, failures: 0, pending: 0 }), '3 passed, 0 failed');
    assert.equal(countLine({ passes: 3, failures: 1, pending: 2 }), '3 passed, 1 failed, 2 skipped');
  });

  describe('when they run', () => {
    let directory: string;
    before(async () => {
      directory = await mkdtemp(join(tmpdir(), 'stayward-lanes-'));
    });
    after(() => rm(directory, { recursive: true }));

    /** Runs a lane for each program text, and gives its outcome and what was printed. */
    async function run(...programs: string[]) {
      const program = join(directory, 'lane.mjs');
      await writeFile(program, 'await import(`data:text/javascript,${process.argv[2]}`);');
      const printed: string[] = [];
      const lanes = programs.map((text) => [encodeURIComponent(text)]);
      const count = await runLanes(lanes, { program, args: [], print: (text) => printed.push(text) });
      return { count, printed };
    }
    const telling = (passes: number, failures: number, then = '') =>
      `process.send({ passes: ${passes}, failures: ${failures}, pending: 0 }, () => { process.disconnect(); ${then} });`;

    it('add up', async () => {
      const { count } = await run(telling(2, 0), telling(3, 1, 'process.exitCode = 1'));
      assert.deepEqual(count, { passes: 5, failures: 1, pending: 0 });
    });

    it('keep the lines of a suite together', async () => {
      const suite = (name: string) => `console.log('\\n  ${name}\\n    it 1\\n    it 2');`;
      const { printed } = await run(`${suite('one')}${suite('two')}${telling(4, 0)}`);
      assert.deepEqual(printed.join('').split(/\n(?= {2}\w)/), [
        '',
        '  one\n    it 1\n    it 2\n',
        '  two\n    it 1\n    it 2\n',
      ]);
    });

    it('come to nothing when one ends without a count', async () => {
      const { count, printed } = await run(telling(2, 0), 'process.exit(3)');
      assert.equal(count, undefined);
      assert.deepEqual(printed, ['Lane 2 ended without a count (3).\n']);
    });

    it('come to nothing when one does not leave as it should', async () => {
      const { count, printed } = await run(telling(2, 0, 'process.exit(1)'));
      assert.equal(count, undefined);
      assert.deepEqual(printed, ['Lane 1 ended with 1, though no test of it failed.\n']);
    });
  });
});
