import { readConfig } from '#config';
import { ensureNamespace } from '#gateways/namespace.ts';
import { SEARCH } from '#workflows/bookings.contract.ts';

/** A month to look back in the Temporal UI; the lasting record is PostgreSQL. */
const RETENTION_DAYS = 30;

/** What a Temporal server needs before the first worker, and after a release with a new search attribute. */
const made = await ensureNamespace({
  ...readConfig().temporal,
  retentionDays: RETENTION_DAYS,
  searchAttributes: Object.values(SEARCH),
});
console.log(made.length === 0 ? 'namespace up to date' : `made ${made.join(', ')}`);
