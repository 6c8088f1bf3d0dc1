import { continueAsNew, setCurrentDetails } from '@temporalio/workflow';
import { PATIENCE } from '#domain/reconciliation.ts';
import { reconciling } from './activities.ts';
import { instantNow } from './clock.ts';
import type { Counts, Progress, Reconcile, ResolveDiscrepancy } from './reconciliation.contract.ts';

/** After so many parts a run goes on as a new one, so that no history grows with what an outage has left. */
const PARTS_A_RUN = 100;

interface Phase {
  counts: keyof Counts;
  says: string;
  part: (run: Required<Pick<Reconcile, 'begunAt' | 'patience'>>) => Promise<Progress>;
}

/** What was lost is heard first, so that it may be explained by the time it is looked for. */
const PHASES: readonly Phase[] = [
  {
    counts: 'lost',
    says: 'Hearing what was lost of the bank’s words',
    part: (run) => reconciling.hearWhatWasLost(run),
  },
  {
    counts: 'lost',
    says: 'Hearing what was lost of the bank’s words about hosts’ accounts',
    part: (run) => reconciling.hearWhatPayeesLost(run),
  },
  {
    counts: 'moved',
    says: 'Reading what has moved at the bank',
    part: (run) => reconciling.noteMovements(run),
  },
  {
    counts: 'settled',
    says: 'Settling what the ledger explains',
    part: (run) => reconciling.settleMovements(run),
  },
  {
    counts: 'unknown',
    says: 'Looking for what the bank does not know',
    part: (run) => reconciling.findUnknown(run),
  },
];

/**
 * The bank's records against the ledger: what its webhooks have not brought is heard, what has come to our balance is
 * settled, and what does not fit is put into the queue. How far it has come is in the database, so wherever this breaks
 * off, the next run goes on.
 */
export async function reconcile(order: Reconcile = {}): Promise<void> {
  const { patience = PATIENCE, begunAt = instantNow(), phase: first = 0 } = order;
  const counts = { lost: 0, moved: 0, settled: 0, unknown: 0, ...order.counts };
  let parts = 0;
  for (const [phase, { counts: which, says, part }] of PHASES.entries()) {
    for (let isDone = phase < first; !isDone;) {
      if (parts === PARTS_A_RUN) await continueAsNew<typeof reconcile>({ patience, begunAt, phase, counts });
      setCurrentDetails(`${says}. ${wordsOf(counts)}`);
      const progress = await part({ begunAt, patience });
      counts[which] += progress.count;
      isDone = progress.isDone;
      parts += 1;
    }
  }
  setCurrentDetails(`Over. ${wordsOf(counts)}`);
}

function wordsOf({ lost, moved, settled, unknown }: Counts): string {
  return `By now: ${lost} lost events heard, ${moved} movements read, ${settled} settled, ${unknown} steps that the bank does not know.`;
}

/** What an operator has decided about a discrepancy is done. */
export async function resolveDiscrepancy({ discrepancyId }: ResolveDiscrepancy): Promise<void> {
  setCurrentDetails('Doing what an operator has asked for.');
  await reconciling.resolveDiscrepancy({ discrepancyId, at: instantNow() });
  setCurrentDetails('Over: done, or left open for a reason that it tells.');
}
