import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { workflowBundle } from '#bin/workflow-bundle.ts';
import * as WORKFLOWS from '#workflows/all.ts';
import { alteredBundle } from '../support/histories/altered-bundle.ts';
import type { Alteration } from '../support/histories/altered-bundle.ts';
import { ARCHIVE, fileOf, listKept, readHistory } from '../support/histories/archive.ts';
import { RECORDINGS } from '../support/histories/recordings.ts';
import { assertReplays } from '../support/histories/replaying.ts';
import { EDGES } from '../support/walks/edges.ts';

const ARCHIVE_MAX_BYTES = 1_000_000;
const SOURCES = join(import.meta.dirname, '../../workflows');

/** A step fewer, a step more and two steps in another order: each with the same change behind a patch. */
const ALTERATIONS = {
  bookStay: {
    file: 'bookings/staying.ts',
    from: ' = await step.beginStay(now(life.request));\n',
    to: ' = undefined;\n',
    guarded: " = patched('no-beginning') ? undefined : await step.beginStay(now(life.request));\n",
    imports: ['import { setCurrentDetails }', 'import { patched, setCurrentDetails }'],
  },
  refundPayment: {
    file: 'refunds.ts',
    from: '    // What the bank has said while that was written down.\n',
    to: '    await bank.readRefund({ refundId });\n',
    guarded: "    if (patched('look-again')) await bank.readRefund({ refundId });\n",
    imports: ['import { CancellationScope, condition,', 'import { CancellationScope, condition, patched,'],
  },
  collectReviews: {
    file: 'reviews.ts',
    from: "    if (await hearsBoth(window, box, { until: due, summary: 'Reminder' })) return;\n",
    to: '    await reviewStep.remindReviewers({ bookingId, nth: 0, at: instantNow() });\n',
    guarded: [
      "    if (patched('remind-first')) await reviewStep.remindReviewers({ bookingId, nth: 0, at: instantNow() });",
      "    else if (await hearsBoth(window, box, { until: due, summary: 'Reminder' })) return;\n",
    ].join('\n'),
    imports: ['  condition,\n', '  condition,\n  patched,\n'],
  },
} as const;

/** What is recorded of workflows that come to an altered place. */
const BREAKABLE = RECORDINGS.filter(({ workflow, edges }) => {
  if (edges !== undefined) return edges.includes('confirmed → in_stay');
  return workflow === 'refundPayment' || workflow === 'collectReviews';
}).map((recording) => fileOf(recording));

describe('the recorded histories of the workflows', function () {
  this.timeout(120_000);

  it('can go on with the workflow code as it is (L16)', async () => {
    await assertReplays(await workflowBundle());
  });

  it('are one of every course of every workflow, and nothing else', () => {
    const files = listKept();
    const today = files.filter(({ before: patch }) => patch === undefined).map(({ file }) => file);
    assert.deepEqual(today, RECORDINGS.map((recording) => fileOf(recording)).sort());
    for (const { workflow, course } of files) assert.ok(today.includes(fileOf({ workflow, name: course })));
    const workflows = new Set(RECORDINGS.map(({ workflow }) => workflow));
    assert.deepEqual([...workflows].sort(), Object.keys(WORKFLOWS).sort());
  });

  it('go along every edge of the state graph of a booking', () => {
    const walked = new Set(RECORDINGS.flatMap(({ edges = [] }) => edges));
    assert.deepEqual(walked, new Set(EDGES));
  });

  it('of courses from before a patch are kept as long as the code has the patch', () => {
    const sources = globSync('**/*.ts', { cwd: SOURCES }).map((file) =>
      readFileSync(join(SOURCES, file), 'utf8'),
    );
    const patches = sources.flatMap((code) =>
      [...code.matchAll(/\bpatched\('([^']+)'\)/g)].map(([, id]) => id),
    );
    for (const { file, before: patch } of listKept())
      assert.ok(
        patch === undefined || patches.includes(patch),
        `${file}: no code asks for that patch any more`,
      );
  });

  it('tell nothing of the machine that they were recorded on', () => {
    for (const kept of listKept()) {
      const text = JSON.stringify(readHistory(kept), (key, value: unknown) =>
        key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
      );
      const found =
        /"(?:identity|stackTrace|workerVersion)"|\b\d+@[\w-]+|\/(?:home|root|tmp|usr|Users)\//.exec(text);
      assert.equal(found, null, kept.file);
    }
  });

  it('are small', () => {
    const bytes = listKept().map(({ file }) => statSync(join(ARCHIVE, file)).size);
    assert.ok(bytes.reduce((sum, size) => sum + size, 0) < ARCHIVE_MAX_BYTES);
  });

  describe('of workflows whose steps change', () => {
    const changes = Object.values(ALTERATIONS);

    it('fail, each by its name, with what is to be done', async () => {
      const bundle = await alteredBundle(...changes);
      await assert.rejects(assertReplays(bundle), ({ message }: Error) => {
        const named = [...message.matchAll(/^ {2}test\/histories\/(\S+\.json\.gz): /gm)].map(
          ([, file]) => file,
        );
        assert.deepEqual(named.sort(), BREAKABLE.sort());
        assert.match(message, /guard the change by `patched\('what-changes'\)`/);
        assert.match(message, /npm run histories -- --patch what-changes --only COURSE/);
        assert.match(message, /npm run histories -- --anew --only COURSE/);
        return true;
      });
    });

    it('can go on where the change is behind a patch', async () => {
      const guarded = changes.flatMap(({ file, from, guarded: to, imports }): Alteration[] => [
        { file, from, to },
        { file, from: imports[0], to: imports[1] },
      ]);
      await assertReplays(await alteredBundle(...guarded));
    });
  });
});
