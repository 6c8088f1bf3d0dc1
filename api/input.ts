import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import type { z } from 'zod';
import { DomainError, notFound } from '#domain/errors.ts';
import type { FieldError } from '#domain/errors.ts';

export const MAX_BODY_BYTES = 100_000;
/** Enough to put a form right; a body of ten thousand mistakes is not echoed. */
const MAX_FIELD_ERRORS = 50;

type Issue = z.core.$ZodIssue;

function pathOf(path: readonly PropertyKey[], within: string): string {
  return [...(within === '' ? [] : [within]), ...path.map(String)].join('.');
}

/** One entry for each bad field; an unknown field is named itself, not the object around it. */
function fieldErrors(issue: Issue, within: string): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: pathOf([...issue.path, key], within),
      message: 'This field is not known here.',
    }));
  }
  return [{ path: pathOf(issue.path, within), message: issue.message }];
}

/** Our words where those of zod would speak of types. */
const inWords: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'invalid_type' && issue.input === undefined ? 'This field is required.' : undefined;

/** What the schema makes of the value. Throws `invalid_input` naming every bad field, `within` first in its path. */
export function checked(schema: z.ZodType, value: unknown, within = ''): unknown {
  const result = schema.safeParse(value, { error: inWords });
  if (result.success) return result.data;
  const errors = result.error.issues
    .flatMap((issue) => fieldErrors(issue, within))
    .slice(0, MAX_FIELD_ERRORS);
  const names = [...new Set(errors.map(({ path }) => path).filter((path) => path !== ''))].slice(0, 5);
  throw new DomainError(
    'invalid_input',
    names.length === 0 ? 'The input is not as it must be.' : `Please check ${names.join(', ')}.`,
    { errors },
  );
}

/** An id that cannot be one names nothing: that is 404, as for any other thing that is not there. */
export function checkedParams(schema: z.ZodType | undefined, params: unknown, what: string): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(params);
  if (!result.success) throw notFound(what);
  return result.data;
}

function refused(message: string): DomainError {
  return new DomainError('invalid_input', message, {
    errors: [{ path: '', message }] satisfies FieldError[],
  });
}

/** The body as bytes. Throws `invalid_input` when it is larger than `limit` or breaks off. */
export async function readBytes(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer> {
  try {
    return await getRawBody(request, { length: request.headers['content-length'] ?? null, limit });
  } catch (error) {
    const { type } = error as getRawBody.RawBodyError;
    if (type === 'entity.too.large') throw refused(`The body is larger than ${limit} bytes.`);
    throw refused('The body did not arrive whole.');
  }
}

/** The body as JSON; undefined where there is none. Throws `invalid_input` for any other kind of body. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const { headers } = request;
  if (headers['content-length'] === '0') return undefined;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return undefined;
  if (!/^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i.test(headers['content-type'] ?? '')) {
    throw refused('The body must be JSON, with Content-Type: application/json.');
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw refused('The body must be sent without compression.');
  }
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw refused('The body is not valid JSON.');
  }
}
