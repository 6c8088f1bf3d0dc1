import type { z } from 'zod';
import { checked } from '../input.ts';

/** To GraphQL a null is a value left out; to the schemas of the API it would be one of a wrong kind. */
function given(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(given);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([name, inner]) => [name, given(inner)]));
}

/** Arguments as REST's own schema makes them. Throws `invalid_input` naming every bad field, `within` first in its path. */
export function checkedInput<S extends z.ZodType>(schema: S, args: unknown, within?: string): z.output<S> {
  return checked(schema, given(args), within) as z.output<S>;
}
