import { pino, stdSerializers } from 'pino';
import type { Level, Logger } from 'pino';

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

/** The structured log of a process, one JSON object a line on standard output. */
export function createLog({ level, name }: { level: Level | 'silent'; name: string }): Logger {
  return pino({
    name,
    level,
    base: { name },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    serializers: { err: describe },
    redact: {
      paths: [
        'token',
        'refreshToken',
        'password',
        'email',
        'clientSecret',
        'authorization',
        '*.token',
        '*.refreshToken',
        '*.password',
        '*.email',
        '*.clientSecret',
        '*.authorization',
      ],
      censor: '[redacted]',
    },
  });
}
