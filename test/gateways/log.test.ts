import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { redacted } from '#gateways/log.ts';
import { capturedLog } from '../support/captured-log.ts';

describe('the log', () => {
  for (const [what, secret] of [
    ['a mail address', 'ada.lovelace+stays@mail.example.org'],
    ['an access token', 'sta_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF'],
    ['a refresh token', 'str_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF'],
    ['a key of the bank', 'sk_test_51Habcdefghijk'],
    ['a webhook secret', 'whsec_abcdefghijk'],
    ['a client secret', 'pi_3abc_secret_def'],
    ['a password hash', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA'],
  ] as const) {
    it(`does not tell ${what} in an error (S8)`, () => {
      const { log, lines } = capturedLog();
      log.error({ err: new Error(`insert failed: Key (x)=(${secret}) exists`) }, 'defect');
      assert.ok(!JSON.stringify(lines()).includes(secret));
      assert.match(redacted(`before ${secret} after`), /^before \[redacted\] after$/);
    });
  }

  it('does not tell what an error carries along, nor fields that are secret by name (S8)', () => {
    const { log, lines } = capturedLog();
    const err = Object.assign(new Error('no'), { detail: 'ada', bindings: ['hunter22'], code: '23505' });
    log.error({ err, token: 'abc-token', password: 'hunter22', email: 'a@b', clientSecret: 'cs' }, 'defect');
    const [line] = lines();
    assert.doesNotMatch(JSON.stringify(line), /abc-token|hunter22|a@b|"ada"|"cs"/);
    assert.equal((line?.err as { code: string }).code, '23505');
  });

  it('leaves ids and sentences as they are', () => {
    const text = 'bkg_01jz3v9qk8w5xw7d2m4n6p8r0t is held until 2026-05-01T12:00:00Z (3 nights).';
    assert.equal(redacted(text), text);
  });

  for (const [end, lines, by] of [
    ['has no more to do', 3_000, ''],
    ['exits', 100, 'process.exit(0)'],
    ['breaks', 100, 'throw new Error("broken")'],
  ] as const) {
    it(`has every line of a process that ${end}`, () => {
      const program = `
        import { createLog } from '#gateways/log.ts';
        const log = createLog({ level: 'info', name: 'test' });
        for (let n = 1; n <= ${lines}; n++) log.info({ n, text: 'x'.repeat(100) }, 'line');
        ${by}`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program]);
      const numbers = String(stdout)
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { n: number }).n);
      assert.deepEqual(
        numbers,
        Array.from({ length: lines }, (_, n) => n + 1),
      );
    });
  }
});
