import type { BookingId } from '#domain/ids.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import { EDGES, edgesOf, pathAlong, PATHS } from '../walks/edges.ts';
import type { Edge } from '../walks/edges.ts';
import { nameOf, walk, waysAlong } from '../walks/walking.ts';
import type { Walk } from '../walks/walking.ts';
import { ALTERATIONS } from './alterations.ts';
import { BULK_CANCELLATIONS } from './bulk-cancellations.ts';
import { CALENDAR_SYNCS, DUE_SYNCS } from './calendars.ts';
import type { Courses, Live } from './courses.ts';
import { DISPUTES } from './disputes.ts';
import { INSTALMENTS } from './instalments.ts';
import { MAILS } from './mails.ts';
import { PAYOUTS, RECOVERIES } from './payouts.ts';
import { RECONCILIATIONS, RESOLUTIONS } from './reconciliations.ts';
import { REFUNDS } from './refunds.ts';
import { RESUMPTIONS } from './resumptions.ts';
import { RETIMED_STAYS, RETIMINGS } from './retimings.ts';
import { WINDOWS } from './windows.ts';

/** One course that workflows of a type take, and how one is brought to take it. */
export interface Recording {
  workflow: string;
  /** A file's name too, so it does not change. */
  name: string;
  /** Of a booking: the edges that it comes along. */
  edges?: readonly Edge[];
  live: Live;
}

/** Every whole life of a booking, and every way along an edge that none of these lives goes. */
const WALKS: readonly Walk[] = [
  ...PATHS.map((path): Walk => ({ path })),
  ...EDGES.flatMap((edge) =>
    waysAlong(edge)
      .slice(1)
      .map(([way]): Walk => ({ path: pathAlong(edge), way })),
  ),
];

function recordingOf(walked: Walk): Recording {
  return {
    workflow: 'bookStay',
    name: nameOf(walked),
    edges: edgesOf(walked.path),
    async live(world) {
      const { booking } = await walk(world, walked);
      return bookStayId(booking.id as BookingId);
    },
  };
}

function recordingsOf(workflow: string, courses: Courses): Recording[] {
  return Object.entries(courses).map(([name, live]) => ({ workflow, name, live }));
}

/** Whatever becomes of it then. */
const INTO_THE_STAY: readonly Edge[] = ['requested → held', 'held → confirmed', 'confirmed → in_stay'];

export const RECORDINGS: readonly Recording[] = [
  ...WALKS.map(recordingOf),
  ...recordingsOf('bookStay', { ...ALTERATIONS, ...INSTALMENTS, ...RETIMED_STAYS }).map((recording) => ({
    ...recording,
    edges: INTO_THE_STAY,
  })),
  ...recordingsOf('refundPayment', REFUNDS),
  ...recordingsOf('payHost', PAYOUTS),
  ...recordingsOf('recoverPayout', RECOVERIES),
  ...recordingsOf('settleDispute', DISPUTES),
  ...recordingsOf('cancelInBulk', BULK_CANCELLATIONS),
  ...recordingsOf('reconcile', RECONCILIATIONS),
  ...recordingsOf('resolveDiscrepancy', RESOLUTIONS),
  ...recordingsOf('collectReviews', WINDOWS),
  ...recordingsOf('notify', MAILS),
  ...recordingsOf('syncCalendar', CALENDAR_SYNCS),
  ...recordingsOf('startDueSyncs', DUE_SYNCS),
  ...recordingsOf('resumeRequested', RESUMPTIONS),
  ...recordingsOf('retimeStays', RETIMINGS),
];
