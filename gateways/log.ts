import { pino, stdSerializers } from 'pino';
import type { DestinationStream, Level, Logger } from 'pino';
import { GatheredLines } from './log-lines.ts';

/** What must not be read in a log whatever carries it there: mail addresses, tokens, keys, client secrets. */
const SECRETS =
  /[^\s"'<>(),:;=]+@[^\s"'<>(),:;=]+\.\w+|\b(?:sta|str)_[\w-]{20,}|\b(?:sk|rk)_(?:test|live)_\w+|\bwhsec_\w+|\bpi_\w+_secret_\w+|\$argon2\S+/g;

export function redacted(text: string): string {
  return text.replace(SECRETS, '[redacted]');
}

/** An error without what it may carry along: the driver's has the values of the row, the bank's the whole request. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? redacted(error) : typeof error;
  const { type, message, stack } = stdSerializers.err(error);
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return { type, message: redacted(message), stack: redacted(stack), code, constraint };
}

/** Values of these names are not for a log, whoever puts them there. As serializers they cost a line without them nothing. */
const HIDDEN = [
  'authorization',
  'clientSecret',
  'email',
  'password',
  'refreshToken',
  'secret',
  'token',
] as const;
const hide = (): string => '[redacted]';

export interface LogOptions {
  level: Level | 'silent';
  /** Of the process: `api`, `worker`. */
  name: string;
  /** Standard output, unless said otherwise. */
  to?: DestinationStream;
}

/** The structured log of a process, one JSON object a line. */
export function createLog({ level, name, to = new GatheredLines() }: LogOptions): Logger {
  const serializers = { ...Object.fromEntries(HIDDEN.map((field) => [field, hide])), err: describe };
  return pino({ level, base: { name }, serializers }, to);
}
