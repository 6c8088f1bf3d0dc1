import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { isEnumType, isInputObjectType, isObjectType } from 'graphql';
import type { GraphQLArgument, GraphQLField } from 'graphql';
import { z } from 'zod';
import type { Endpoint } from '#api/endpoint.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import { SCHEMA } from '#api/graphql/schema.ts';

/** Every operation of REST, and the fields that say the same. A new endpoint needs a line here, and a field. */
const COUNTERPARTS: Readonly<Record<string, readonly string[]>> = {
  'POST /users': ['Mutation.register'],
  'GET /users/me': ['Query.me'],
  'PATCH /users/me': ['Mutation.updateMe'],
  'GET /users/{id}': ['Query.user', 'Query.account'],
  'GET /users': ['Query.users'],
  'POST /sessions': ['Mutation.signIn'],
  'POST /sessions/refresh': ['Mutation.refreshSession'],
  'GET /sessions': ['Query.sessions'],
  'DELETE /sessions/current': ['Mutation.signOut'],
  'DELETE /sessions/{id}': ['Mutation.endSession'],
  'DELETE /sessions': ['Mutation.signOutEverywhere'],
  'POST /properties': ['Mutation.createProperty'],
  'GET /properties': ['Query.properties', 'User.properties'],
  'GET /properties/{id}': ['Query.property'],
  'PATCH /properties/{id}': ['Mutation.updateProperty'],
  'DELETE /properties/{id}': ['Mutation.deleteProperty'],
  'PUT /properties/{id}/publication': ['Mutation.publishProperty'],
  'DELETE /properties/{id}/publication': ['Mutation.closeProperty'],
  'GET /properties/{id}/calendar': ['Query.calendar'],
  'POST /properties/{id}/blocks': ['Mutation.addBlock'],
  'GET /properties/{id}/blocks': ['Query.blocks'],
  'DELETE /properties/{id}/blocks/{blockId}': ['Mutation.removeBlock'],
  'GET /properties/{id}/links': ['Query.links'],
  'PUT /properties/{id}/links': ['Mutation.setRooms'],
  'GET /properties/{id}/rules': ['Query.rules', 'Property.rules'],
  'PUT /properties/{id}/rules': ['Mutation.setRules'],
  'GET /properties/{id}/pricing': ['Query.prices'],
  'PUT /properties/{id}/pricing': ['Mutation.setPrices'],
  'PUT /properties/{id}/night-prices': ['Mutation.setNightPrices'],
  'POST /properties/{id}/night-prices/copies': ['Mutation.copyNightPrices'],
  'POST /properties/{id}/calendars': ['Mutation.importCalendar'],
  'GET /properties/{id}/calendars': ['Query.importedCalendars'],
  'GET /properties/{id}/calendars/{calendarId}': ['Query.importedCalendar'],
  'DELETE /properties/{id}/calendars/{calendarId}': ['Mutation.removeImportedCalendar'],
  'POST /properties/{id}/calendars/{calendarId}/sync': ['Mutation.syncImportedCalendar'],
  'GET /properties/{id}/calendar-conflicts': ['Query.calendarConflicts'],
  'POST /properties/{id}/calendar-conflicts/{conflictId}/keep-booking': ['Mutation.keepConflictingBooking'],
  'PUT /properties/{id}/calendar-address': ['Mutation.renewCalendarAddress'],
  'DELETE /properties/{id}/calendar-address': ['Mutation.withdrawCalendarAddress'],
  'POST /properties/{id}/quotes': ['Mutation.createQuote'],
  'POST /bookings': ['Mutation.createBooking'],
  'GET /bookings': ['Query.bookings'],
  'GET /bookings/{id}': ['Query.booking', 'Subscription.bookingProgress'],
  'POST /bookings/{id}/cancellation': ['Mutation.cancelBooking'],
  'POST /bookings/{id}/cancellation-quote': ['Mutation.quoteCancellation'],
  'POST /bookings/{id}/alterations': ['Mutation.proposeAlteration'],
  'GET /bookings/{id}/alterations': ['Query.alterations'],
  'POST /bookings/{id}/alterations/{alterationId}/acceptance': ['Mutation.acceptAlteration'],
  'POST /bookings/{id}/alterations/{alterationId}/refusal': ['Mutation.declineAlteration'],
  'POST /bookings/{id}/alterations/{alterationId}/withdrawal': ['Mutation.withdrawAlteration'],
  'POST /bulk-cancellations': ['Mutation.cancelInBulk'],
  'GET /bulk-cancellations': ['Query.bulkCancellations'],
  'GET /bulk-cancellations/{id}': ['Query.bulkCancellation'],
  'PATCH /bookings/{id}': ['Mutation.changeBooking'],
  'PUT /bookings/{id}/payment-method': ['Mutation.replacePaymentMethod'],
  'POST /bookings/{id}/acceptance': ['Mutation.acceptBooking'],
  'POST /bookings/{id}/refusal': ['Mutation.refuseBooking'],
  'POST /bookings/{id}/check-in': ['Mutation.checkIn'],
  'POST /bookings/{id}/check-out': ['Mutation.checkOut'],
  'POST /bookings/{id}/no-show': ['Mutation.recordNoShow'],
  'POST /reviews': ['Mutation.createReview'],
  'GET /reviews': ['Query.reviews'],
  'GET /reviews/{id}': ['Query.review'],
  'PATCH /reviews/{id}': ['Mutation.changeReview'],
  'DELETE /reviews/{id}': ['Mutation.deleteReview'],
  'POST /reviews/{id}/response': ['Mutation.respondToReview'],
  'POST /sandbox/bookings/{id}/clock': ['Mutation.moveClock'],
  'POST /payments': ['Mutation.pay'],
  'GET /payments': ['Query.payments'],
  'GET /payments/{id}': ['Query.payment'],
  'POST /payments/{id}/refunds': ['Mutation.refundPayment'],
  'GET /payments/{id}/refunds': ['Query.refunds'],
  'POST /users/me/payout-account': ['Mutation.openPayoutAccount'],
  'GET /users/me/payout-account': ['Query.payoutAccount'],
  'GET /payouts': ['Query.payouts'],
  'GET /payouts/{id}': ['Query.payout'],
  'PUT /users/{id}/payout-hold': ['Mutation.holdPayouts'],
  'GET /users/{id}/payout-hold': ['Query.payoutHold'],
  'GET /statements': ['Query.statement'],
  'GET /bookings/{id}/receipt': ['Query.receipt'],
  'GET /disputes': ['Query.disputes'],
  'GET /disputes/{id}': ['Query.dispute'],
  'POST /disputes/{id}/evidence': ['Mutation.answerDispute'],
  'GET /discrepancies': ['Query.discrepancies'],
  'GET /discrepancies/{id}': ['Query.discrepancy'],
  'POST /discrepancies/{id}/resolve': ['Mutation.resolveDiscrepancy'],
};

