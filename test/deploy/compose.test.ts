import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { DCLinter } from 'dclint';
import { describe, it } from 'mocha';
import { WORK } from '#bin/work.ts';
import { environmentWithoutSettings, readConfig } from '#config';
import { WEBHOOK_EVENTS } from '#dev/stack/services.ts';
import { KINDS_HEARD } from '#workflows/inbox.contract.ts';
import { compose, composeAsWritten, envFile, ROOT, variablesOf } from '../support/compose.ts';
import type { Service } from '../support/compose.ts';

const SANDBOX = envFile('deploy/sandbox.env');
const file = compose(SANDBOX);
const services = Object.entries(file.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const ofTheImage = ours.filter(([, { build }]) => build?.target === 'runtime');
const isOneShot = ({ restart }: Service) => restart === 'no';

describe('docker-compose.yml', () => {
  it('is what the compose specification allows', () => {
    const linter = dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
    // It names its draft by an address under which ajv does not know it.
    const { $schema: _draft, ...schema } = JSON.parse(
      readFileSync(join(linter, 'schemas/compose.schema.json'), 'utf8'),
    );
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const isValid = ajv.compile(schema);
    assert.equal(isValid(composeAsWritten()), true, ajv.errorsText(isValid.errors));
    assert.equal(isValid(file), true, ajv.errorsText(isValid.errors));
    assert.equal(isValid({ services: { api: { imge: 'x' } } }), false);
  });

  it('has no port that the world can reach, no image without its version, and nothing else that a linter knows', () => {
    const order = ['service-keys-order', 'services-alphabetical-order', 'top-level-properties-order'];
    const without = [...order, 'no-build-and-image']; // Built here, or pulled where it has been built before.
    const linter = new DCLinter({
      rules: Object.fromEntries(without.map((rule) => [rule, 0 as const])),
      quiet: false,
      debug: false,
      exclude: [],
    });
    const found: { messages: { line: number; message: string }[] }[] = linter.lintFiles(
      [join(ROOT, 'docker-compose.yml')],
      false,
    );
    const messages = found.flatMap((each) => each.messages.map(({ line, message }) => `${line}: ${message}`));
    assert.deepEqual(messages, []);
  });

  it('has a worker for every queue, and asks of each whether its own queue is served', () => {
    const workers = ofTheImage.filter(([, { command }]) => command?.[1] === 'bin/worker.ts');
    const queues = workers.map(([, { command }]) => command?.slice(2));
    assert.deepEqual(
      queues,
      Object.keys(WORK).map((queue) => ['--queue', queue]),
    );
    for (const [name, { command, healthcheck }] of workers) {
      const queue = command?.at(-1) ?? '';
      assert.equal(name, `worker-${queue}`);
      assert.deepEqual(healthcheck?.test, ['CMD', 'node', 'bin/healthy.ts', '--queue', queue]);
    }
  });

  for (const [name, service] of ours) {
    it(`runs for ${name} a program that there is, with flags that it knows`, async () => {
      const [node, program = '', ...flags] = service.command ?? [];
      assert.equal(node, 'node');
      assert.ok(existsSync(join(ROOT, program)), program);
      await understands(program, flags);
    });
  }

  for (const [name, service] of ours) {
    const [, node, program = '', ...flags] = service.healthcheck?.test ?? [];
    if (node !== 'node' || program === '-e') continue;
    it(`asks ${name} for its health by a program that there is, with flags that it knows`, async () => {
      await understands(program, flags);
    });
  }

  it('sets nothing that the configuration does not know, and all that it needs', () => {
    for (const [name, { environment = {} }] of ofTheImage) {
      assert.deepEqual(environmentWithoutSettings(environment), {}, name);
      assert.equal(readConfig(environment).temporal.namespace, 'stayward', name);
    }
  });

  it('asks for its secrets by name, and does not start without them', () => {
    const required = new Set(variablesOf().flatMap(({ name, isRequired }) => (isRequired ? [name] : [])));
    assert.deepEqual(
      [...required].filter((name) => !(name in SANDBOX)),
      [],
    );
    for (const name of required) {
      assert.throws(() => compose({ ...SANDBOX, [name]: '' }), new RegExp(`${name} is required`), name);
    }
    const known = new Set(variablesOf().map(({ name }) => name));
    for (const path of ['deploy/sandbox.env', 'deploy/settings.example.env']) {
      assert.deepEqual(
        Object.keys(envFile(path)).filter((name) => !known.has(name)),
        [],
        path,
      );
    }
    const example = envFile('deploy/settings.example.env');
    assert.deepEqual(
      [...required].filter((name) => !(name in example)),
      [],
    );
  });

  it('starts in an order that ends', () => {
    const started = new Set<string>();
    for (let before = -1; before < started.size;) {
      before = started.size;
      for (const [name, { depends_on: needs = {} }] of services) {
        if (Object.keys(needs).every((needed) => started.has(needed))) started.add(name);
      }
    }
    assert.deepEqual(
      services.map(([name]) => name).filter((name) => !started.has(name)),
      [],
    );
  });

  it('waits for the health of what has one, and for the end of what ends', () => {
    for (const [name, { depends_on: needs = {}, profiles }] of services) {
      for (const [needed, { condition, required }] of Object.entries(needs)) {
        const other = file.services[needed];
        assert.ok(other !== undefined, `${name} needs ${needed}`);
        if (isOneShot(other)) assert.equal(condition, 'service_completed_successfully', `${name}, ${needed}`);
        else assert.ok(condition === 'service_healthy' && other.healthcheck?.test, `${name}, ${needed}`);
        // What a profile leaves out must not be needed by what it does not.
        if (other.profiles !== undefined && profiles === undefined) assert.equal(required, false);
      }
    }
  });

  it('has somebody wait for each that ends, since `up --wait` takes the end of any other for a failure', () => {
    const awaited = services.flatMap(([, { depends_on: needs = {} }]) => Object.keys(needs));
    for (const [name, service] of services) {
      if (isOneShot(service)) assert.ok(awaited.includes(name), name);
    }
  });

  it('lets nothing but what must be reached out of the inner network, and nothing have more rights than it uses', () => {
    assert.equal(file.networks.inside?.internal, true);
    for (const [name, service] of services) {
      assert.deepEqual(service.cap_drop, ['ALL'], name);
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
      assert.ok(service.deploy.resources.limits.memory !== '', name);
      if (name !== 'temporal-ui') assert.equal(service.read_only, true, name); // It writes its settings down.
    }
    for (const name of ['postgres', 'redis', 'temporal', 'temporal-schema']) {
      assert.deepEqual(file.services[name]?.networks, ['inside'], name);
    }
  });

  it('gives a process longer to stop than the process gives itself', () => {
    for (const [name, { environment = {}, stop_grace_period: period = '10s', restart }] of ofTheImage) {
      if (restart === 'no') continue;
      const { drainSeconds, shutdownGraceSeconds } = readConfig({
        ...environment,
        ...(name === 'api' && { DRAIN_SECONDS: envFile('deploy/settings.example.env').DRAIN_SECONDS }),
      });
      assert.ok(Number.parseInt(period, 10) > drainSeconds + shutdownGraceSeconds, name);
    }
  });

  it('has the bank tell of what has an owner here and of nothing else, as does the launcher, and as the guide says', () => {
    const bank = services.flatMap(([, { command = [] }]) => command);
    assert.ok(bank.includes(`--webhook-events=${KINDS_HEARD.join(',')}`));
    assert.deepEqual(WEBHOOK_EVENTS, KINDS_HEARD);
    const guide = readFileSync(join(ROOT, 'docs/guides/webhooks.md'), 'utf8');
    assert.deepEqual(
      KINDS_HEARD.filter((kind) => !guide.includes(`\`${kind}\``)),
      [],
    );
  });

  it('mounts files that there are', () => {
    for (const [name, { configs = [] }] of services) {
      for (const { source } of configs) {
        const { file: path = '' } = file.configs[source] ?? {};
        assert.ok(existsSync(join(ROOT, path)) && path !== '', `${name}: ${source}`);
      }
    }
  });
});

/** Without settings a program of ours stops where it has read its flags and misses them; the bank starts, and is stopped. */
async function understands(program: string, flags: string[]): Promise<void> {
  const isBank = program === 'dev/stripe/main.ts';
  const own = isBank ? ['--host=127.0.0.1', '--port=0'] : [];
  const child = execFile(process.execPath, [program, ...flags, ...own], { cwd: ROOT, env: {} });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: string) => {
      said += text;
      if (isBank && /^ready/m.test(said)) child.kill('SIGTERM');
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (isBank) assert.equal(code, 0, said);
  else assert.match(said, /The settings are not complete/);
}
