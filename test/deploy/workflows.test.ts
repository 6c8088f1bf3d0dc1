import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { parse } from 'yaml';
import { ROOT } from '../support/compose.ts';

interface Job {
  'needs'?: string | string[];
  'uses'?: string;
  'timeout-minutes'?: number;
  'steps'?: { uses?: string; run?: string; env?: Record<string, string> }[];
}

const DIRECTORY = join(ROOT, '.github/workflows');
const workflows = readdirSync(DIRECTORY).map((file) => {
  const text = readFileSync(join(DIRECTORY, file), 'utf8');
  return { file, text, ...(parse(text) as { permissions?: object; jobs: Record<string, Job> }) };
});

for (const { file, text, permissions, jobs } of workflows) {
  describe(`.github/workflows/${file}`, () => {
    const all = Object.values(jobs);
    const steps = all.flatMap((job) => job.steps ?? []);

    it('uses each action in one version and no other, and says which that is', () => {
      const used = [...text.matchAll(/\buses: (\S+)(.*)$/gm)];
      assert.equal(used.length, [...all, ...steps].filter(({ uses }) => uses !== undefined).length);
      for (const [, action = '', comment = ''] of used) {
        if (action.startsWith('./')) assert.ok(existsSync(join(ROOT, action)), action);
        else assert.match(`${action}${comment}`, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    });

    it('runs scripts that there are', () => {
      const runs = steps.map(({ run = '' }) => run).join('\n');
      const scripts = [...runs.matchAll(/(?<![\w/.])(?:\.ci|bin|deploy)\/[\w./-]+/g)].map(([path]) => path);
      for (const script of scripts) {
        assert.ok(existsSync(join(ROOT, script)), script);
        if (script === '.ci/run' || script.endsWith('.sh')) accessSync(join(ROOT, script), constants.X_OK);
      }
      const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
      for (const [, name = ''] of runs.matchAll(/npm run ([\w:-]+)/g))
        assert.ok(name in manifest.scripts, name);
      assert.ok(scripts.length > 0);
    });

    it('puts nothing into a shell that somebody outside could have written', () => {
      for (const { run = '' } of steps) assert.doesNotMatch(run, /\$\{\{/);
    });

    it('may only read, but where a job says more, and ends in time', () => {
      assert.deepEqual(permissions, { contents: 'read' });
      for (const job of all) assert.ok(job.uses !== undefined || (job['timeout-minutes'] ?? 0) > 0);
    });

    it('waits for jobs that there are', () => {
      for (const { needs = [] } of all) {
        for (const name of [needs].flat()) assert.ok(name in jobs, name);
      }
    });
  });
}
