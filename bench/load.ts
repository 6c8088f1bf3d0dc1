import { askAsTheyArrive } from './arrivals.ts';
import type { Arrivals } from './arrivals.ts';
import { openLine } from './line.ts';
import type { Line } from './line.ts';
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
  /** Each makes a request as soon as the one before is answered; those that arrive by themselves find so many open. */
  connections: number;
  shots: readonly Shot[];
  /** Go round the shots for so long; left out, each is made once. */
  seconds?: number;
  /** At these moments, whether those before are answered or not, by as many connections as that takes. */
  arrivals?: Arrivals;
}

export interface Loaded extends Sample {
  statuses: Record<string, number>;
  /** One answer that was none of 2xx, to see what is wrong. */
  oddity?: string;
}

/** Makes HTTP requests and counts answers, and does as little as that takes. */
async function load(wanted: Load): Promise<Loaded> {
  const { origin, connections, shots } = wanted;
  const requests = shots.map((shot) => bytesOf(shot, new URL(origin).hostname));
  const statuses: Record<string, number> = {};
  let oddity: string | undefined;
  const broken = Promise.withResolvers<never>();
  const open = () =>
    openLine({
      origin,
      onStatus(status, chunk) {
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (!status.startsWith('2')) oddity ??= chunk.toString('utf8');
      },
      onBroken: broken.reject,
    });
  const lines = await Promise.race([broken.promise, Promise.all(Array.from({ length: connections }, open))]);
  const firing = wanted.arrivals
    ? fireAsTheyArrive(requests, { lines, open, arrivals: wanted.arrivals })
    : fireInTurn(requests, lines, wanted.seconds);
  const sample = await Promise.race([broken.promise, firing]);
  for (const line of lines) line.close();
  return { ...sample, statuses, ...(oddity !== undefined && { oddity }) };
}

/** For a time each line goes round from its own place, else they share one list. */
async function fireInTurn(
  requests: readonly Buffer[],
  lines: readonly Line[],
  seconds: number | undefined,
): Promise<Sample> {
  const tookMs: number[] = [];
  const begun = performance.now();
  let taken = 0;
  const keep = (line: Line, place: number) =>
    new Promise<void>((resolve) => {
      let next = Math.floor((place / lines.length) * requests.length);
      let sentAt = 0;
      const shoot = () => {
        const isOver = seconds !== undefined && performance.now() >= begun + seconds * 1000;
        const request = seconds === undefined ? requests[taken++] : requests[next++ % requests.length];
        if (isOver || request === undefined) {
          resolve();
          return;
        }
        sentAt = performance.now();
        line.send(request, answered);
      };
      const answered = () => {
        tookMs.push(performance.now() - sentAt);
        shoot();
      };
      shoot();
    });
  await Promise.all(lines.map(keep));
  return sampleOf(tookMs, performance.now() - begun);
}

interface Firing {
  lines: Line[];
  open: () => Promise<Line>;
  arrivals: Arrivals;
}

/** Whoever finds no line free opens another: nobody waits here for somebody else's answer. */
function fireAsTheyArrive(requests: readonly Buffer[], { lines, open, arrivals }: Firing): Promise<Sample> {
  const free = [...lines];
  return askAsTheyArrive(arrivals, async (index) => {
    const request = requests[index % requests.length];
    if (request === undefined) return;
    let line = free.pop();
    while (line?.isOpen === false) line = free.pop();
    if (line === undefined) lines.push((line = await open()));
    const mine = line;
    await new Promise<void>((resolve) => mine.send(request, resolve));
    free.push(mine);
  });
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
