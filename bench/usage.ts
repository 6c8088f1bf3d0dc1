import { readdir, readFile } from 'node:fs/promises';
import type { Stack } from '#dev/stack/stack.ts';

/** Read from /proc, which only Linux has: elsewhere what is said of processors and memory stays unsaid. */
export const CAN_TELL = process.platform === 'linux';

export const PARTS = ['temporal', 'worker', 'postgres', 'api', 'stripe', 'redis'] as const;
export type PartOfStack = (typeof PARTS)[number];

/** Linux counts processor time in these, whatever its own clock. */
const MS_PER_TICK = 10;
const BETWEEN_LOOKS_MS = 250;

/** Processor time that each part has taken since it began, its own processes' with it; those that ended too. */
export async function cpuMsOf(stack: Stack): Promise<Record<PartOfStack, number>> {
  const all = await everyProcess();
  const sums = { temporal: 0, worker: 0, postgres: 0, api: 0, stripe: 0, redis: 0 };
  for (const part of PARTS) {
    const pid = pidOf(stack, part);
    for (const each of all) if (pid !== undefined && belongsTo(each, pid, all)) sums[part] += each.cpuMs;
  }
  return sums;
}

function pidOf(stack: Stack, part: PartOfStack): number | undefined {
  return part === 'redis' && !stack.hasRedis ? undefined : stack.part(part).pid;
}

interface Process {
  pid: number;
  parent: number;
  cpuMs: number;
}

function belongsTo(each: Process, pid: number, all: readonly Process[]): boolean {
  if (each.pid === pid) return true;
  const parent = all.find((other) => other.pid === each.parent);
  return parent !== undefined && belongsTo(parent, pid, all);
}

async function everyProcess(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.filter((stat) => stat !== '').map(processOf);
}

/** See proc(5). The name, in parentheses, may hold anything; what comes after its end is numbers. */
function processOf(stat: string): Process {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [parent = 0, ...times] = [1, 11, 12, 13, 14].map((place) => Number(fields[place]));
  return {
    pid: Number.parseInt(stat, 10),
    parent,
    cpuMs: times.reduce((sum, ticks) => sum + ticks, 0) * MS_PER_TICK,
  };
}

/** What a process holds in memory now, in MB. */
export async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024) / 1e6;
}

/** The most that a part has held in memory from now on, in MB. */
export class MostResident implements Disposable {
  readonly #looking: NodeJS.Timeout;
  mostMb = 0;

  constructor(stack: Stack, part: PartOfStack) {
    const look = async () => {
      this.mostMb = Math.max(this.mostMb, await residentMb(stack.part(part).pid));
    };
    this.#looking = setInterval(() => void look().catch(() => undefined), BETWEEN_LOOKS_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#looking);
  }
}
