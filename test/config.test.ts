import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, environmentBesideStack, readConfig, readLauncherConfig } from '#config';

const COMPLETE = {
  DATABASE_URL: 'postgresql://localhost/stayward',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  QUOTE_SECRET: 'q'.repeat(32),
};

describe('the configuration', () => {
  it('is complete with five settings, and listens on the loopback', () => {
    const config = readConfig(COMPLETE);
    assert.deepEqual(config.http, { host: '127.0.0.1', port: 3000, trustProxy: false });
    assert.equal(config.redisUrl, undefined);
  });

  it('reports every problem at once, without the values, which may be secret', () => {
    const wrong = { ...COMPLETE, DATABASE_URL: undefined, PORT: 'x', STRIPE_SECRET_KEY: 'pk_live_secret' };
    assert.throws(
      () => readConfig(wrong),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, /DATABASE_URL is not set/);
        assert.match(error.message, /PORT: /);
        assert.match(error.message, /STRIPE_SECRET_KEY: must be a secret key/);
        assert.doesNotMatch(error.message, /pk_live_secret/);
        return true;
      },
    );
  });

  it('takes an empty variable for one that is not set', () => {
    assert.equal(readConfig({ ...COMPLETE, REDIS_URL: '', PORT: '' }).redisUrl, undefined);
  });

  it('knows several webhook secrets while they rotate', () => {
    const config = readConfig({ ...COMPLETE, STRIPE_WEBHOOK_SECRET: 'whsec_new, whsec_old' });
    assert.deepEqual(config.stripe.webhookSecrets, ['whsec_new', 'whsec_old']);
  });

  it('holds the first payout of new hosts for no day unless told otherwise, and for thirty at most', () => {
    const held = (days?: string) =>
      readConfig({ ...COMPLETE, FIRST_PAYOUT_HOLD_DAYS: days }).firstPayoutHoldDays;
    assert.deepEqual([held(), held('0'), held('30')], [0, 0, 30]);
    for (const days of ['31', '-1', '1.5', 'long'])
      assert.throws(() => held(days), /FIRST_PAYOUT_HOLD_DAYS: /);
  });

  it('knows real money by the key', () => {
    assert.equal(readConfig(COMPLETE).stripe.live, false);
    assert.equal(readConfig({ ...COMPLETE, STRIPE_SECRET_KEY: 'rk_live_1' }).stripe.live, true);
  });

  it('has private addresses asked only when told to, and never with real money', () => {
    const anywhere = (more: object) => readConfig({ ...COMPLETE, ...more }).outgoing.anywhere;
    assert.deepEqual([anywhere({}), anywhere({ OUTGOING_ANYWHERE: 'true' })], [false, true]);
    assert.equal(anywhere({ OUTGOING_ANYWHERE: 'true', STRIPE_SECRET_KEY: 'rk_live_1' }), false);
  });

  it('refuses a bank without the secret of its webhooks', () => {
    assert.throws(() => readLauncherConfig({ STRIPE_SECRET_KEY: 'sk_test_1' }), /STRIPE_WEBHOOK_SECRET/);
  });
});

describe('a command beside a running stack', () => {
  let home: string;
  beforeEach(async () => (home = await mkdtemp(join(tmpdir(), 'stayward-'))));
  afterEach(() => rm(home, { recursive: true }));

  it('finds what the stack runs on, and what is set by hand wins', async () => {
    await writeFile(join(home, 'stack.json'), JSON.stringify({ environment: { ...COMPLETE, PORT: '4000' } }));
    const config = readConfig(environmentBesideStack({ STAYWARD_HOME: home, PORT: '5000' }));
    assert.equal(config.databaseUrl, COMPLETE.DATABASE_URL);
    assert.equal(config.http.port, 5000);
  });

  it('needs everything by hand where none runs', () => {
    assert.deepEqual(environmentBesideStack({ STAYWARD_HOME: home }), { STAYWARD_HOME: home });
  });
});
