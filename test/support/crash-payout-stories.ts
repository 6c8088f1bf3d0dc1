import assert from 'node:assert/strict';
import type { PayoutActivities } from '#activities/payouts.ts';
import { becomes, begun, booked, cancel, LONG_MS, refundIsSettled } from './crash-telling.ts';
import type { Story, Told } from './crash-telling.ts';
import type { World } from './journeys.ts';
import { accountOf, onboard, passToPayout, setStanding, transfersOf } from './payouts.ts';
import { inDays } from './people.ts';
import { until } from './virtual-time.ts';

/** Each writes to the database, in one transaction. */
export const PAYOUT_STEPS = [
  'startPayout',
  'preparePayout',
  'recordPayout',
  'recordReturn',
  'recordReclaim',
  'recordFreeze',
] as const satisfies (keyof PayoutActivities)[];

const IN_STAY = { end: 'in_stay', paid: 1, refunded: 0, answer: 201 } as const;

/** The stay has begun, and the bank can pay its host. */
async function payable(world: World, request: Record<string, unknown> = {}): Promise<Told> {
  const told = await begun(world, request);
  await onboard(world, told.host);
  return told;
}

const due = async (world: World, told: Told) => passToPayout(world, await told.booking());

/** The host has been paid so often, and all but the last came back: by the bank's transfers and the outbox alike. */
async function isPaid(world: World, told: Told, times: 1 | 2 = 1): Promise<void> {
  const { id } = await told.booking();
  const paid = () => world.db('payouts').where({ booking_id: id, status: 'paid', round: times });
  await until('the host is paid', async () => (await paid()).length === 1, LONG_MS);
  const transfers = await transfersOf(world, id);
  assert.deepEqual(
    transfers.map(({ reversed }) => reversed),
    times === 1 ? [false] : [true, false],
  );
  const [payout] = await paid();
  const tellings = await world.db('events').where({ subject_id: payout.id, kind: 'payout.paid' });
  assert.equal(tellings.length, times);
}

const paid: Story = { ...IN_STAY, payouts: 1, prepare: payable, act: due, settle: isPaid };

/** The money had reached the host's bank account, which has been closed since. */
const returned: Story = {
  ...IN_STAY,
  payouts: 2,
  async prepare(world) {
    const told = await payable(world, { paymentMethodId: 'pm_card_bypassPending' });
    await due(world, told);
    await isPaid(world, told);
    return told;
  },
  async act(world, told) {
    const account = await accountOf(world, told.host);
    const { data } = await world.bank.control('POST', `/accounts/${account}/payout`);
    await world.bank.control('POST', `/payouts/${data[0].id}/settlement`, { outcome: 'fail' });
    await setStanding(world, account, 'complete');
  },
  settle: (world, told) => isPaid(world, told, 2),
};

/** Given up an hour before it was to begin: the first night is the host's all the same. */
const kept: Story = {
  end: 'cancelled',
  paid: 1,
  refunded: 1,
  payouts: 1,
  answer: 201,
  async prepare(world) {
    const told = await booked(world);
    await onboard(world, told.host);
    const booking = await told.booking();
    await world.passTo(booking, booking.checkInAt, -3_600_000);
    return told;
  },
  act: (_, told) => cancel(told),
  async settle(world, told) {
    await becomes(told, 'cancelled');
    await refundIsSettled(world, told);
    await due(world, told);
    await isPaid(world, told);
  },
};

/** Given up when the host has been paid for all of it. */
const reclaimed: Story = {
  end: 'cancelled',
  paid: 1,
  refunded: 1,
  payouts: 1,
  isReclaimed: true,
  answer: 201,
  async prepare(world) {
    const told = await payable(world, { checkOut: inDays(37) });
    await due(world, told);
    await isPaid(world, told);
    return told;
  },
  act: (_, told) => cancel(told),
  async settle(world, told) {
    await becomes(told, 'cancelled');
    await refundIsSettled(world, told);
    const [transfer, ...more] = await transfersOf(world, (await told.booking()).id);
    assert.ok(transfer !== undefined && more.length === 0 && transfer.amount_reversed > 0);
  },
};

/** The payer goes to their bank when the host has been paid: it comes back, and waits for the verdict. */
const frozen: Story = {
  ...IN_STAY,
  payouts: 1,
  isReclaimed: true,
  moved: ['dispute'],
  async prepare(world) {
    const told = await payable(world);
    await due(world, told);
    await isPaid(world, told);
    return told;
  },
  act: async (world, told) => world.bank.dispute((await told.booking()).id),
  async settle(world, told) {
    const { id } = await told.booking();
    const waiting = () =>
      world.db('payouts').where({ booking_id: id, status: 'waiting' }).whereNotNull('dispute_id');
    await until('what was paid waits for the verdict', async () => (await waiting()).length === 1, LONG_MS);
    const [transfer, ...more] = await transfersOf(world, id);
    assert.ok(transfer?.reversed === true && more.length === 0);
  },
};

/** The story in which each step of a payout is done. */
export const PAYOUT_STORIES: Readonly<Record<keyof PayoutActivities, Story>> = {
  isHostOwed: kept,
  startPayout: paid,
  preparePayout: paid,
  sendPayout: paid,
  recordPayout: paid,
  readReturned: returned,
  takeBackPayout: returned,
  recordReturn: returned,
  reclaimPayout: reclaimed,
  recordReclaim: reclaimed,
  freezePayout: frozen,
  recordFreeze: frozen,
};
