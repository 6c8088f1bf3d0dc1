import type { Person } from './people.ts';
import type { Wire } from './people.ts';

/** What somebody is told by a subscription, until it ends or they hang up. */
export class EventStream implements AsyncDisposable {
  /** The answers so far, `data` or `errors`, in order. */
  readonly told: Wire[] = [];
  readonly status: number;
  readonly contentType: string;
  /** Whether the server said that it is complete, and did not just break off. */
  isComplete = false;
  isOver = false;
  readonly #hangUp: AbortController;
  readonly #reading: Promise<void>;

  constructor(response: Response, hangUp: AbortController) {
    this.status = response.status;
    this.contentType = response.headers.get('content-type') ?? '';
    this.#hangUp = hangUp;
    this.#reading = this.#read(response);
  }

  async #read({ body }: Response): Promise<void> {
    let text = '';
    try {
      for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
        const events = (text + chunk).split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) this.#hear(event);
      }
    } catch {
      // Hung up, or broken off: `isComplete` tells.
    }
    this.isOver = true;
  }

  #hear(event: string): void {
    const [, kind, data = ''] = /^event: (\w+)\ndata: ?(.*)$/s.exec(event) ?? [];
    if (kind === 'next') this.told.push(JSON.parse(data));
    if (kind === 'complete') this.isComplete = true;
  }

  /** Settles when the stream is over, whoever ended it. */
  async ended(): Promise<void> {
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hangUp.abort();
    await this.#reading;
  }
}

/** Subscribes at an API. */
export async function subscribe(
  api: string,
  person: Person,
  {
    query,
    variables = {},
    accept = 'text/event-stream',
  }: { query: string; variables?: Wire; accept?: string },
): Promise<EventStream> {
  const hangUp = new AbortController();
  const response = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept,
      ...(person.token !== undefined && { authorization: `Bearer ${person.token}` }),
    },
    body: JSON.stringify({ query, variables }),
    signal: hangUp.signal,
  });
  return new EventStream(response, hangUp);
}

/** Follows a booking. */
export function follow(api: string, person: Person, id: string): Promise<EventStream> {
  const query = `subscription ($id: ID!) {
    bookingProgress(id: $id) { id status payment { status } cancellation { by } property { status } } }`;
  return subscribe(api, person, { query, variables: { id } });
}

/** The steps told so far: the booking's status, and that of its payment. */
export function stepsOf({ told }: EventStream): string[] {
  return told.map(({ data, errors }) =>
    errors === undefined
      ? [data.bookingProgress.status, data.bookingProgress.payment?.status].join(' ').trim()
      : `refused: ${errors[0].extensions.code}`,
  );
}
