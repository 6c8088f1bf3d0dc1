import { createApp, listen } from '#api/app.ts';
import { createBookings } from '#api/bookings/commands.ts';
import { ENDPOINTS } from '#api/endpoints.ts';
import { graphql } from '#api/graphql/yoga.ts';
import type { GraphqlOptions } from '#api/graphql/yoga.ts';
import { PublishedProperties } from '#api/properties/cache.ts';
import { readConfig } from '#config';
import { connect } from '#db/connect.ts';
import type { Db } from '#db/connect.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { createCache } from '#gateways/cache.ts';
import { createLog } from '#gateways/log.ts';
import { createPasswords } from '#gateways/passwords.ts';
import { createRateLimits } from '#gateways/rate-limits.ts';
import { createStripeBank } from '#gateways/stripe.ts';
import { connectWorkflows } from '#gateways/workflows.ts';
import type { Person, Wire } from '#test/support/people.ts';

/** An API of the test's own over the shared stack, so that it can be watched and set otherwise. */
export interface OwnApi extends AsyncDisposable {
  url: string;
  db: Db;
}

interface Settings extends Partial<GraphqlOptions> {
  readsPerMinute?: number;
}

export async function startOwnApi(
  stack: Stack,
  { explorable = true, readsPerMinute = 0 }: Settings = {},
): Promise<OwnApi> {
  await using opened = new AsyncDisposableStack();
  const config = readConfig(stack.environment);
  const { databaseUrl, quoteSecret } = config;
  const db = opened.adopt(connect({ databaseUrl }), (pool) => pool.destroy());
  const cache = opened.use(createCache({}));
  const rateLimits = opened.use(createRateLimits({ perMinute: { read: readsPerMinute } }));
  const workflows = opened.use(connectWorkflows(config.temporal));
  const now = () => new Date();
  const deps = {
    db,
    cache,
    rateLimits,
    quoteSecret,
    now,
    log: createLog({ level: 'silent', name: 'test' }),
    passwords: createPasswords(),
    bank: createStripeBank(config.stripe),
    bookings: createBookings({ db, workflows, quoteSecret, now }),
    properties: new PublishedProperties({ db, cache }),
    probes: {},
    settings: { corsOrigins: [], trustProxy: false },
  };
  const app = createApp(ENDPOINTS, deps, [graphql(deps, { explorable })]);
  const { url } = opened.use(await listen(app, { port: 0, graceMs: 0 }));
  const rest = opened.move();
  return { url, db, [Symbol.asyncDispose]: () => rest.disposeAsync() };
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
