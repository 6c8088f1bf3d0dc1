import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '#dev/stack/stack.ts';

/** Processes of ours that can be looked into. Only their main threads: a worker runs its workflows in others. */
export type Profiled = 'api' | 'worker';

/** Started with this, a process that is asked to be looked into chooses a free port for it. It costs nothing before. */
export const CAN_BE_PROFILED = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' };

const LISTENS_WITHIN_MS = 10_000;

/** The protocol of Node's own debugger: opened by a signal, closed again afterwards. */
export class Inspector implements AsyncDisposable {
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
