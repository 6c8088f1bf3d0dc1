import assert from 'node:assert/strict';
import type { Once } from '#db/idempotency.ts';
import type { Actor } from '#domain/permissions.ts';
import type { ApiDeps } from './deps.ts';
import type { Endpoint } from './endpoint.ts';
import { runOnce } from './once.ts';
import type { RawReply, Reply } from './replies.ts';
import type { RequestInfo } from './request.ts';

/** A call of an endpoint that has been let in and checked, whichever interface it came by. */
export interface CheckedCall {
  input: unknown;
  params: unknown;
  query: unknown;
  actor: Actor | undefined;
  request: RequestInfo;
}

/** A call that is to be carried out once for its key. */
export interface KeyedCall extends CheckedCall {
  actor: Actor;
  once: Once;
  /** Told before the replay of a call that was carried out before. */
  onReplay: () => void;
}

function act(
  endpoint: Endpoint,
  deps: ApiDeps,
  call: CheckedCall & { once?: Once },
): Reply | RawReply | Promise<Reply | RawReply> {
  const { input, params, query, actor, request, once } = call;
  return endpoint.handle({ ...deps, input, params, query, actor, request, once });
}

/** Does what an endpoint states. What comes before it is HTTP's (`serve.ts`) or GraphQL's (`graphql/calls.ts`). */
export function perform(
  endpoint: Endpoint,
  deps: ApiDeps,
  call: CheckedCall | KeyedCall,
): Reply | RawReply | Promise<Reply | RawReply> {
  if (!('once' in call)) return act(endpoint, deps, call);
  return runOnce(deps.db, call.once, {
    handle: async () => act(endpoint, deps, call),
    replay({ resourceId, status: firstStatus }) {
      assert(endpoint.replay !== undefined);
      const { params, actor, request } = call;
      return endpoint.replay({ ...deps, resourceId, firstStatus, params, actor, request });
    },
    onReplay: call.onReplay,
  });
}
