import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '#dev/stack/stack.ts';

/** Processes of ours that can be looked into. Only their main threads: a worker runs its workflows in others. */
export type Profiled = 'api' | 'worker';

/** Where a process spent its time, in shares of the time it was at work. */
export interface Profile {
  of: string;
  /** Of the time that was looked at, how much it was at work. */
  busy: number;
  shares: [group: string, share: number][];
}

/** Started with this, a process that is asked to be looked into chooses a free port for it. It costs nothing before. */
export const CAN_BE_PROFILED = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' };

const SMALLEST_SHARE = 0.02;
const LISTENS_WITHIN_MS = 10_000;

/** Functions by whose they are: the first that fits the address of the file. */
const GROUPS: readonly [group: string, pattern: RegExp][] = [
  ['pg', /node_modules\/(pg|pg-[a-z-]+|postgres-[a-z]+|split2)\//],
  ['knex and objection', /node_modules\/(knex|objection|tarn|db-errors|ajv)\//],
  ['temporal', /node_modules\/@temporalio\//],
  ['grpc and protobuf', /node_modules\/(@grpc|protobufjs|@protobufjs|long)\//],
  ['koa', /node_modules\/(koa|koa-[a-z]+|raw-body|content-type|accepts|statuses|http-errors)\//],
  ['pino', /node_modules\/(pino|pino-[a-z-]+|sonic-boom|quick-format-unescaped|safe-stable-stringify)\//],
  ['ioredis', /node_modules\/(ioredis|redis-[a-z]+|@ioredis|denque)\//],
  ['zod', /node_modules\/zod\//],
  ['prom-client', /node_modules\/prom-client\//],
  ['stripe', /node_modules\/stripe\//],
  ['other packages', /node_modules\//],
  ['node: http', /^node:(_http|http|internal\/http)/],
  [
    'node: net and streams',
    /^node:(net|internal\/(streams|stream_base|net)|stream|_stream|tls|buffer|internal\/buffer)/,
  ],
  ['node: other', /^node:/],
  ['ours', /^file:/],
];

interface Call {
  functionName: string;
  url: string;
}

interface CpuProfile {
  nodes: { id: number; callFrame: Call }[];
  samples: number[];
  timeDeltas: number[];
}

/** Looks into a process while some work goes on. */
export async function profiled(stack: Stack, part: Profiled, work: () => Promise<unknown>): Promise<Profile> {
  await using inspector = await Inspector.open(stack, part);
  await inspector.ask('Profiler.enable');
  await inspector.ask('Profiler.setSamplingInterval', { interval: 500 });
  await inspector.ask('Profiler.start');
  await work();
  const { profile } = (await inspector.ask('Profiler.stop')) as { profile: CpuProfile };
  return { of: part, ...sharesOf(profile) };
}

function sharesOf({ nodes, samples, timeDeltas }: CpuProfile): Omit<Profile, 'of'> {
  const callOf = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const took = new Map<string, number>();
  let idle = 0;
  samples.forEach((id, place) => {
    const call = callOf.get(id);
    const micros = timeDeltas[place] ?? 0;
    if (call === undefined || call.functionName === '(idle)') idle += micros;
    else took.set(groupOf(call), (took.get(groupOf(call)) ?? 0) + micros);
  });
  const busy = [...took.values()].reduce((sum, micros) => sum + micros, 0);
  const shares = [...took]
    .map(([group, micros]): [string, number] => [group, micros / busy])
    .filter(([, share]) => share >= SMALLEST_SHARE)
    .sort(([, one], [, other]) => other - one);
  return { busy: busy / (busy + idle), shares };
}

function groupOf({ functionName, url }: Call): string {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '') return 'native code and system calls';
  return GROUPS.find(([, pattern]) => pattern.test(url))?.[0] ?? 'other';
}

/** The protocol of Node's own debugger: opened by a signal, closed again afterwards. */
class Inspector implements AsyncDisposable {
  readonly #socket: WebSocket;
  #asked = 0;

  static async open(stack: Stack, part: Profiled): Promise<Inspector> {
    const log = join(stack.logs, `${part}.log`);
    const { size: start } = await stat(log);
    const { pid } = stack.part(part);
    if (pid === undefined) throw new Error(`${part} does not run.`);
    process.kill(pid, 'SIGUSR1');
    const deadline = performance.now() + LISTENS_WITHIN_MS;
    for (;;) {
      const said = await text(createReadStream(log, { start }));
      const address = /Debugger listening on (ws:\S+)/.exec(said)?.[1];
      if (address !== undefined) return Inspector.#connect(address);
      if (performance.now() > deadline) throw new Error(`${part} does not let itself be looked into.`);
      await delay(50);
    }
  }

  static async #connect(address: string): Promise<Inspector> {
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`${address} does not answer.`)));
    });
    return new Inspector(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  ask(method: string, params: object = {}): Promise<unknown> {
    const id = (this.#asked += 1);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const onMessage = ({ data }: MessageEvent<string>) => {
      const word = JSON.parse(data) as { id?: number; result?: unknown; error?: { message: string } };
      if (word.id !== id) return;
      this.#socket.removeEventListener('message', onMessage);
      if (word.error === undefined) resolve(word.result);
      else reject(new Error(`${method}: ${word.error.message}`));
    };
    this.#socket.addEventListener('message', onMessage);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return promise;
  }

  /** The process goes on as if nobody had looked. A signal to look again is lost on it until it listens no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.addEventListener('close', resolve));
    const expression = `setTimeout(() => process.getBuiltinModule('inspector').close(), 10)`;
    await this.ask('Runtime.evaluate', { expression });
    this.#socket.close();
    await closed;
    while (await isListening(this.#socket.url)) await delay(10);
  }
}

async function isListening(address: string): Promise<boolean> {
  const { host } = new URL(address);
  return fetch(`http://${host}/json/version`).then(
    () => true,
    () => false,
  );
}
