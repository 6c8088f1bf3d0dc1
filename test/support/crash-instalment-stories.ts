import assert from 'node:assert/strict';
import type { createInstalmentCharges, createInstalmentSteps } from '#activities/instalments.ts';
import { becomes, begun, booked, cancel, guestWith, LONG_MS } from './crash-telling.ts';
import type { Story, Told } from './crash-telling.ts';
import { DECLINED_LATER, LONG_STAY, passToInstalment } from './instalments.ts';
import type { World } from './journeys.ts';
import type { Wire } from './people.ts';
import { until } from './virtual-time.ts';

type Step = keyof ReturnType<typeof createInstalmentSteps>;
type Charge = keyof ReturnType<typeof createInstalmentCharges>;

/** Each writes to the database, in one transaction. */
export const INSTALMENT_STEPS = [
  'openInstalment',
  'noteInstalment',
  'acceptInstalment',
  'keepCard',
  'lapseInstalments',
] as const satisfies Step[];

const IN_STAY = { end: 'in_stay', paid: 2, refunded: 0, answer: 201 } as const;

async function second(told: Told): Promise<Wire> {
  return (await told.booking()).instalments[1];
}

async function secondIs(told: Told, status: string): Promise<void> {
  await until(
    `the second instalment is ${status}`,
    async () => (await second(told)).status === status,
    LONG_MS,
  );
}

const replace = async (told: Told, paymentMethodId: string) =>
  told.guest.put(`/bookings/${(await told.booking()).id}/payment-method`, { paymentMethodId });

const booking: Story = {
  ...IN_STAY,
  paid: 1,
  end: 'confirmed',
  prepare: (world) => guestWith(world, LONG_STAY),
  act: (_, told) => told.again(),
  settle: (_, told) => becomes(told, 'confirmed'),
};

/** A second month, charged when it begins. */
const charged: Story = {
  ...IN_STAY,
  prepare: (world) => begun(world, LONG_STAY),
  act: async (world, told) => passToInstalment(world, await told.booking(), { n: 2 }),
  settle: (_, told) => secondIs(told, 'paid'),
};

/** The card was kept, and is declined when it is charged alone. */
const due: Story = {
  ...IN_STAY,
  paid: 1,
  async prepare(world) {
    const told = await begun(world, LONG_STAY);
    assert.equal((await replace(told, DECLINED_LATER)).status, 200);
    return told;
  },
  act: async (world, told) => passToInstalment(world, await told.booking(), { n: 2 }),
  settle: (_, told) => secondIs(told, 'due'),
};

/** The guest calls off before the second month, which is not to be paid then. */
const lapsed: Story = {
  ...IN_STAY,
  paid: 1,
  end: 'cancelled',
  prepare: (world) => begun(world, LONG_STAY),
  act: (_, told) => cancel(told),
  async settle(_, told) {
    await becomes(told, 'cancelled');
    await secondIs(told, 'lapsed');
  },
};

const isKept = (card: string) => async (world: World, told: Told) => {
  const { id } = await told.booking();
  await until(
    `the card is a ${card}`,
    async () => {
      const row: Wire = await world.db('bookings').where({ id }).first('card_id');
      const { data } = await world.bank.control('GET', '/objects/payment_methods');
      return data.some((method: Wire) => method.id === row.card_id && method.card.brand === card);
    },
    LONG_MS,
  );
};

const replaced: Story = {
  ...IN_STAY,
  paid: 1,
  end: 'confirmed',
  prepare: (world) => booked(world, LONG_STAY),
  act: (_, told) => replace(told, 'pm_card_mastercard'),
  settle: isKept('mastercard'),
};

/** The holder of the new card is challenged before it is kept. */
const challenged: Story = {
  ...replaced,
  async prepare(world) {
    const told = await booked(world, { ...LONG_STAY, paymentMethodId: 'pm_card_mastercard' });
    const { body } = await replace(told, 'pm_card_authenticationRequiredOnSetup');
    assert.equal(body.status, 'requires_action');
    return { ...told, nextActionUrl: body.nextActionUrl };
  },
  act: (world, told) => world.bank.passChallenge((told as Told & { nextActionUrl: string }).nextActionUrl),
  settle: isKept('visa'),
};

/** The story in which each of them is done. */
export const INSTALMENT_STORIES: Readonly<Record<Step | Charge, Story>> = {
  readInstalments: booking,
  openInstalment: charged,
  chargeInstalment: charged,
  acceptInstalment: charged,
  noteInstalment: due,
  lapseInstalments: lapsed,
  saveCard: replaced,
  keepCard: replaced,
  readCardSetup: challenged,
};