/** What is no business of those who speak GraphQL, and why. */
const EXEMPT: Readonly<Record<string, string>> = {
  'POST /webhooks/stripe': 'The bank speaks here, and signs the bytes of a body.',
  'GET /properties/{id}/calendar.ics': 'For calendars, which speak iCalendar and hold a key.',
  'GET /healthz': 'For whoever runs the process.',
  'GET /readyz': 'For whoever runs the process.',
  'GET /openapi.json': 'Describes REST; GraphQL describes itself.',
};

/** `?hostId=me` has only one value, and is a field of its own: `User.properties`. */
const SAID_OTHERWISE: readonly string[] = ['GET /properties hostId'];

const nameOf = ({ method, path }: Endpoint): string => `${method.toUpperCase()} ${path}`;

function fieldOf(name: string): GraphQLField<unknown, unknown> {
  const [typeName = '', fieldName = ''] = name.split('.');
  const type = SCHEMA.getType(typeName);
  assert.ok(isObjectType(type), `there is no type ${typeName}`);
  const field = type.getFields()[fieldName];
  assert.ok(field, `there is no field ${name}`);
  return field;
}

const argOf = ({ args }: GraphQLField<unknown, unknown>, name: string): GraphQLArgument | undefined =>
  args.find((arg) => arg.name === name);

