import { readFile } from 'node:fs/promises';
import type { HeapSpaceInfo } from 'node:v8';
import type { Stack } from '#dev/stack/stack.ts';
import { Inspector } from './inspector.ts';
import type { Profiled } from './inspector.ts';
import { residentMb } from './usage.ts';

/** Asked of the process itself. */
const HEAP = `({
  spaces: process.getBuiltinModule('v8').getHeapSpaceStatistics(),
  buffers: process.memoryUsage().arrayBuffers,
})`;

interface Heap {
  spaces: HeapSpaceInfo[];
  buffers: number;
}

/** What a process holds in memory now, in MB, by what it is. */
export async function memoryOf(stack: Stack, part: Profiled): Promise<Record<string, number>> {
  const { pid } = stack.part(part);
  const { spaces, buffers } = await heapOf(stack, part);
  const ofV8 = (fits: (name: string) => boolean) =>
    spaces
      .filter(({ space_name: name }) => fits(name))
      .reduce((sum, space) => sum + space.physical_space_size / 1e6, 0);
  const isYoung = (name: string) => name.startsWith('new_');
  const known = {
    'Node’s own program': await mappedMb(pid, process.execPath),
    'V8’s young generation': ofV8(isYoung),
    'its old one, with code': ofV8((name) => !isYoung(name)),
    'buffers': buffers / 1e6,
  };
  const rest = (await residentMb(pid)) - Object.values(known).reduce((sum, mb) => sum + mb, 0);
  return { ...known, 'libraries, connections and what the allocator keeps': rest };
}

async function heapOf(stack: Stack, part: Profiled): Promise<Heap> {
  await using inspector = await Inspector.open(stack, part);
  const { result } = (await inspector.ask('Runtime.evaluate', { expression: HEAP, returnByValue: true })) as {
    result: { value: Heap };
  };
  return result.value;
}

/** How much of a file a process has in memory. See proc(5): a line for each mapping, and its numbers below. */
async function mappedMb(pid: number | undefined, path: string): Promise<number> {
  const maps = await readFile(`/proc/${pid}/smaps`, 'utf8');
  let isIt = false;
  let kb = 0;
  for (const line of maps.split('\n')) {
    if (/^[0-9a-f]+-/.test(line)) isIt = line.endsWith(path);
    else if (isIt && line.startsWith('Rss:')) kb += Number.parseInt(line.slice('Rss:'.length), 10);
  }
  return (kb * 1024) / 1e6;
}
