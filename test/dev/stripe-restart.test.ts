import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type Stripe from 'stripe';
import { eventually, openBank, openReceiver, PAYMENT, SECRET, sdk } from './stripe-fixture.ts';

const MAIN = new URL('../../dev/stripe/main.ts', import.meta.url).pathname;

/** The simulator as the embedded stack runs it: a process of its own. */
async function launch(...options: string[]): Promise<{ child: ChildProcess; stripe: Stripe; url: string }> {
  const child = spawn(process.execPath, [MAIN, '--port', '0', ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const [, url = '', port = ''] = /^ready (http:\/\/127\.0\.0\.1:(\d+))$/.exec(line) ?? [];
  return { child, stripe: sdk(Number(port)), url };
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}

describe('the simulated bank: a restart', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stayward-bank-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('after SIGKILL in mid-traffic has lost nothing that was answered', async () => {
    const first = await launch('--dir', directory);
    const answered: string[] = [];
    let running = true;
    const traffic = Array.from({ length: 4 }, async (_, worker) => {
      for (let n = 0; running; n++) {
        const options = { idempotencyKey: `${worker}:${n}` };
        const intent = await first.stripe.paymentIntents.create(PAYMENT, options).catch(() => undefined);
        if (intent !== undefined) answered.push(intent.id);
      }
    });
    await eventually(() => answered.length >= 50);
    await kill(first.child, 'SIGKILL');
    running = false;
    await Promise.all(traffic);

    const second = await launch('--dir', directory);
    for (const id of answered)
      assert.equal((await second.stripe.paymentIntents.retrieve(id)).status, 'succeeded');
    const replayed = await second.stripe.paymentIntents.create(PAYMENT, { idempotencyKey: '0:0' });
    assert.equal(replayed.lastResponse.headers['idempotent-replayed'], 'true');
    assert.ok(answered.includes(replayed.id));
    assert.equal(await kill(second.child, 'SIGTERM'), 0);
  });

  it('ends with its parent when told so', async () => {
    const { child } = await launch('--exit-with-parent');
    const exit = once(child, 'exit');
    child.stdin?.end();
    assert.deepEqual(await exit, [0, null]);
  });

  it('does not happen where the port is taken, and says so', async () => {
    await using bank = await openBank();
    const child = spawn(process.execPath, [MAIN, '--port', String(bank.port)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [line] = (await once(createInterface({ input: child.stderr }), 'line')) as [string];
    assert.match(line, /^The simulated bank can not start: .*EADDRINUSE/);
  });

  it('leaves out the last line when a kill tore it', async () => {
    const bank = await openBank({ directory });
    const { id } = await bank.stripe.paymentIntents.create(PAYMENT);
    await bank[Symbol.asyncDispose]();
    await appendFile(join(directory, 'bank.jsonl'), '[["+","payment_intents",{"id":"pi_torn",');
    await using reopened = await openBank({ directory });
    assert.equal((await reopened.stripe.paymentIntents.retrieve(id)).status, 'succeeded');
    assert.equal((await reopened.stripe.paymentIntents.list()).data.length, 1);
  });

  it('refuses a file that is damaged in the middle', async () => {
    await appendFile(join(directory, 'bank.jsonl'), 'nonsense\n[]\n');
    await assert.rejects(openBank({ directory }), /damaged: line 1/);
  });

  it('remembers its clock, its holds, its keys and its refunds', async () => {
    const bank = await openBank({ directory });
    await bank.control('POST', '/clock', { advanceSeconds: 3600 });
    await bank.control('POST', '/settings', { refunds: 'pending' });
    const { id } = await bank.stripe.paymentIntents.create({ ...PAYMENT, capture_method: 'manual' });
    const paid = await bank.stripe.paymentIntents.create(PAYMENT);
    const refund = await bank.stripe.refunds.create({ payment_intent: paid.id });
    await bank[Symbol.asyncDispose]();
    await using reopened = await openBank({ directory });
    const later = await reopened.stripe.paymentIntents.create(PAYMENT);
    assert.ok(later.created >= paid.created);
    await reopened.control('POST', '/clock', { advanceSeconds: 8 * 86_400 });
    assert.equal((await reopened.stripe.paymentIntents.retrieve(id)).status, 'canceled');
    assert.equal((await reopened.stripe.refunds.retrieve(refund.id)).status, 'succeeded');
  });

  it('delivers the events that were not yet taken', async () => {
    await using receiver = await openReceiver();
    const webhook = { url: receiver.url, secrets: [SECRET] };
    const bank = await openBank({ directory, webhook });
    await bank.control('POST', '/webhooks/pause');
    await bank.stripe.paymentIntents.create(PAYMENT);
    await bank[Symbol.asyncDispose]();
    assert.equal(receiver.events.length, 0);
    await using _reopened = await openBank({ directory, webhook });
    await eventually(() => receiver.events.length === 3);
  });

  it('leads an open challenge to its new address', async () => {
    const bank = await openBank({ directory });
    const { id } = await bank.stripe.paymentIntents.create({
      ...PAYMENT,
      payment_method: 'pm_card_authenticationRequired',
    });
    const setup = await bank.stripe.setupIntents.create({
      payment_method: 'pm_card_authenticationRequired',
      allowed_payment_method_types: ['card'],
      confirm: true,
    });
    await bank[Symbol.asyncDispose]();
    await using reopened = await openBank({ directory });
    for (const intent of [
      await reopened.stripe.paymentIntents.retrieve(id),
      await reopened.stripe.setupIntents.retrieve(setup.id),
    ])
      assert.equal((await fetch(intent.next_action?.redirect_to_url?.url ?? '')).status, 200);
  });

  it('with a clean slate is what a reset asks for', async () => {
    const bank = await openBank({ directory });
    const { id } = await bank.stripe.paymentIntents.create(PAYMENT, { idempotencyKey: 'once' });
    await bank.control('POST', '/reset', {});
    assert.notEqual((await bank.stripe.paymentIntents.create(PAYMENT, { idempotencyKey: 'once' })).id, id);
    await bank[Symbol.asyncDispose]();
    await using reopened = await openBank({ directory });
    assert.equal((await reopened.stripe.paymentIntents.list()).data.length, 1);
  });
});
