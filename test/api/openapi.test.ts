import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ENDPOINTS } from '#api/endpoints.ts';
import { documentOf } from '#api/openapi.ts';

describe('openapi.json', () => {
  it('says what the endpoints state; else run `npm run openapi`', async () => {
    const checkedIn = await readFile(new URL('../../openapi.json', import.meta.url), 'utf8');
    assert.equal(checkedIn, `${JSON.stringify(documentOf(ENDPOINTS), null, 2)}\n`);
  });

  it('documents every endpoint once', () => {
    const document = documentOf(ENDPOINTS);
    for (const { path, method } of ENDPOINTS)
      assert.ok(document.paths?.[path]?.[method], `${method} ${path}`);
    const routes = ENDPOINTS.map(({ path, method }) => `${method} ${path}`);
    assert.equal(new Set(routes).size, routes.length);
  });
});
