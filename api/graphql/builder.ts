import SchemaBuilder from '@pothos/core';
import type { CalendarDate, Instant, LocalTime } from '#domain/nights.ts';
import type { Context } from './context.ts';

/** Types and fields are added to it by each domain's file; `schema.ts` gathers them. What may be null says so. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    CalendarDate: { Input: CalendarDate; Output: CalendarDate };
    Instant: { Input: Instant; Output: Instant };
    LocalTime: { Input: LocalTime; Output: LocalTime };
    MinorUnits: { Input: number; Output: number };
    RefundOverride: { Input: number | 'full'; Output: number | 'full' };
  };
}>({ defaultFieldNullability: false });

builder.queryType({
  description:
    'What can be read. A field that is refused is null, and `errors` says why: ' +
    '`extensions.code` is the `code` of the REST interface, with the same facts beside it.',
});

builder.mutationType({ description: 'What can be done: the very acts of the REST interface.' });

builder.subscriptionType({ description: 'What can be followed while it happens, as server-sent events.' });

/**
 * An enum with values spelt as everywhere else in the API, each with a sentence. Names in capitals would be a second
 * word for one thing.
 */
export function enumOf<T extends string>(name: string, description: string, values: Record<T, string>) {
  const names = Object.keys(values) as T[];
  const described = names.map((value) => [value, { value, description: values[value] }]);
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(described) as Record<T, { value: T; description: string }>,
  });
}
