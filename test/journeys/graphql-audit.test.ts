import assert from 'node:assert/strict';
import { serverAudits } from 'graphql-http';
import { useStack } from '../support/stack.ts';

/** What the specification leaves to a server: we answer POST alone, so most of its words on GET are not for us. */
const OURS_TO_DECIDE = /^MAY (?!NOT )/;

describe('GraphQL over HTTP, as the specification has it, at a running instance', () => {
  const stack = useStack();
  const audits = serverAudits({ url: () => `${stack().addresses.api}/graphql` });
  const bound = audits.filter(({ name }) => !OURS_TO_DECIDE.test(name));

  it('is audited', () => {
    assert.ok(bound.some(({ name }) => name.startsWith('MUST ')));
    assert.ok(bound.some(({ name }) => name.startsWith('SHOULD ')));
  });

  for (const audit of bound) {
    it(`${audit.name} (${audit.id})`, async () => {
      const result = await audit.fn();
      assert.equal(result.status, 'ok', result.status === 'ok' ? '' : result.reason);
    });
  }
});