const namedIn = (type: string) => SCHEMA.getType(type.replaceAll(/[![\]]/g, ''));
const isNeverNull = ({ type }: { type: unknown }): boolean => String(type).endsWith('!');

/** A zod schema; its own type is too deep for the linter. */
type Schema = any;
type Shape = Record<string, Schema>;

/** What a schema is of, under what it says of absence. */
function bared(schema: Schema): Schema {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  return isWrapped ? bared(schema.unwrap()) : schema;
}

const mayBeLeftOut = (schema: Schema): boolean => schema.safeParse(undefined).success;
const mayBeMissing = (schema: Schema): boolean =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;

/** Where values that are named one by one are others than in REST. */
function valueDifferences(inner: Schema, type: string, where: string): string[] {
  const named = namedIn(type);
  if (!(inner instanceof z.ZodEnum)) return isEnumType(named) ? [`${where} is free in REST`] : [];
  if (!isEnumType(named)) return [`${where} is free`];
  const values = named.getValues().map(({ name }) => name);
  return isDeepStrictEqual(values.sort(), [...inner.options].sort()) ? [] : [`${where} has other values`];
}

/** Where an input type says other than the schema that judges it: fields, what they need, and so on within. */
function inputDifferences(schema: Schema, type: string, where: string): string[] {
  const inner = bared(schema);
  if (inner instanceof z.ZodArray) {
    if (!type.startsWith('[')) return [`${where} is no list`];
    return inputDifferences(inner.element, type.slice(1), `${where}[]`);
  }
  const named = namedIn(type);
  if (inner instanceof z.ZodArray) {
    if (!type.startsWith('[')) return [`${where} is no list`];
    return inputDifferences(inner.element, type.slice(1), `${where}[]`);
  }
  if (!(inner instanceof z.ZodObject))
    return isInputObjectType(named) ? [`${where} is no object in REST`] : [];
  if (!isInputObjectType(named)) return [`${where} is no object`];
  const shape: Shape = inner.shape;
  const fields = named.getFields();
  const unknown = Object.keys(fields).filter((name) => shape[name] === undefined);
  return [
    ...unknown.map((name) => `${where}.${name} is not in REST`),
    ...Object.entries(shape).flatMap(([name, within]) => {
      const field = fields[name];
      if (field === undefined) return [`${where}.${name} is missing`];
      const needs = isNeverNull(field) === mayBeLeftOut(within) ? [`${where}.${name} differs in need`] : [];
      return [...needs, ...inputDifferences(within, String(field.type), `${where}.${name}`)];
    }),
  ];
}

/** Where an output type lacks what REST answers, or is null where that never is, and so on within. */
function outputDifferences(schema: Schema, type: string, where: string): string[] {
  const inner = bared(schema);
  if (inner instanceof z.ZodArray) {
    if (!type.startsWith('[')) return [`${where} is no list`];
    return outputDifferences(inner.element, type.slice(1), `${where}[]`);
  }
  if (!(inner instanceof z.ZodObject)) return valueDifferences(inner, type, where);
  const named = namedIn(type);
  if (!isObjectType(named)) return [`${where} is no object`];
  return Object.entries(inner.shape).flatMap(([name, within]) => {
    const field = named.getFields()[name];
    if (field === undefined) return [`${where}.${name} is missing`];
    const needs = isNeverNull(field) === mayBeMissing(within) ? [`${where}.${name} differs in null`] : [];
    return [...needs, ...outputDifferences(within, String(field.type), `${where}.${name}`)];
  });
}

