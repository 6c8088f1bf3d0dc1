import assert from 'node:assert/strict';
import type { createDisputeActivities } from '#activities/disputes.ts';
import { booked, LONG_MS } from './crash-telling.ts';
import type { Story, Told } from './crash-telling.ts';
import { disputeIs, disputePasses } from './disputes.ts';
import type { World } from './journeys.ts';
import type { Wire } from './people.ts';
import { until } from './virtual-time.ts';

type DisputeActivities = ReturnType<typeof createDisputeActivities>;

/** Each writes to the database, in one transaction. */
export const DISPUTE_STEPS = [
  'recordDispute',
  'answerDispute',
  'remindOperators',
] as const satisfies (keyof DisputeActivities)[];

/** The bank has taken the price back, once, and the ledger tells of it. */
const DISPUTED = { end: 'confirmed', paid: 1, refunded: 0, moved: ['dispute'], answer: 201 } as const;

const disputeOf = async (world: World, told: Told): Promise<Wire> =>
  world
    .db('disputes')
    .where({ booking_id: (await told.booking()).id })
    .first();

async function isTold(world: World, told: Told, kind: string): Promise<void> {
  let times = 0;
  await until(
    () => `${kind} is told once, not ${times} times`,
    async () => {
      const dispute = await disputeOf(world, told);
      times = (await world.db('events').where({ subject_id: dispute?.id ?? '', kind })).length;
      return times === 1;
    },
    LONG_MS,
  );
}

async function opened(world: World): Promise<Told> {
  const told = await booked(world);
  await disputeIs(world, await world.bank.dispute((await told.booking()).id), 'opened');
  return told;
}

const taken: Story = {
  ...DISPUTED,
  prepare: (world) => booked(world),
  act: async (world, told) => world.bank.dispute((await told.booking()).id),
  async settle(world, told) {
    await isTold(world, told, 'dispute.opened');
    const payment = await told.guest.must(
      200,
      told.guest.get(`/payments/${(await told.booking()).payment.id}`),
    );
    assert.equal(payment.disputed, true);
  },
};

/** The story in which each step of a dispute is done. */
export const DISPUTE_STORIES: Readonly<Record<keyof DisputeActivities, Story>> = {
  readDispute: taken,
  recordDispute: taken,
  answerDispute: {
    ...DISPUTED,
    prepare: opened,
    act: async (world, told) => disputePasses(world, await disputeOf(world, told), { to: 'answer' }),
    async settle(world, told) {
      await isTold(world, told, 'dispute.answered');
      const { bank_dispute_id: id } = await disputeOf(world, told);
      const { status, evidence_details: details } = await world.bank.disputeOf(id);
      assert.deepEqual([status, details.submission_count], ['under_review', 1]);
    },
  },
  remindOperators: {
    ...DISPUTED,
    prepare: opened,
    act: async (world, told) => disputePasses(world, await disputeOf(world, told), { to: 'reminder' }),
    settle: (world, told) => isTold(world, told, 'dispute.reminded'),
  },
};
