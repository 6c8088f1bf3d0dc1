import assert from 'node:assert/strict';
import type { ReconciliationActivities } from '#activities/reconciliation.ts';
import { becomes, booked, guestWith, LONG_MS } from './crash-telling.ts';
import type { Story, Told } from './crash-telling.ts';
import type { World } from './journeys.ts';
import type { Wire } from './people.ts';
import {
  clearingOf,
  HEARING,
  MISSING,
  reconcile,
  settlementsOf,
  startReconciling,
} from './reconciliation.ts';
import { until } from './virtual-time.ts';

/** Each writes to the database: by pages, by movements, or as a whole. */
export const RECONCILIATION_STEPS = [
  'hearWhatWasLost',
  'hearWhatPayeesLost',
  'noteMovements',
  'settleMovements',
  'resolveDiscrepancy',
] as const satisfies (keyof ReconciliationActivities)[];

const PAID = { end: 'confirmed', paid: 1, refunded: 0, answer: 201 } as const;

/** The guest has paid in the browser, and every word of the bank about it is lost. */
const lost: Story = {
  ...PAID,
  async prepare(world) {
    const told = await guestWith(world, { paymentMethodId: undefined });
    assert.equal((await told.again()).status, 201);
    await world.bank.control('POST', '/webhooks/pause');
    const { clientSecret } = (await told.booking()).payment;
    assert.equal(await world.bank.payInBrowser(clientSecret, 'pm_card_bypassPending'), 200);
    return told;
  },
  act: (world) => startReconciling(world, HEARING),
  async settle(world, told) {
    await becomes(told, 'confirmed');
    await reconcile(world);
    const { id } = await told.booking();
    assert.equal((await settlementsOf(world, id)).length, 1);
    assert.equal(await clearingOf(world, id), 0);
  },
};

const chargeOf = new WeakMap<Told, string>();

async function aboutCharge(world: World, told: Told): Promise<Wire> {
  return world
    .db('discrepancies as d')
    .join('bank_transactions as b', 'b.id', 'd.bank_transaction_id')
    .where('b.source_id', chargeOf.get(told) ?? '')
    .first('d.*');
}

/** Beside a booking, a charge by hand for nothing of ours, which an operator has given back. */
const givenBack: Story = {
  ...PAID,
  async prepare(world) {
    const told = await booked(world);
    chargeOf.set(told, await world.bank.chargeStranger(5_000));
    for (const _ of ['seen', 'missed']) await reconcile(world, MISSING);
    return told;
  },
  async act(world, told) {
    const operator = await world.operator();
    const { id } = await aboutCharge(world, told);
    await operator.post(`/discrepancies/${id}/resolve`, { act: 'refund', reason: 'By mistake.' });
  },
  async settle(world, told) {
    const isOver = async () => (await aboutCharge(world, told)).resolved_as === 'refunded';
    await until('the discrepancy is over', isOver, LONG_MS);
    const { data } = await world.bank.control('GET', '/objects/refunds');
    const given = data.filter(({ charge }: Wire) => charge === chargeOf.get(told));
    assert.deepEqual(
      given.map(({ amount }: Wire) => amount),
      [5_000],
    );
  },
};

/** The story in which each part of reconciliation is done. */
export const RECONCILIATION_STORIES: Readonly<Record<keyof ReconciliationActivities, Story>> = {
  hearWhatWasLost: lost,
  hearWhatPayeesLost: lost,
  noteMovements: lost,
  settleMovements: lost,
  findUnknown: lost,
  resolveDiscrepancy: givenBack,
};
