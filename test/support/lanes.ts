import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { sep } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

/** What a run of tests comes to. */
export interface Count {
  passes: number;
  failures: number;
  pending: number;
}

/** The one line under a run, for whoever reads only the end. */
export function countLine({ passes, failures, pending }: Count): string {
  return `${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`;
}

/** A journey waits for workflows, timers and people: a line of it takes so much longer than one of another test. */
const JOURNEY_WEIGHT = 4;
const JOURNEYS = `journeys${sep}`;

/** Deals test files to so many lanes: the heaviest first, each to the lane with the least, and always alike. */
export function dealLanes(files: readonly string[], lanes: number, bytesOf = sizeOf): string[][] {
  const dealt = Array.from({ length: lanes }, () => ({ weight: 0, files: [] as string[] }));
  const weighed = files
    .map((file) => ({ file, weight: bytesOf(file) * (file.includes(JOURNEYS) ? JOURNEY_WEIGHT : 1) }))
    .sort((one, other) => other.weight - one.weight || (one.file < other.file ? -1 : 1));
  for (const { file, weight } of weighed) {
    const lane = dealt.reduce((least, next) => (next.weight < least.weight ? next : least));
    lane.weight += weight;
    lane.files.push(file);
  }
  return dealt.map((lane) => lane.files.sort());
}

function sizeOf(file: string): number {
  return statSync(file).size;
}

export interface LaneOptions {
  /** What a lane runs: mocha's own program. */
  program: string;
  /** What it is told, before its files. */
  args: readonly string[];
  print: (text: string) => void;
}

/**
 * Runs each lane in a process of its own, with a stack of its own, and prints what they say suite by suite. Gives what
 * they come to together; nothing when one of them ended without a count.
 */
export async function runLanes(lanes: readonly string[][], options: LaneOptions): Promise<Count | undefined> {
  const counts = await Promise.all(lanes.map((files, index) => runLane(files, `Lane ${index + 1}`, options)));
  const total: Count = { passes: 0, failures: 0, pending: 0 };
  for (const count of counts) {
    if (count === undefined) return undefined;
    for (const key of ['passes', 'failures', 'pending'] as const) total[key] += count[key];
  }
  return total;
}

async function runLane(files: string[], name: string, options: LaneOptions): Promise<Count | undefined> {
  const child = fork(options.program, [...options.args, ...files], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const unforward = forwardSignals(child);
  let count: Count | undefined;
  child.on('message', (message) => {
    count = message as Count;
  });
  const [code] = await Promise.all([
    new Promise<number | string>((done) => {
      child.once('close', (status, signal) => done(status ?? signal ?? 1));
    }),
    ...[child.stdout, child.stderr].map((stream) => stream && printBySuite(stream, options.print)),
  ]);
  unforward();
  if (count === undefined) options.print(`${name} ended without a count (${code}).\n`);
  else if (code !== 0 && count.failures === 0) {
    options.print(`${name} ended with ${code}, though no test of it failed.\n`);
    return undefined;
  }
  return count;
}

function forwardSignals(child: ChildProcess): () => void {
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}

/** The heading of an outermost suite: what comes before it belongs to the one before. */
const SUITE = /^ {2}\S/;

async function printBySuite(stream: Readable, print: LaneOptions['print']): Promise<void> {
  let block: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    if (SUITE.test(stripVTControlCharacters(line)) && block.length > 0) {
      print(`${block.join('\n')}\n`);
      block = [];
    }
    block.push(line);
  }
  if (block.length > 0) print(`${block.join('\n')}\n`);
}
