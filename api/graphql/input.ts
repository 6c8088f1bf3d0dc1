import { z } from 'zod';
import { checked } from '../input.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

/** What a schema says of the value itself, under what it says of its absence. */
function bared(schema: z.ZodType | undefined): {
  shape: Shape | undefined;
  element: z.ZodType | undefined;
  takesNull: boolean;
} {
  let inner = schema;
  let takesNull = false;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodNullable) {
    takesNull ||= inner instanceof z.ZodNullable;
    inner = inner.unwrap() as z.ZodType;
  }
  return {
    shape: inner instanceof z.ZodObject ? inner.shape : undefined,
    element: inner instanceof z.ZodArray ? (inner.element as z.ZodType) : undefined,
    takesNull,
  };
}

/**
 * To GraphQL a null is a value left out; to the schemas of the API it would be one of a wrong kind. Only where a schema
 * takes null, to take something away, it is a value.
 */
function given(value: unknown, schema: z.ZodType): unknown {
  const { shape, element } = bared(schema);
  if (element !== undefined && Array.isArray(value)) return value.map((item) => given(item, element));
  if (shape === undefined || typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([name, inner]) => inner !== null || bared(shape[name]).takesNull,
  );
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, shape[name] === undefined ? inner : given(inner, shape[name])]),
  );
}

/** Arguments as REST's own schema makes them. @throws DomainError `invalid_input` naming every bad field */
export function checkedInput<S extends z.ZodType>(schema: S, args: unknown): z.output<S> {
  return checked(schema, given(args, schema)) as z.output<S>;
}
