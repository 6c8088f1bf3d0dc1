import assert from 'node:assert/strict';
import { it } from 'mocha';
import { ask } from '../api/graphql-fixture.ts';
import type { Answer, Person, Wire } from './people.ts';

/** How somebody asks for the same by REST and by GraphQL, whose one field is called `it`. */
export interface Asked {
  as: Person;
  rest: () => Promise<Answer<Wire>>;
  graphql: [query: string, variables?: Wire];
}

/** Ids that are none of anything. */
export const UNKNOWN = {
  property: 'prp_00000000000000000000000000',
  booking: 'bkg_00000000000000000000000000',
  payment: 'pay_00000000000000000000000000',
  block: 'blk_00000000000000000000000000',
  session: 'ses_00000000000000000000000000',
  user: 'usr_00000000000000000000000000',
};

/** What is refused: under which code, in which words, with which facts. */
export interface Refusal {
  code: string;
  words: string;
  facts: Record<string, unknown>;
}

/** Without what differs between two calls: their own ids, those of what each has made, and when. */
function alike({ requestId: _, bookingId, quote, ...facts }: Record<string, unknown>): Refusal['facts'] {
  return {
    ...facts,
    ...(bookingId !== undefined && { bookingId: typeof bookingId }),
    ...(quote !== undefined && { quote: { ...(quote as Wire), id: '', expiresAt: '' } }),
  };
}

async function byRest({ rest }: Asked): Promise<Refusal> {
  const { type: _type, title: _title, status: _status, detail, code, ...facts } = (await rest()).body;
  return { code, words: detail, facts: alike(facts) };
}

async function byGraphql({ as, graphql: [query, variables] }: Asked): Promise<Refusal> {
  const { data, errors } = await ask(as, query, variables);
  assert.deepEqual(data, { it: null });
  const [{ message, extensions }] = errors;
  const { code, ...facts } = extensions;
  return { code, words: message, facts: alike(facts) };
}

/** Asks both, and gives the refusal that they must have in common. */
export async function bothRefuse(asked: Asked): Promise<Refusal> {
  const rest = await byRest(asked);
  assert.deepEqual(await byGraphql(asked), rest);
  return rest;
}

/** A test for each: what is refused, under which code, and how it is asked for. */
export function itIsTheSame(
  cases: [what: string, code: string, asked: () => Asked | Promise<Asked>][],
): void {
  for (const [what, code, asked] of cases) {
    it(`to ${what} is the same \`${code}\``, async () => {
      assert.equal((await bothRefuse(await asked())).code, code);
    });
  }
}
