import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

/** The protocol's numbers. */
const PROTOCOL_TYPES = {
  TEXT: 1,
  KEYWORD: 2,
  INT: 3,
  DOUBLE: 4,
  BOOL: 5,
  DATETIME: 6,
  KEYWORD_LIST: 7,
} as const;

export interface SearchAttribute {
  name: string;
  type: keyof typeof PROTOCOL_TYPES;
}

export interface Namespace {
  address: string;
  namespace: string;
  /** How long a workflow that has ended can be looked at. */
  retentionDays: number;
  searchAttributes: readonly SearchAttribute[];
}

const ALREADY_EXISTS = 6;
/** The server's processes hear of a new namespace one after the other. */
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 500;

/**
 * Sees to it that Temporal has the namespace and that workflows in it can be found by these attributes. Safe to repeat;
 * what is there stays as it is. Returns what had to be made.
 */
export async function ensureNamespace(wanted: Namespace): Promise<string[]> {
  const connection = await Connection.connect({ address: wanted.address });
  try {
    const made = (await register(connection, wanted)) ? [wanted.namespace] : [];
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        const added = await addMissing(connection, wanted);
        if (added.length === 0) return made;
        made.push(...added);
      } catch (error) {
        if (Date.now() >= deadline) throw error;
        await delay(LOOK_AGAIN_MS);
      }
    }
  } finally {
    await connection.close();
  }
}

/** False when it was there. */
async function register(connection: Connection, { namespace, retentionDays }: Namespace): Promise<boolean> {
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: (retentionDays * 86_400) as never },
    });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS) return false;
    throw error;
  }
}

async function addMissing(
  connection: Connection,
  { namespace, searchAttributes }: Namespace,
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = searchAttributes.filter(({ name }) => !(name in customAttributes));
  if (missing.length > 0) {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, PROTOCOL_TYPES[type]])),
    });
  }
  return missing.map(({ name }) => name);
}
