import assert from 'node:assert/strict';
import { deliverBankEvents } from '#activities/inbox.ts';
import { keepBankEvent } from '#db/relay.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { useOwnDatabase } from '../support/database.ts';

describe('the inbox', () => {
  const own = useOwnDatabase();

  /** A Temporal in which whoever is told of something takes it, or does not. */
  const temporal = (tell: () => Promise<boolean>): Workflows =>
    ({ tell, lengthOf: () => Promise.resolve(1) }) as unknown as Workflows;

  async function keep(id: string, kind: string, object: object): Promise<void> {
    await keepBankEvent(own().db, { id, kind, objectId: undefined, payload: { data: { object } } });
    await own()
      .db('bank_events')
      .where({ id })
      .update({ received_at: new Date(Date.now() - 10_000) });
  }

  const waiting = async (): Promise<string[]> =>
    (await own().db('bank_events').whereNull('delivered_at').orderBy('id').select('id')).map(
      ({ id }: { id: string }) => id,
    );

  it('hands on what it can, and keeps what it cannot for the next turn (W9)', async () => {
    const { db } = own();
    const metadata = {
      bookingId: 'bkg_01jz000000stayward00000001',
      paymentId: 'pay_01jz000000stayward00000001',
    };
    await keep('evt_1', 'payment_intent.processing', { id: 'pi_1', metadata });
    await keep('evt_2', 'customer.created', { id: 'cus_1' });
    await assert.rejects(
      deliverBankEvents({ db, workflows: temporal(() => Promise.reject(new Error('It is broken.'))) }),
      AggregateError,
    );
    assert.deepEqual(await waiting(), ['evt_1']);
    assert.equal(await deliverBankEvents({ db, workflows: temporal(() => Promise.resolve(true)) }), 1);
    assert.deepEqual(await waiting(), []);
  });
});
