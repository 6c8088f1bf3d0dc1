import assert from 'node:assert/strict';
import { deliverBankEvents } from '#activities/inbox.ts';
import { openPayment } from '#db/payments.ts';
import { keepBankEvent, leaveAside, takeUpAgain } from '#db/relay.ts';
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
  });

  it('hears again of a refund made by hand when money comes in that nobody waited for any more (M26)', async () => {
    const { db } = own();
    const started: string[] = [];
    const start = ({ id }: { id: string }) => Promise.resolve(started.push(id) > 0);
    const workflows = { start } as unknown as Workflows;
    for (const [event, refund, intent] of [
      ['evt_4', 're_4', 'pi_4'],
      ['evt_5', 're_5', 'pi_of_others'],
    ] as const)
      await keep(event, 'refund.created', { id: refund, payment_intent: intent, status: 'succeeded' });
    assert.equal(await deliverBankEvents({ db, workflows }), 0);
    assert.deepEqual([await waiting(), started], [[], []]);

    const booking = await aLivedStay(db);
    await inTransaction(db, (trx) => openPayment(trx, Object.assign(booking, { totalMinor: 10_000 })));
    await db('payments')
      .where({ booking_id: booking.id })
      .update({ status: 'posted', intent_id: 'pi_4', posted_at: new Date() });
    assert.equal(await leaveAside(db, { id: 'evt_4', intentId: 'pi_4' }), false);
    await inTransaction(db, (trx) => takeUpAgain(trx, 'pi_4'));
    assert.deepEqual(await waiting(), ['evt_4']);
    assert.equal(await deliverBankEvents({ db, workflows }), 1);
    assert.equal(started.length, 1);
    assert.match(started[0] ?? '', /re_4/);
  });
});
