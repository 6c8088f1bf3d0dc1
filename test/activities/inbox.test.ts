import assert from 'node:assert/strict';
import { deliverBankEvents } from '#activities/inbox.ts';
import { openPayment } from '#db/payments.ts';
import { keepBankEvent } from '#db/relay.ts';
import { inTransaction } from '#db/transaction.ts';
import type { Workflows } from '#gateways/workflows.ts';
import { aLivedStay } from '../db/reviews-fixture.ts';
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

  it('keeps a refund made by hand while the payment that it gives back may be one of ours (M26)', async () => {
    const { db } = own();
    const booking = await aLivedStay(db);
    await inTransaction(db, (trx) => openPayment(trx, Object.assign(booking, { totalMinor: 10_000 })));
    await db('payments').update({ created_at: new Date(Date.now() - 20_000) });
    await keep('evt_3', 'refund.created', { id: 're_1', payment_intent: 'pi_1', status: 'succeeded' });
    const workflows = { start: () => Promise.resolve(true) } as unknown as Workflows;
    assert.equal(await deliverBankEvents({ db, workflows }), 0);
    await db('payments').update({ intent_id: 'pi_1' });
    assert.equal(await deliverBankEvents({ db, workflows }), 0);
    await db('payments').update({ status: 'posted', posted_at: new Date() });
    assert.equal(await deliverBankEvents({ db, workflows }), 1);
    const { delivered_to: to } = await db('bank_events').where({ id: 'evt_3' }).first('delivered_to');
    assert.match(to, /re_1/);
    await keep('evt_4', 'refund.created', {
      id: 're_2',
      payment_intent: 'pi_of_others',
      status: 'succeeded',
    });
    assert.equal(await deliverBankEvents({ db, workflows }), 1);
  });
});
