import { BULK_BEGUN } from '#db/bulk-cancellations.ts';
import { findWaitingFor, hastenSync } from '#db/calendars.ts';
import type { Db } from '#db/connect.ts';
import { RESOLVING } from '#db/discrepancies.ts';
import { RELAY_LOCK, tryLeading } from '#db/leadership.ts';
import type { Leadership } from '#db/leadership.ts';
import { isRelayNeeded } from '#db/relay.ts';
import { RETIMED } from '#db/timetables.ts';
import type { BookingId, BulkCancellationId, DiscrepancyId } from '#domain/ids.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { bookStayId, stayRetimed } from '#workflows/bookings.contract.ts';
import { bulkCancellationOrder } from '#workflows/bulk-cancellations.contract.ts';
import { syncCalendarOrder } from '#workflows/calendars.contract.ts';
import { resolveDiscrepancyOrder } from '#workflows/reconciliation.contract.ts';
import { lettersOf, notifyOrder } from '#workflows/notifications.contract.ts';
import { deliverBankEvents, GRACE_MS } from './inbox.ts';
import { advance, advanceGathering, numberEvents } from './outbox.ts';
import type { Follower, Gatherer } from './outbox.ts';

export interface RelayDeps {
  db: Db;
  workflows: Workflows;
  /** Drops what is cached of a subject that has changed. */
  invalidate: (subjectId: string, kind: string) => Promise<void>;
  warn: (error: unknown, doing: string) => void;
}

const IDLE_MS = 150;
const FOLLOWER_IDLE_MS = 1_000;

/**
 * The one relay: of all that run, the one that holds the advisory lock works. Numbers the outbox, lets its followers act,
 * and hands the bank's events on. Each part on its own: an outage of one is not the others'.
 */
export function startRelay(deps: RelayDeps): AsyncDisposable {
  const stop = new AbortController();
  const running = run(deps, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

async function run(deps: RelayDeps, stop: AbortSignal): Promise<void> {
  let leadership: Leadership | undefined;
  const turn = turnOf(deps);
  while (!stop.aborted) {
    try {
      if (leadership?.isHeld() !== true) leadership = await tryLeading(deps.db, RELAY_LOCK);
      const done = leadership === undefined ? 0 : await turn();
      if (done === 0) await pause(leadership === undefined ? FOLLOWER_IDLE_MS : IDLE_MS, stop);
    } catch (error) {
      deps.warn(error, 'lead');
      await pause(FOLLOWER_IDLE_MS, stop);
    }
  }
  await leadership?.[Symbol.asyncDispose]();
}

/** One turn after the other: what there is to be done, by each part on its own. Gives how much has been. */
function turnOf(deps: RelayDeps): () => Promise<number> {
  const { db, warn } = deps;
  const [following, gathering] = [followers(deps), gatherers(deps)];
  const gatheredAt = new Map<string, number>();
  const isDue = ({ name, everyMs }: Gatherer) => performance.now() >= (gatheredAt.get(name) ?? 0) + everyMs;
  return async () => {
    const due = gathering.filter(isDue);
    const names = [...following, ...due].map(({ name }) => name);
    if (!(await isRelayNeeded(db, { followers: names, graceMs: GRACE_MS }))) return 0;
    let failures = 0;
    const fail = (doing: string, error: unknown) => {
      failures += 1;
      warn(error, doing);
    };
    const work: [string, () => Promise<number>][] = [
      ['number events', () => numberEvents(db)],
      [
        'tell of events',
        async () => {
          const { taken, failures: stopped } = await advance(db, following);
          for (const { name, error } of stopped) fail(name, error);
          return taken;
        },
      ],
      ...due.map((gatherer): [string, () => Promise<number>] => [
        gatherer.name,
        () => {
          gatheredAt.set(gatherer.name, performance.now());
          return advanceGathering(db, gatherer);
        },
      ]),
      ['deliver bank events', () => deliverBankEvents(deps)],
    ];
    let done = 0;
    for (const [doing, act] of work) done += await act().catch((error: unknown) => (fail(doing, error), 0));
    // What failed is still there: without a pause it would be tried in a tight loop.
    return failures > 0 ? 0 : done;
  };
}

/** With these a booking may give nights back that a calendar has been waiting for. */
const GIVING_BACK: readonly string[] = [
  'booking.expired',
  'booking.declined',
  'booking.rejected',
  'booking.cancelled',
  'booking.completed',
  'alteration.altered',
];

function followers({ db, workflows, invalidate }: RelayDeps): Follower[] {
  return [
    {
      name: 'bulk-cancellations',
      async follow({ kind, subject_id: id }) {
        if (kind === BULK_BEGUN) await workflows.start(bulkCancellationOrder(id as BulkCancellationId));
      },
    },
    {
      name: 'discrepancies',
      async follow({ kind, subject_id: id, data }) {
        if (kind !== RESOLVING) return;
        await workflows.start(
          resolveDiscrepancyOrder(id as DiscrepancyId, data as { act: string; ask: number }),
        );
      },
    },
    {
      name: 'timers',
      async follow({ kind, subject_id: id }) {
        if (kind === RETIMED) await workflows.tell(bookStayId(id as BookingId), stayRetimed);
      },
    },
    {
      name: 'calendars',
      async follow({ kind, subject_id: subjectId, data }) {
        if (!GIVING_BACK.includes(kind)) return;
        const at = new Date().toISOString();
        for (const id of await findWaitingFor(db, (data.bookingId ?? subjectId) as BookingId)) {
          const isDue = await hastenSync(db, id, { at, afterSeconds: 0 });
          if (isDue) await workflows.start(syncCalendarOrder(id));
        }
      },
    },
    { name: 'cache', follow: (event) => invalidate(event.subject_id, event.kind) },
  ];
}

/** Letters of so much time go out together: a workflow for each would cost the server half of what the bookings do. */
const MAIL_EVERY_MS = 500;

function gatherers({ workflows }: RelayDeps): Gatherer[] {
  return [
    {
      name: 'mail',
      everyMs: MAIL_EVERY_MS,
      gather(events) {
        const order = notifyOrder(events.flatMap(lettersOf));
        return order && (() => workflows.start(order));
      },
    },
  ];
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    }
    stop.addEventListener('abort', done);
  });
}
