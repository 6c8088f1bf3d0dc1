import type { Stack } from '#dev/stack/stack.ts';
import { Inspector } from './inspector.ts';
import type { Profiled } from './inspector.ts';

/** Where a process spent its time, in shares of the time it was at work. */
export interface Profile {
  of: string;
  /** Of the time that was looked at, how much it was at work. */
  busy: number;
  shares: [group: string, share: number][];
}

const SMALLEST_SHARE = 0.02;

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
