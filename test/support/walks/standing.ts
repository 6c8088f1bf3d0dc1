import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { findBooking } from '#db/bookings.ts';
import { findPayment } from '#db/payments.ts';
import type { BookingId, PaymentId } from '#domain/ids.ts';
import { addDays } from '#domain/nights.ts';
import type { PaymentStatus } from '#domain/payments.ts';
import { bookStayId, SEARCH } from '#workflows/bookings.contract.ts';
import { assertBooksBalance, balancesOf, eventsOf, movementsOf } from '../ledger.ts';
import { until } from '../virtual-time.ts';
import { endsOf } from './edges.ts';
import type { Edge } from './edges.ts';
import type { Journey, Scheduled } from './journey.ts';

/** What an edge leaves behind: on the row, of the nights, of the money, among the events, of the workflow. */
export interface Standing {
  row?: RowFacts;
  nights: 'its own' | 'the first' | 'free';
  /** None, where the booking never came to have one. */
  payment?: PaymentStatus | undefined;
  atBank?: string | undefined;
  refunded?: 'whole' | 'in part';
  /** The host owes for it. */
  hostFee?: 'owed';
  by: 'guest' | 'host' | 'operator' | 'system';
  /** The instant of the booking that its event comes at, or right after. */
  at?: Scheduled | undefined;
  workflow: 'goes on' | 'is over';
}

interface RowFacts {
  rejection?: string;
  cancelledBy?: 'guest' | 'host' | 'operator';
  noShow?: true;
}

const PENDING = { payment: 'pending', atBank: 'requires_payment_method' } as const;
const RESERVED = { payment: 'reserved', atBank: 'requires_capture' } as const;
const POSTED = { payment: 'posted', atBank: 'succeeded' } as const;
const VOIDED = { payment: 'voided', atBank: 'canceled' } as const;
const GOES_ON = { nights: 'its own', workflow: 'goes on' } as const;
const IS_OVER = { nights: 'free', workflow: 'is over' } as const;
const CANCELLED = { by: 'guest', row: { cancelledBy: 'guest' } } as const;

/** By edge, unless the way says otherwise. */
export const STANDINGS: Readonly<Partial<Record<Edge, Standing>>> = {
  'requested → held': { ...GOES_ON, ...PENDING, by: 'guest' },
  'requested → rejected': { ...IS_OVER, by: 'system', row: { rejection: 'hold_limit' } },
  'requested → cancelled': { ...IS_OVER, ...CANCELLED },
  'held → awaiting_host': { ...GOES_ON, ...RESERVED, by: 'system' },
  'held → confirmed': { ...GOES_ON, ...POSTED, by: 'system' },
  'held → rejected': { ...IS_OVER, ...VOIDED, by: 'system', row: { rejection: 'card_declined' } },
  'held → expired': { ...IS_OVER, ...VOIDED, by: 'system', at: 'holdExpiresAt' },
  'held → cancelled': { ...IS_OVER, ...VOIDED, ...CANCELLED },
  'awaiting_host → confirmed': { ...GOES_ON, ...POSTED, by: 'host' },
  'awaiting_host → declined': { ...IS_OVER, ...VOIDED, by: 'host' },
  'awaiting_host → expired': { ...IS_OVER, ...VOIDED, by: 'system', at: 'respondBy' },
  'awaiting_host → cancelled': { ...IS_OVER, ...VOIDED, ...CANCELLED },
  'awaiting_host → rejected': { ...IS_OVER, ...VOIDED, by: 'system', row: { rejection: 'card_declined' } },
  'confirmed → in_stay': { ...GOES_ON, ...POSTED, by: 'system', at: 'checkInAt' },
  'confirmed → cancelled': { ...IS_OVER, ...POSTED, ...CANCELLED, refunded: 'whole' },
  'in_stay → completed': {
    ...POSTED,
    by: 'system',
    at: 'checkOutAt',
    nights: 'its own',
    workflow: 'is over',
  },
  // Open until the host is paid what they keep.
  'in_stay → cancelled': {
    ...POSTED,
    ...CANCELLED,
    nights: 'free',
    refunded: 'in part',
    workflow: 'goes on',
  },
  'expired → confirmed': { ...GOES_ON, ...POSTED, by: 'system' },
};

const RIGHT_AFTER_MS = 60_000;

/** Fails where the booking, having come along an edge, does not stand as it should. */
export async function assertStanding(
  journey: Journey,
  edge: Edge,
  leaves: Partial<Standing> = {},
): Promise<void> {
  const usual = STANDINGS[edge];
  assert.ok(usual, `nobody has said what ${edge} leaves behind (test/support/walks/standing.ts)`);
  const isFree = journey.booking.total.amount === 0;
  const standing = { ...usual, ...leaves, ...(isFree && { payment: undefined, atBank: undefined }) };
  await assertWorkflow(journey, edge, standing);
  await assertRow(journey, edge, standing);
  await assertNights(journey, standing);
  await assertMoney(journey, standing);
  await assertEvent(journey, edge, standing);
}

