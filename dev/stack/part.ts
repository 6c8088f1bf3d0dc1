import { setTimeout as delay } from 'node:timers/promises';
import { spaceFailure, StackFailure } from './failure.ts';
import type { Guardian } from './guardian.ts';
import type { Narrator } from './narrator.ts';
import { lastLines } from './run.ts';
import type { Launch } from './run.ts';
import { RunningProcess } from './running-process.ts';

/** What one part of the stack is. */
export interface PartPlan {
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly launch: Launch;
  /** Asked again and again until true; `log` is what the process has written so far. */
  isReady(log: string): boolean | Promise<boolean>;
  readonly readyWithinSeconds: number;
  readonly stopSignal: NodeJS.Signals;
  readonly stopWithinSeconds: number;
  /** Without it the rest is of no use: its end is the end of the stack. Any other part is started again. */
  readonly essential: boolean;
}

/** What a part needs of the stack around it. */
export interface PartSurroundings {
  readonly narrator: Narrator;
  readonly guardian: Guardian;
  readonly logFile: string;
  /** The data directory, for sentences about a full disk. */
  readonly home: string;
  /** Another process carries the part now, or none does. */
  onChange(): void;
  onLost(reason: StackFailure): void;
}

const POLL_MS = 25;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/** One server of the stack, kept alive for as long as it is wanted. */
export class Part {
  readonly plan: PartPlan;
  readonly #around: PartSurroundings;
  #process: RunningProcess | undefined;
  /** Aborted: not wanted. */
  #wanted = AbortSignal.abort();
  #unwant: () => void = () => undefined;
  #serving = false;
  #life: Promise<void> = Promise.resolve();

  constructor(plan: PartPlan, around: PartSurroundings) {
    this.plan = plan;
    this.#around = around;
  }

  /** The process that carries the part now. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the part and resolves when it serves. Throws `StackFailure` when it does not. */
  async start(): Promise<void> {
    if (!this.#wanted.aborted) return this.ready();
    const want = new AbortController();
    this.#wanted = want.signal;
    this.#unwant = () => want.abort();
    try {
      const first = await this.#launch();
      this.#life = this.#keepAlive(first, this.#wanted);
    } catch (error) {
      await this.hold('SIGKILL');
      throw error;
    }
  }

  /**
   * Stops the part and keeps it down until `release`; with `SIGKILL`, as a crash would. Tells how it ended, if it ran:
   * "exit code 0", or the signal that it died of.
   */
  async hold(signal: NodeJS.Signals = this.plan.stopSignal): Promise<string | undefined> {
    this.#unwant();
    const process = this.#process;
    await process?.end(signal, this.plan.stopWithinSeconds);
    await this.#life;
    return process?.ended;
  }

  /** Ends a hold: the part starts again, on the port it had. */
  async release(): Promise<void> {
    await this.start();
  }

  /** Sends a signal as an outsider would: a part that dies of it is started again, or is the end of the stack. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const process = this.#process;
    process?.signal(signal);
    if (signal === 'SIGKILL') await process?.ended;
  }

  /** Freezes the process: it keeps its connections and answers nothing. */
  pause(): void {
    this.#process?.signal('SIGSTOP');
  }

  resume(): void {
    this.#process?.signal('SIGCONT');
  }

  /** Resolves when the part serves, after a `kill` for instance. Throws when it is held. */
  async ready(): Promise<void> {
    while (!this.#serving) {
      if (this.#wanted.aborted) throw new StackFailure(`${this.plan.title} is held down.`);
      await delay(POLL_MS);
    }
  }

  async #keepAlive(first: RunningProcess, wanted: AbortSignal): Promise<void> {
    let current = first;
    for (;;) {
      const since = performance.now();
      const how = await current.ended;
      if (wanted.aborted) return;
      if (this.plan.essential) {
        this.#unwant();
        this.#around.onLost(this.#failure(`${this.plan.title} ended (${how})`, current));
        return;
      }
      this.#around.narrator.line(`${this.plan.title} ended (${how}); starting it again`);
      const stable = performance.now() - since > LONGEST_PAUSE_MS;
      const next = await this.#relaunch(wanted, stable ? 0 : FIRST_PAUSE_MS);
      if (next === undefined) return;
      this.#around.narrator.line(`${this.plan.title} is back (process ${next.pid ?? 'unknown'})`);
      current = next;
    }
  }

  /** Tries until it serves or is not wanted any more, ever more patiently. */
  async #relaunch(wanted: AbortSignal, firstPauseMs: number): Promise<RunningProcess | undefined> {
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 2 + FIRST_PAUSE_MS, LONGEST_PAUSE_MS)) {
      try {
        await delay(pause, undefined, { signal: wanted });
        return await this.#launch();
      } catch (error) {
        await this.#process?.end('SIGKILL', 1);
        if (wanted.aborted) return undefined;
        this.#around.narrator.line(`${error instanceof Error ? error.message : String(error)}\nTrying again`);
      }
    }
  }

  async #launch(): Promise<RunningProcess> {
    const { plan } = this;
    const process = new RunningProcess(plan.launch, this.#around.logFile);
    this.#process = process;
    this.#mind(process);
    const deadline = performance.now() + plan.readyWithinSeconds * 1000;
    while (!(await plan.isReady(process.log()))) {
      if (process.hasEnded)
        throw this.#failure(`${plan.title} did not start (${await process.ended})`, process);
      if (performance.now() > deadline) {
        throw this.#failure(`${plan.title} was not ready within ${plan.readyWithinSeconds} s`, process);
      }
      await delay(POLL_MS, undefined, { signal: this.#wanted });
    }
    this.#serving = !process.hasEnded;
    return process;
  }

  /** From its first moment to its last, the guardian and `stack.json` know of a process. */
  #mind(process: RunningProcess): void {
    const around = this.#around;
    const pid = process.pid;
    if (pid !== undefined) around.guardian.watch(pid, this.plan.stopSignal);
    around.onChange();
    void process.ended.then(() => {
      if (pid !== undefined) around.guardian.forget(pid);
      this.#serving = false;
      this.#process = undefined;
      around.onChange();
    });
  }

  #failure(what: string, process: RunningProcess): StackFailure {
    const log = process.log();
    const space = spaceFailure(log, this.#around.home);
    return new StackFailure(
      space === undefined ? `${what}:\n${lastLines(log)}` : `${what}. ${space.message}`,
    );
  }
}
