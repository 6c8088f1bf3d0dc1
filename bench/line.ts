import { connect } from 'node:net';

/** A connection that is asked one thing at a time. */
export interface Line {
  /** A server may close what it has not heard of for some seconds. */
  readonly isOpen: boolean;
  send(request: Buffer, answered: () => void): void;
  close(): void;
}

export interface LineOptions {
  origin: string;
  /** Hears of each answer as it begins. */
  onStatus: (status: string, chunk: Buffer) => void;
  onBroken: (error: Error) => void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Understands what our servers and the floors send: a status, `Content-Length`, a body. The ready-made clients spend more
 * on a request than the server they measure, so on two cores the faster the server the more it would wait for them.
 */
export function openLine({ origin, onStatus, onBroken }: LineOptions): Promise<Line> {
  const { hostname, port } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let missing = 0;
  let onAnswer: (() => void) | undefined;
  socket.on('error', onBroken);
  socket.on('close', () => {
    if (onAnswer !== undefined) onBroken(new Error('The server closed a connection.'));
  });
  socket.on('data', (chunk) => {
    if (missing === 0) {
      const end = chunk.indexOf(HEAD_END);
      const head = chunk.toString('latin1', 0, end);
      onStatus(head.slice(9, 12), chunk);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      if (end === -1 || length === undefined) throw new Error(`This answer cannot be counted: ${head}`);
      missing = end + HEAD_END.length + Number(length);
    }
    missing -= chunk.length;
    if (missing > 0) return;
    const answered = onAnswer;
    onAnswer = undefined;
    answered?.();
  });
  const line: Line = {
    get isOpen() {
      return socket.writable && !socket.readableEnded;
    },
    send(request, answered) {
      onAnswer = answered;
      socket.write(request);
    },
    close() {
      onAnswer = undefined;
      socket.destroy();
    },
  };
  return new Promise((resolve) => socket.once('connect', () => resolve(line)));
}
