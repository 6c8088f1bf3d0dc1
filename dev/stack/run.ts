import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StackFailure } from './failure.ts';

/** How a process is started. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly directory?: string;
  /** As whom, when we are root and it refuses to be. */
  readonly uid?: number;
  readonly gid?: number;
  /** Written to its standard input, for what must not be seen in the list of processes. */
  readonly input?: string;
}

/** Runs a command to its end and gives what it wrote to standard output. Throws `StackFailure` with its last words. */
export async function run(
  launch: Launch,
  options: { what: string; signal?: AbortSignal | undefined },
): Promise<string> {
  const child = spawn(launch.file, launch.args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(launch.env === undefined ? {} : { env: launch.env }),
    ...(launch.directory === undefined ? {} : { cwd: launch.directory }),
    ...(launch.uid === undefined ? {} : { uid: launch.uid }),
    ...(launch.gid === undefined ? {} : { gid: launch.gid }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  let [output, everything] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    everything += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (everything += text));
  child.stdin.on('error', () => undefined); // It did not care to read: its exit code says the rest.
  child.stdin.end(launch.input ?? '');
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code === 0) return output;
  throw new StackFailure(`${options.what} failed (${code ?? signal}):\n${lastLines(everything)}`);
}

/** The last words of a process, indented to stand under a sentence. */
export function lastLines(text: string, count = 12): string {
  return text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
}
