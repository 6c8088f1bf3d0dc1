import type { Endpoint } from './endpoint.ts';
import { sessionEndpoints } from './sessions/routes.ts';
import { userEndpoints } from './users/routes.ts';

/** Every endpoint there is, in the order of the documentation. A path that is fixed comes before one with a `{name}`. */
export const ENDPOINTS: readonly Endpoint[] = [...userEndpoints, ...sessionEndpoints];
