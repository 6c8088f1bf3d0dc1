import type { IncomingHttpHeaders } from 'node:http';
import type { ParameterizedContext } from 'koa';

/** What the middleware notes about a request, for the log. */
export interface ApiState {
  requestId: string;
  /** As it was asked for, without the query. */
  path: string;
  /** The path as the endpoint states it; undefined where none was found. */
  route?: string;
  actorId?: string | undefined;
  /** Names and values in turn, for whatever the answer will be; those of `ctx.set` take Node a slower way. */
  headers: string[];
}

/** What an endpoint may know of the request itself. Everything is read when asked for: most endpoints ask for nothing. */
export class RequestInfo {
  readonly #ctx: ParameterizedContext<ApiState>;

  constructor(ctx: ParameterizedContext<ApiState>) {
    this.#ctx = ctx;
  }

  /** The `Request-Id` of the answer. */
  get id(): string {
    return this.#ctx.state.requestId;
  }

  /** The caller's address; the proxy's word for it where the settings trust the proxy. */
  get ip(): string {
    return this.#ctx.ip;
  }

  /** By what address the caller has come: `https://api.example.com`. */
  get origin(): string {
    return `${this.#ctx.protocol}://${this.#ctx.host}`;
  }

  get headers(): IncomingHttpHeaders {
    return this.#ctx.req.headers;
  }

  /** The user agent, cut to a length worth keeping. */
  get userAgent(): string | undefined {
    return this.#ctx.req.headers['user-agent']?.slice(0, 200);
  }
}
