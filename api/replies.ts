/** What an endpoint answers: a status it has declared, and a body of the shape declared for that status. */
export interface Reply<S extends number = number, B = unknown> {
  status: S;
  body: B;
  headers?: Readonly<Record<string, string>>;
}

/** A body that is already bytes, sent as it is. With `etag`, a matching `If-None-Match` is answered 304. */
export interface RawReply {
  status: number;
  bytes: Buffer | string;
  headers: Readonly<Record<string, string>>;
}

/** A body that is made while it is sent, for what has no bound. One that breaks off is seen to: it has no end. */
export interface StreamedReply {
  status: number;
  chunks: AsyncIterable<string>;
  headers: Readonly<Record<string, string>>;
}

/** An answer with a status that has no function of its own here. */
export function reply<S extends number, B>(status: S, body: B): Reply<S, B> {
  return { status, body };
}

export function ok<B>(body: B, headers?: Record<string, string>): Reply<200, B> {
  return headers === undefined ? { status: 200, body } : { status: 200, body, headers };
}

/** `location` is the path of what was created. */
export function created<B>(body: B, { location }: { location?: string } = {}): Reply<201, B> {
  return location === undefined
    ? { status: 201, body }
    : { status: 201, body, headers: { Location: location } };
}

/** Recorded, and under way: `location` tells where to look for the end of it. */
export function accepted<B>(body: B, { location }: { location?: string } = {}): Reply<202, B> {
  return location === undefined
    ? { status: 202, body }
    : { status: 202, body, headers: { Location: location } };
}

export function noContent(): Reply<204, null> {
  return { status: 204, body: null };
}

/**
 * Bytes as they are, for a body that is kept serialized or is not JSON. Build `headers` once where the path is hot;
 * an `ETag` among them makes conditional requests work.
 */
export function raw(
  bytes: Buffer | string,
  headers: Readonly<Record<string, string>>,
  status = 200,
): RawReply {
  return { status, bytes, headers };
}

export function streamed(
  chunks: AsyncIterable<string>,
  headers: Readonly<Record<string, string>>,
): StreamedReply {
  return { status: 200, chunks, headers };
}
