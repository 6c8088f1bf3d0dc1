import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { GUIDE_NAMES, guideFile } from '#api/docs/guides.ts';
import { DEMO_PASSWORD, plantDemo } from '#db/seeds/demo.ts';
import { createPasswords } from '#gateways/passwords.ts';
import { assertPrinted, examplesIn, runExamples } from '../support/examples.ts';
import type { Example } from '../support/examples.ts';
import { useWorld } from '../support/journeys.ts';

/** Signing in and some bookings, on a machine that is busy. */
const GUIDE_MS = 240_000;

describe('the examples of the documentation', function () {
  this.timeout(GUIDE_MS);
  const world = useWorld();
  before('plant the demo data', async () => {
    await plantDemo(world().db, await createPasswords().hash(DEMO_PASSWORD));
  });

  const guide = (name: string): Promise<string> => readFile(guideFile(name), 'utf8');

  for (const name of GUIDE_NAMES) {
    it(`print what guides/${name}.md says`, async () => {
      const examples = examplesIn(await guide(name));
      const printed = await runExamples(examples, { API: world().api });
      for (const [index, example] of examples.entries()) assertPrinted(example, printed[index] ?? '');
      assert.ok(examples.filter(({ expected }) => expected !== undefined).length >= 3);
    });
  }

  it('are all of guides that can be read at /docs', async () => {
    const files = await readdir(new URL('.', guideFile('any')));
    assert.deepEqual(files.sort(), GUIDE_NAMES.map((name) => `${name}.md`).sort());
  });

  it('book a stay with the line of the README, and the same one again', async () => {
    const text = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const [line, ...more] = examplesIn(text);
    assert.ok(line !== undefined && more.length === 0);
    const there = { command: line.command.replaceAll('localhost:3000', world().api) } satisfies Example;
    const [first = '', again = ''] = await runExamples([there, there], {});
    const booking = JSON.parse(first);
    assert.equal(booking.status, 'confirmed');
    assert.equal(booking.payment.status, 'posted');
    assert.deepEqual(JSON.parse(again), booking);
  });
});

describe('what an example is held against', () => {
  const example = (expected: Example['expected'] & object): Example => ({ command: 'anything', expected });
  const json = (text: string) => example({ language: 'json', text });

  it('lets an answer say more, and not less or otherwise', () => {
    const answer = '{"id":"bkg_1","payment":{"status":"posted"},"errors":[{"path":"a"}]}';
    assertPrinted(json('{ "id": "bkg_…", "payment": { "status": "posted" } }'), answer);
    assertPrinted(json('{ "errors": [{ "path": "a" }] }'), answer);
    for (const wrong of ['{ "id": "pay_…" }', '{ "payment": { "status": "voided" } }', '{ "total": 1 }'])
      assert.throws(() => assertPrinted(json(wrong), answer), assert.AssertionError);
    assert.throws(() => assertPrinted(json('{ "errors": [{}, {}] }'), answer), assert.AssertionError);
  });

  it('wants every line of a text', () => {
    const text = (lines: string) => example({ language: 'text', text: lines });
    assertPrinted(text('HTTP/1.1 201 …\n'), 'HTTP/1.1 201 Created\r\nMore: yes');
    assert.throws(() => assertPrinted(text('200\n'), '2000'), assert.AssertionError);
  });

  it('is a block right below, and a block of shell that fails is seen', async () => {
    assert.deepEqual(examplesIn('```sh\na\n```\n\n```json\n{}\n```\n'), [
      { command: 'a\n', expected: { language: 'json', text: '{}\n' } },
    ]);
    assert.throws(() => examplesIn('```sh\na\n```\n\nWords.\n\n```json\n{}\n```\n'), assert.AssertionError);
    await assert.rejects(runExamples([{ command: 'false' }], {}), assert.AssertionError);
    await assert.rejects(runExamples([{ command: 'exit' }], {}), assert.AssertionError);
    assert.deepEqual(await runExamples([{ command: 'A=1' }, { command: 'echo $A$B' }], { B: '2' }), [
      '',
      '12',
    ]);
  });
});
