import { GraphQLError, Kind } from 'graphql';
import type { ValueNode } from 'graphql';
import { builder } from './builder.ts';

/** What such text must look like is said by the input's schema, which names every bad field at once as REST does. */
function textual(name: string) {
  const asText = (value: unknown): string => {
    if (typeof value === 'string') return value;
    throw new GraphQLError(`${name} must be a string.`);
  };
  return {
    serialize: asText,
    parseValue: asText,
    parseLiteral: (node: ValueNode) => asText(node.kind === Kind.STRING ? node.value : undefined),
  };
}

builder.scalarType('CalendarDate', {
  description: 'A calendar date in the zone of the property, as `2027-05-01`.',
  ...textual('CalendarDate'),
});

builder.scalarType('Instant', {
  description: 'An instant, RFC 3339 in UTC, as `2027-05-01T14:00:00.000Z`.',
  ...textual('Instant'),
});

builder.scalarType('LocalTime', {
  description: 'A time of day in the zone of the property, as `15:00`.',
  ...textual('LocalTime'),
});

function wholeNumber(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new GraphQLError('MinorUnits must be a whole number between -(2^53 - 1) and 2^53 - 1.');
}

builder.scalarType('MinorUnits', {
  description:
    'An amount of money in the minor unit of its currency: pence, yen, fils. A JSON number without a fraction, ' +
    'exact up to ±(2^53 - 1): an `Int` ends at 2^31 - 1, and a stay in rupiah may cost more.',
  serialize: wholeNumber,
  parseValue: wholeNumber,
  parseLiteral: (node) => wholeNumber(node.kind === Kind.INT ? Number(node.value) : undefined),
});

function refundOverride(value: unknown): number | 'full' {
  return value === 'full' ? value : wholeNumber(value);
}

builder.scalarType('RefundOverride', {
  description: '`"full"`, or an amount in minor units as a whole number.',
  serialize: refundOverride,
  parseValue: refundOverride,
  parseLiteral: (node) =>
    refundOverride(
      node.kind === Kind.INT ? Number(node.value) : node.kind === Kind.STRING ? node.value : undefined,
    ),
});
