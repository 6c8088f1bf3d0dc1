import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before } from 'mocha';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Another platform, on the loopback: it answers each path as it is told, 404 until then. */
export class FeedServer {
  readonly asked: IncomingMessage[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(request);
      const answer = this.#answers.get(request.url ?? '');
      if (answer === undefined) response.writeHead(404).end();
      else answer(request, response);
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** From now on a path is answered so; gives its address. */
  answers(path: string, answer: Answer): string {
    this.#answers.set(path, answer);
    return this.url(path);
  }

  /** From now on a path is answered with this text; gives its address. */
  says(path: string, text: string, headers: Record<string, string> = {}): string {
    return this.answers(path, (_, response) =>
      response.writeHead(200, { 'content-type': 'text/calendar', ...headers }).end(text),
    );
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Call it inside `describe`, and what it returns inside a test. */
export function useFeeds(): () => FeedServer {
  const feeds = new FeedServer();
  before('open another platform', () => feeds.listen());
  after('close it', () => feeds.close());
  return () => feeds;
}

export interface FeedEvent {
  uid?: string;
  checkIn: string;
  checkOut: string;
}

/** An event by its lines. */
export function eventOf(...lines: string[]): string {
  return ['BEGIN:VEVENT', ...lines, 'END:VEVENT', ''].join('\r\n');
}

/** A calendar with these events, as other platforms write them. */
export function calendarOf(...events: (FeedEvent | string)[]): string {
  const bodies = events.map((event, n) =>
    typeof event === 'string'
      ? event
      : eventOf(
          `UID:${event.uid ?? `${n}@elsewhere.example`}`,
          `DTSTART;VALUE=DATE:${event.checkIn.replaceAll('-', '')}`,
          `DTEND;VALUE=DATE:${event.checkOut.replaceAll('-', '')}`,
          'SUMMARY:Reserved',
        ),
  );
  return `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Elsewhere//EN\r\n${bodies.join('')}END:VCALENDAR\r\n`;
}
