import { databaseError } from './constraints.ts';

/** The server is shutting down, starting, or has no connection left. */
const NOT_SERVING: readonly string[] = ['57P01', '57P02', '57P03', '53300', '08006', '08001'];
const NO_CONNECTION: readonly string[] = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT'];

/** Whether an error says that the database cannot be had just now, rather than that something is wrong with us. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'KnexTimeoutError') return true;
  if (error.message.startsWith('Connection terminated')) return true;
  if (NOT_SERVING.includes(databaseError(error)?.code ?? '')) return true;
  return 'code' in error && typeof error.code === 'string' && NO_CONNECTION.includes(error.code);
}
