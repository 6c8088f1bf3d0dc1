import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { createAlterationActivities } from '#activities/alterations.ts';
import { addDays } from '#domain/nights.ts';
import { becomes, booked, LONG_MS } from './crash-telling.ts';
import type { Story, Told } from './crash-telling.ts';
import type { World } from './journeys.ts';
import type { Answer, Wire } from './people.ts';
import { until } from './virtual-time.ts';

type AlterationActivities = ReturnType<typeof createAlterationActivities>;

/** Each writes to the database, in one transaction. */
export const ALTERATION_STEPS = [
  'proposeAlteration',
  'closeProposal',
  'acceptAlteration',
  'noteAlteration',
  'completeAlteration',
  'endAlteration',
] as const satisfies (keyof AlterationActivities)[];

const CONFIRMED = { end: 'confirmed', refunded: 0, answer: 201 } as const;

/** A day more, or less, than was booked. */
async function propose(told: Told, days: number, paymentMethodId?: string) {
  const { id, checkOut } = await told.booking();
  return told.guest.post(`/bookings/${id}/alterations`, {
    checkOut: addDays(checkOut, days),
    paymentMethodId,
  });
}

async function proposed(world: World, days: number, paymentMethodId?: string): Promise<Told> {
  const told = await booked(world);
  await told.guest.must(201, propose(told, days, paymentMethodId));
  return told;
}

async function answer(told: Told, path: 'acceptance' | 'refusal') {
  const { id, alteration } = await told.booking();
  return told.host.post(`/bookings/${id}/alterations/${alteration.id}/${path}`);
}

async function alterationIs(told: Told, status: string): Promise<void> {
  let seen: Wire;
  await until(
    () => `the alteration is ${status}, not ${seen?.status}`,
    async () => {
      const { id } = await told.booking();
      const { data } = await told.guest.must(200, told.guest.get(`/bookings/${id}/alterations`));
      seen = data[0];
      return seen?.status === status;
    },
    LONG_MS,
  );
  await becomes(told, 'confirmed');
}

const paidAtOnce: Story = {
  ...CONFIRMED,
  paid: 2,
  prepare: (world) => proposed(world, 1, 'pm_card_visa'),
  act: (_, told) => answer(told, 'acceptance'),
  settle: (_, told) => alterationIs(told, 'altered'),
};

/** The story in which each step of an alteration is done. */
export const ALTERATION_STORIES: Readonly<Record<keyof AlterationActivities, Story>> = {
  proposeAlteration: {
    ...CONFIRMED,
    paid: 1,
    prepare: (world) => booked(world),
    act: (_, told) => propose(told, 1),
    settle: (_, told) => alterationIs(told, 'proposed'),
  },
  closeProposal: {
    ...CONFIRMED,
    paid: 1,
    prepare: (world) => proposed(world, 1),
    act: (_, told) => answer(told, 'refusal'),
    settle: (_, told) => alterationIs(told, 'declined'),
  },
  acceptAlteration: paidAtOnce,
  completeAlteration: paidAtOnce,
  noteAlteration: {
    ...CONFIRMED,
    paid: 1,
    prepare: (world) => proposed(world, 1),
    act: (_, told) => answer(told, 'acceptance'),
    async settle(_, told) {
      const { id, alteration } = await told.booking();
      const isNoted = async () => (await told.booking()).alteration.payment.clientSecret !== undefined;
      await until('the guest can pay for it', isNoted, LONG_MS);
      const withdrawal = `/bookings/${id}/alterations/${alteration.id}/withdrawal`;
      const key = randomUUID();
      let seen: Answer<Wire> | undefined;
      // What the guest can pay for was noted before its workflow, without a worker, can hear of anything.
      await until(
        'the guest is heard',
        async () => (seen = await told.guest.post(withdrawal, undefined, key)).status !== 503,
        LONG_MS,
      );
      assert.equal(seen?.status, 200);
      await alterationIs(told, 'withdrawn');
    },
  },
  endAlteration: {
    ...CONFIRMED,
    paid: 1,
    prepare: (world) => proposed(world, 1, 'pm_card_visa_chargeDeclined'),
    act: (_, told) => answer(told, 'acceptance'),
    settle: (_, told) => alterationIs(told, 'failed'),
  },
};