/** The shapes that an endpoint answers with; a union is one for each of its members. */
function shapesOf({ output }: Endpoint): Schema[] {
  return Object.values(output).flatMap((schema) =>
    schema instanceof z.ZodUnion ? (schema.options as Schema[]) : [schema],
  );
}

describe('GraphQL beside REST', () => {
  const offered = ENDPOINTS.filter((endpoint) => EXEMPT[nameOf(endpoint)] === undefined).map((endpoint) => ({
    endpoint,
    name: nameOf(endpoint),
    fields: (COUNTERPARTS[nameOf(endpoint)] ?? []).map(fieldOf),
  }));

  it('has a counterpart for each operation, or a reason for none', () => {
    const known = [...Object.keys(COUNTERPARTS), ...Object.keys(EXEMPT)].sort();
    assert.deepEqual(known, ENDPOINTS.map(nameOf).sort());
  });

  it('offers nothing else', () => {
    const roots = [SCHEMA.getQueryType(), SCHEMA.getMutationType(), SCHEMA.getSubscriptionType()];
    const fields = roots.flatMap((type) =>
      Object.keys(type?.getFields() ?? {}).map((name) => `${type}.${name}`),
    );
    const named = Object.values(COUNTERPARTS).flat();
    assert.deepEqual(
      fields.filter((name) => !named.includes(name)),
      [],
    );
  });

  it('takes every id and every filter that REST takes', () => {
    const missing = offered.flatMap(({ endpoint: { params, query }, name, fields }) => {
      const args = fields.flatMap((field) => field.args);
      const ids = args.filter(({ type }) => String(type) === 'ID!');
      const paths = params instanceof z.ZodObject ? Object.keys(params.shape) : [];
      const filters = query instanceof z.ZodObject ? Object.keys(query.shape) : [];
      return [
        ...(ids.length < paths.length ? [`${name} ids`] : []),
        ...filters
          .filter((filter) => !args.some((arg) => arg.name === filter))
          .map((filter) => `${name} ${filter}`),
      ];
    });
    assert.deepEqual(missing, SAID_OTHERWISE);
  });

  it('takes the input that REST takes, field by field', () => {
    const differences = offered.flatMap(({ endpoint: { input }, name, fields }) =>
      fields.flatMap((field) => {
        const arg = argOf(field, 'input');
        if (input === undefined || arg === undefined)
          return (input === undefined) === (arg === undefined) ? [] : [name];
        const needs = isNeverNull(arg) && input.safeParse({}).success ? [`${name} needs no input`] : [];
        return [...needs, ...inputDifferences(input, String(arg.type), name)];
      }),
    );
    // A change of nothing at all is good for nothing, and REST only lets it pass.
    assert.deepEqual(
      differences.filter((difference) => !/^(?:PATCH|PUT) .* needs no input$/.test(difference)),
      [],
    );
  });

  it('takes an idempotency key exactly where REST does', () => {
    const kindOf = (arg: GraphQLArgument | undefined) =>
      arg === undefined ? undefined : isNeverNull(arg) ? 'required' : 'accepted';
    for (const { endpoint, name, fields } of offered) {
      for (const field of fields)
        assert.equal(kindOf(argOf(field, 'idempotencyKey')), endpoint.idempotency, name);
    }
  });

  it('answers all that REST answers, field by field', () => {
    const differences = offered.flatMap(({ endpoint, name, fields }) =>
      shapesOf(endpoint).flatMap((shape) => {
        const ofEach = fields.map((field) => {
          if (shape !== null) return outputDifferences(shape, String(field.type), name);
          return String(field.type) === 'Boolean' ? [] : [`${name} is not a yes`];
        });
        return ofEach.some((found) => found.length === 0) ? [] : ofEach.flat();
      }),
    );
    assert.deepEqual(differences, []);
  });

  it('may refuse each of its fields without taking the rest of the answer away', () => {
    for (const { fields } of offered) {
      for (const field of fields) assert.ok(!isNeverNull(field), `${field.name} is never null`);
    }
  });
});
