import proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';

type History = temporal.api.history.v1.IHistory;
const { History: Wire } = proto.temporal.api.history.v1;

/** A history as JSON, with the names of the wire; what replay makes of an event is the SDK's business. */
export interface WireHistory {
  events: { eventId: string; eventType: string }[];
}

/**
 * A history without what it tells of the machine and the process that it was recorded with. Nothing of it is looked at
 * when it is replayed, and everything else stays as it was.
 */
export function scrubbed(history: History): WireHistory {
  const json = Wire.toObject(Wire.fromObject(history), { enums: String, longs: String, bytes: String });
  return scrub(json) as WireHistory;
}

/** The way back. The SDK's own pair for this wants one copy of protobufjs in the whole tree, and there are two. */
export function historyOf(json: WireHistory): History {
  return Wire.fromObject(json);
}

/** Process ids, host names, folders of stack traces, the hash of the bundle. */
const TELLING = new Set(['identity', 'stackTrace', 'workerVersion', 'binaryChecksum']);

function scrub(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(scrub);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !TELLING.has(key));
  const rest = Object.fromEntries(entries.map(([key, inner]) => [key, scrub(inner)]));
  // The queue of one process, named after its machine.
  return rest.kind === 'TASK_QUEUE_KIND_STICKY' ? { ...rest, name: 'sticky' } : rest;
}
