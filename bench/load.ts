import { connect } from 'node:net';
import { answerStarter } from './processes.ts';
import { sampleOf } from './rounds.ts';
import type { Sample } from './rounds.ts';

/** A request to be made as it stands. */
export interface Shot {
  method?: 'GET' | 'POST';
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface Load {
  origin: string;
  /** Each makes a request as soon as the one before is answered. */
  connections: number;
  shots: readonly Shot[];
  /** Go round the shots for so long; left out, each is made once. */
  seconds?: number;
}

export interface Loaded extends Sample {
  statuses: Record<string, number>;
  /** One answer that was none of 2xx, to see what is wrong. */
  oddity?: string;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Makes HTTP requests and counts answers, and does as little as that takes: the ready-made generators spend more on a
 * request than the server they measure, so on two cores the faster the server the more it would wait for them. It
 * understands what our servers and the floors send: a status, `Content-Length`, a body.
 */
function load({ origin, connections, shots, seconds }: Load): Promise<Loaded> {
  const { hostname, port } = new URL(origin);
  const requests = shots.map((shot) => bytesOf(shot, hostname));
  const tookMs: number[] = [];
  const statuses: Record<string, number> = {};
  let oddity: string | undefined;
  const begun = performance.now();
  const until = seconds === undefined ? undefined : begun + seconds * 1000;
  let taken = 0;

  /** The next request of a connection. For a time each goes round from its own place, else they share one list. */
  function next(connection: number, made: number): Buffer | undefined {
    if (until === undefined) return requests[taken++];
    if (performance.now() >= until) return undefined;
    const start = Math.floor((connection / connections) * requests.length);
    return requests[(start + made) % requests.length];
  }

  function keep(connection: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let made = 0;
    let sentAt = 0;
    let missing = 0;
    const shoot = () => {
      const request = next(connection, made++);
      if (request === undefined) {
        resolve(undefined);
        socket.destroy();
        return;
      }
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('connect', shoot);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server closed a connection.')));
    socket.on('data', (chunk) => {
      if (missing === 0) {
        const end = chunk.indexOf(HEAD_END);
        const head = chunk.toString('latin1', 0, end);
        const status = head.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (!status.startsWith('2')) oddity ??= chunk.toString('utf8');
        const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
        if (end === -1 || length === undefined) throw new Error(`This answer cannot be counted: ${head}`);
        missing = end + HEAD_END.length + Number(length);
      }
      missing -= chunk.length;
      if (missing > 0) return;
      tookMs.push(performance.now() - sentAt);
      shoot();
    });
    return promise;
  }

  return Promise.all(Array.from({ length: connections }, (_, connection) => keep(connection))).then(() => ({
    ...sampleOf(tookMs, performance.now() - begun),
    statuses,
    ...(oddity !== undefined && { oddity }),
  }));
}

function bytesOf({ method = 'GET', path, headers = {}, body = '' }: Shot, host: string): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== '') {
    lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

answerStarter<null, Load, Loaded>(() => load);
