import { createDocument } from 'zod-openapi';
import type {
  ZodOpenApiObject,
  ZodOpenApiOperationObject,
  ZodOpenApiOverride,
  ZodOpenApiResponsesObject,
  oas31,
} from 'zod-openapi';
import type { ErrorCode } from '#domain/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { STATUS_OF } from './problems.ts';
import { Problem } from './schemas.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

const DESCRIPTION = `The API of Stayward: search, book and host short stays.

Money is in minor units, instants are RFC 3339 in UTC, nights are calendar dates of the property's own zone. Refusals
are RFC 9457 problems with a stable \`code\`. Calls that must not happen twice take an \`Idempotency-Key\`: sent
again with the same key and body they give the first answer again.`;

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A fresh value for each act, kept for its repetitions. It belongs to the user and is remembered for 7 days.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
  example: '0d5c3a52-6d0e-4a6f-9a0b-0a4f6a3f5d11',
} as const;

const SUCCESSES: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Created.',
  202: 'Recorded, and under way.',
  204: 'Done; there is nothing to say.',
  304: 'Unchanged since the version you have.',
  503: 'Not ready.',
};

/** The refusals that come with an endpoint's kind, then its own. */
function refusalsOf(endpoint: Endpoint): ErrorCode[] {
  const { auth, input, query, params, idempotency, limit, problems } = endpoint;
  const codes = new Set<ErrorCode>();
  if (input !== undefined || query !== undefined) codes.add('invalid_input');
  if (auth !== 'none') codes.add('unauthenticated');
  if (auth === 'operator') codes.add('forbidden');
  if (params !== undefined) codes.add('not_found');
  if (idempotency !== undefined) {
    if (idempotency === 'required') codes.add('idempotency_key_missing');
    codes.add('invalid_input').add('idempotency_key_reused').add('idempotency_in_progress');
  }
  if (limit !== 'exempt') codes.add('rate_limited');
  for (const code of problems) codes.add(code);
  return [...codes];
}

/** One response for each status, naming the codes it may carry. */
function problemResponses(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(refusalsOf(endpoint), (code) => STATUS_OF[code]);
  const responses: ZodOpenApiResponsesObject = {};
  for (const [status, codes] of byStatus) {
    const schema: oas31.SchemaObject = {
      allOf: [
        { $ref: '#/components/schemas/Problem' },
        { type: 'object', properties: { code: { enum: codes } } },
      ],
    };
    responses[`${status}`] = {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema } },
    };
  }
  responses.default = {
    description: 'A defect or an outage on our side.',
    content: { 'application/problem+json': { schema: Problem } },
  };
  return responses;
}

function renditionsOf({ also = {} }: Endpoint) {
  return Object.fromEntries(Object.keys(also).map((type) => [type, { schema: { type: 'string' as const } }]));
}

function responsesOf(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = {};
  for (const [status, schema] of Object.entries(endpoint.output)) {
    const description = SUCCESSES[Number(status)] ?? 'Done.';
    responses[status as '200'] =
      schema === null
        ? { description }
        : { description, content: { [endpoint.media]: { schema }, ...renditionsOf(endpoint) } };
  }
  return { ...responses, ...problemResponses(endpoint) };
}

/** `Book a stay` → `bookAStay`: what generated clients call it. */
function operationIdOf({ summary }: Endpoint): string {
  const [first = '', ...rest] = summary.replaceAll(/[^\w\s]/g, '').split(/\s+/);
  return first.toLowerCase() + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

const SECURITY = {
  none: [],
  optional: [{}, { bearer: [] }],
  user: [{ bearer: [] }],
  operator: [{ bearer: [] }],
};

function operationOf(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { summary, description, tags, auth, idempotency, params, query, input, body } = endpoint;
  return {
    operationId: operationIdOf(endpoint),
    summary,
    ...(description !== undefined && { description }),
    tags: [...tags],
    security: SECURITY[auth],
    requestParams: { ...(params && { path: params as never }), ...(query && { query: query as never }) },
    ...(idempotency !== undefined && {
      parameters: [{ ...IDEMPOTENCY_KEY, required: idempotency === 'required' }],
    }),
    ...(input !== undefined && {
      requestBody: {
        required: !input.safeParse({}).success,
        content: { 'application/json': { schema: input } },
      },
    }),
    ...(body === 'raw' && {
      requestBody: { required: true, content: { 'application/json': { schema: {} } } },
    }),
    responses: responsesOf(endpoint),
  };
}

/** That a number in JSON is exact only so far is no rule of ours; and readers draw their examples from the bounds. */
const withoutBoundsOfJson: ZodOpenApiOverride = ({ jsonSchema }) => {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
};

/** The OpenAPI 3.1 document of these endpoints: what they state, and nothing else. */
export function documentOf(endpoints: readonly Endpoint[]): OpenApiDocument {
  const paths: NonNullable<ZodOpenApiObject['paths']> = {};
  const names = new Set<string>();
  for (const endpoint of endpoints) {
    const operation = operationOf(endpoint);
    if (names.has(operation.operationId ?? '')) throw new Error(`Two endpoints say "${endpoint.summary}".`);
    names.add(operation.operationId ?? '');
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operation };
  }
  const document = {
    openapi: '3.1.1',
    info: { title: 'Stayward', version: '1', description: DESCRIPTION },
    paths,
    components: {
      schemas: { Problem },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The `token` of `POST /sessions`.' },
      },
    },
  } satisfies ZodOpenApiObject;
  return createDocument(document, { override: withoutBoundsOfJson });
}