async function assertRow(
  { world, booking }: Journey,
  edge: Edge,
  { row: facts = {} }: Standing,
): Promise<void> {
  const row = await findBooking(world.db, booking.id as BookingId);
  assert.ok(row);
  const { status, rejection, cancelledBy, noShow } = row;
  assert.deepEqual(
    { status, rejection: rejection?.code, cancelledBy, noShow },
    { status: endsOf(edge).to, rejection: undefined, cancelledBy: null, noShow: false, ...facts },
  );
}

async function assertNights({ world, booking }: Journey, { nights }: Standing): Promise<void> {
  const { id, checkIn, checkOut } = booking;
  const ranges = {
    'its own': [`[${checkIn},${checkOut})`],
    'the first': [`[${checkIn},${addDays(checkIn, 1)})`],
    'free': [],
  };
  const taken = await world.db('stays').where({ booking_id: id, live: true }).pluck('nights');
  assert.deepEqual(taken, ranges[nights]);
}

/** In the books, at the bank and in the ledger: one and the same money. */
async function assertMoney({ world, booking }: Journey, standing: Standing): Promise<void> {
  const { db, bank } = world;
  const { id, total } = booking;
  const payment = booking.payment && (await findPayment(db, booking.payment.id as PaymentId));
  const intents = await bank.intentsOf(id);
  assert.deepEqual(
    [payment?.status, intents.map(({ status }) => status)],
    [standing.payment, standing.atBank === undefined ? [] : [standing.atBank]],
  );
  const paid = standing.payment === 'posted' ? total.amount : 0;
  assert.equal(intents[0]?.amount_received ?? 0, paid);

  const backMinor = await refundedOf({ world, booking }, standing);
  const steps = (await movementsOf(db, id)).map(({ step }) => step.split(':')[0]);
  assert.deepEqual(steps, [
    ...(paid > 0 ? ['post'] : []),
    ...(standing.hostFee === 'owed' ? ['host-fee'] : []),
    ...(backMinor > 0 ? ['refund'] : []),
  ]);
  assert.equal((await balancesOf(db, id)).bank_clearing ?? 0, paid - backMinor);
  await assertBooksBalance(db);
}

/** What has gone back, once it has: as much at the bank as the booking says. */
async function refundedOf(
  { world, booking }: Pick<Journey, 'world' | 'booking'>,
  { refunded }: Standing,
): Promise<number> {
  if (refunded === undefined) {
    assert.deepEqual(await ourRefunds({ world, booking }), []);
    return 0;
  }
  const { amount_minor: backMinor } = await world.refunded(booking.id, { reason: 'cancellation' });
  const whole = booking.total.amount;
  assert.ok(refunded === 'whole' ? backMinor === whole : backMinor > 0 && backMinor < whole);
  assert.equal(booking.cancellation.refund.amount, backMinor);
  const atBank = await ourRefunds({ world, booking });
  assert.deepEqual(
    atBank.map(({ amount, status }) => [amount, status]),
    [[backMinor, 'succeeded']],
  );
  return backMinor;
}

/** Those that we have asked for: the bank has refunds of its own for what was reserved and never taken. */
async function ourRefunds({ world, booking }: Pick<Journey, 'world' | 'booking'>): Promise<Stripe.Refund[]> {
  const refunds = await world.bank.refundsOf(booking.id);
  return refunds.filter(({ metadata }) => metadata?.refundId !== undefined);
}

async function assertEvent(journey: Journey, edge: Edge, { by, at }: Standing): Promise<void> {
  const { world, booking } = journey;
  const { from, to } = endsOf(edge);
  const told = (await eventsOf(world.db, booking.id)).filter(({ kind }) => kind === `booking.${to}`);
  const last = told.at(-1);
  const actor = by === 'system' ? 'system' : await journey.idOf(by);
  assert.deepEqual([told.length, last?.data.before, last?.data.after, last?.actor_id], [1, from, to, actor]);
  if (at === undefined) return;
  const afterMs = Date.parse(last?.occurred_at ?? '') - Date.parse(journey.scheduled(at));
  assert.ok(afterMs >= 0 && afterMs < RIGHT_AFTER_MS, `it came ${afterMs} ms after ${at}`);
}

async function assertWorkflow(
  { world, booking }: Journey,
  edge: Edge,
  { workflow }: Standing,
): Promise<void> {
  const { to } = endsOf(edge);
  const id = bookStayId(booking.id);
  const handle = world.temporal.client.workflow.getHandle(id);
  const isRunning = workflow === 'goes on';
  if (!isRunning) assert.deepEqual(await handle.result(), { status: to });
  await until(`${id} ${workflow}, and is found as ${to}`, async () => {
    const { status, typedSearchAttributes } = await handle.describe();
    const isAsSaid = status.name === (isRunning ? 'RUNNING' : 'COMPLETED');
    return isAsSaid && typedSearchAttributes.get(SEARCH.status) === to;
  });
}
