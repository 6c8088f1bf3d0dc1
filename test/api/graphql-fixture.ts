import { createApp, listen } from '#api/app.ts';
import type { Listening } from '#api/app.ts';
import { Progress } from '#api/bookings/progress.ts';
import type { ApiDeps } from '#api/deps.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import { graphql } from '#api/graphql/yoga.ts';
import type { Db } from '#db/connect.ts';
import type { Person, Wire } from '#test/support/people.ts';

/** Longer than a test has patience: what holds the server up shows. */
const GRACE_MS = 600_000;

/** REST and GraphQL together in the test's own process, as `bin/api.ts` serves them. */
export async function serveWithGraphql(
  deps: ApiDeps,
  { explorable = true }: { explorable?: boolean } = {},
): Promise<Listening & { progress: Progress }> {
  const progress = new Progress(deps);
  const mounts = [graphql(deps, { explorable, progress })];
  const listening = await listen(createApp(ENDPOINTS, deps, mounts), { port: 0, graceMs: GRACE_MS });
  return {
    url: listening.url,
    progress,
    async [Symbol.asyncDispose]() {
      await progress[Symbol.asyncDispose]();
      await listening[Symbol.asyncDispose]();
    },
  };
}

/** What a person gets for a document: `data` and `errors`. */
export async function ask(person: Person, query: string, variables: Wire = {}): Promise<Wire> {
  const { body } = await person.call('/graphql', { method: 'POST', body: { query, variables } });
  return body;
}

/** The codes of an answer's errors, in order. */
export function codesOf({ errors = [] }: Wire): string[] {
  return errors.map((error: Wire) => error.extensions.code);
}

/** How many statements the database was sent meanwhile. */
export async function countStatements(db: Db, meanwhile: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const onQuery = () => (count += 1);
  db.on('query', onQuery);
  await meanwhile();
  db.off('query', onQuery);
  return count;
}
