import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ENDPOINTS } from '#api/endpoints.ts';
import { documentOf } from '#api/openapi.ts';

type Document = ReturnType<typeof documentOf>;

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
let known: Document | undefined;

function document(): Document {
  if (known === undefined) {
    known = documentOf(ENDPOINTS);
    ajv.addSchema(known, 'openapi.json');
  }
  return known;
}

/** The documented path that an address belongs to; one without placeholders goes first. */
function templateOf(pathname: string): string | undefined {
  const paths = Object.keys(document().paths ?? {}).sort((a, b) => a.split('{').length - b.split('{').length);
  const bare = pathname.replace(/(?<=.)\/$/, '');
  return paths.find((path) =>
    new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '[.]')}$`).test(bare),
  );
}

const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** Asserts that an answer is one that `openapi.json` tells of: its status is documented, its body of that shape. */
export function assertConforms(
  request: { method: string; url: string },
  response: { status: number; contentType: string | null; body: unknown },
): void {
  const path = templateOf(new URL(request.url, 'http://api').pathname);
  if (path === undefined) {
    assert.equal(response.status, 404, `${request.url} is not documented`);
    return;
  }
  const method = request.method.toLowerCase() as 'get';
  const operation = document().paths?.[path]?.[method];
  const where = `${request.method} ${path} → ${response.status}`;
  if (operation === undefined) {
    assert.equal(response.status, 405, `${where} is not documented`);
    return;
  }
  const documented = operation.responses?.[`${response.status}`] as { content?: object } | undefined;
  assert.ok(documented ?? response.status >= 500, `${where} is not documented`);
  const status = documented === undefined ? 'default' : `${response.status}`;
  const type = response.contentType?.split(';')[0] ?? '';
  const { content } = (documented ?? operation.responses?.default ?? {}) as { content?: object };
  if (content === undefined) {
    assert.equal(response.body ?? '', '', `${where} has a body`);
    return;
  }
  assert.ok(type in content, `${where} came as ${type}`);
  const pointer = ['paths', path, method, 'responses', status, 'content', type, 'schema']
    .map(escaped)
    .join('/');
  const validate = ajv.getSchema(`openapi.json#/${pointer}`);
  assert.ok(validate, pointer);
  assert.ok(
    validate(response.body),
    `${where}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(response.body)}`,
  );
}
