import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { MAX_REASON_CHARACTERS } from '#api/reconciliation/schemas.ts';
import { findBooking } from '#db/bookings.ts';
import { writeLedger } from '#db/ledger.ts';
import { inTransaction } from '#db/transaction.ts';
import type { BookingId } from '#domain/ids.ts';
import { ask, codesOf } from '../api/graphql-fixture.ts';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { eventsOf } from '../support/ledger.ts';
import type { Wire } from '../support/people.ts';
import { clearingOf, discrepancyAbout, MISSING, reconcile, resolved } from '../support/reconciliation.ts';

describe('a discrepancy', function () {
  this.timeout(120_000);
  const world = useWorld();
  let operator: Traveller;
  before('an operator signs in', async () => {
    operator = await world().operator();
  });

  /** Twice: what is seen for the first time has been missed for no time at all. */
  async function missed(): Promise<void> {
    await reconcile(world(), MISSING);
    await reconcile(world(), MISSING);
  }

  /** A charge that somebody makes in the dashboard, for nothing of ours. */
  async function stranger(): Promise<{ charge: string; fee: number }> {
    const charge = await world().bank.chargeStranger(5_000);
    const { data } = await world().bank.control('GET', '/objects/balance_transactions');
    return { charge, fee: data.find(({ source }: Wire) => source === charge).fee };
  }

  /** What operators' acts, and what followed from them, have posted about a charge: by account. */
  async function acceptedOf(discrepancyId: string): Promise<Record<string, number>> {
    const rows: { account: string; minor: number }[] = await world()
      .db('ledger_entries')
      .where({ step: `acceptance:${discrepancyId}` })
      .orWhereIn(
        'step',
        world()
          .db('bank_transactions')
          .where({ given_back_for: discrepancyId })
          .select(world().db.raw(`'acceptance:' || id`)),
      )
      .groupBy('account')
      .select('account', world().db.raw('cast(sum(amount_minor) as bigint) as minor'));
    return Object.fromEntries(
      rows.filter(({ minor }) => minor !== 0).map(({ account, minor }) => [account, minor]),
    );
  }

  /** A booking that was paid in the browser, of which the bank’s every word was lost; it stands in the queue. */
  async function unheard() {
    const journey = await world().held();
    await world().bank.control('POST', '/webhooks/pause');
    await world().bank.payInBrowser(journey.booking.payment.clientSecret);
    const intent = await world().bank.intentOf(journey.booking.id);
    await missed();
    const discrepancy = await discrepancyAbout(operator, intent.latest_charge as string);
    return { ...journey, intent, discrepancy };
  }

  describe('about money that belongs to no booking (M26)', () => {
    it('tells what it is about, since when, and what can be done', async () => {
      const { charge } = await stranger();
      await missed();
      const { id, ageSeconds, bankTransactionId, openedAt, ...facts } = await discrepancyAbout(
        operator,
        charge,
      );
      assert.ok(ageSeconds >= 0 && ageSeconds < 600);
      assert.match(bankTransactionId, /^txn_/);
      assert.deepEqual(facts, {
        cause: 'not_ours',
        status: 'open',
        acts: ['look_again', 'accept', 'refund'],
        bankType: 'charge',
        bankObjectId: charge,
        bankAmount: 5_000,
        currency: 'GBP',
      });
      await missed();
      const again = await discrepancyAbout(operator, charge);
      assert.deepEqual([again.id, again.openedAt], [id, openedAt]);
      assert.deepEqual(
        (await eventsOf(world().db, id)).map(({ kind }) => kind),
        ['discrepancy.opened'],
      );
    });

    it('is accepted as the platform’s gain', async () => {
      const { charge, fee } = await stranger();
      await missed();
      const { id } = await discrepancyAbout(operator, charge);
      const { status, resolvedAs, reason, acts } = await resolved(operator, id, 'accept');
      assert.deepEqual(
        [status, resolvedAs, reason, acts],
        ['resolved', 'accepted', 'We have looked at it.', []],
      );
      assert.deepEqual(await acceptedOf(id), {
        bank_balance: 5_000 - fee,
        bank_fees: fee,
        platform_loss: -5_000,
      });
      await missed();
      assert.equal((await discrepancyAbout(operator, charge)).id, id);
    });

    it('is given back to its payer, once, and costs the bank’s fee', async () => {
      const { charge, fee } = await stranger();
      await missed();
      const { id } = await discrepancyAbout(operator, charge);
      await world().bank.misbehave({ kind: 'answer_lost', match: { path: '/v1/refunds' }, times: 2 });
      assert.equal((await resolved(operator, id, 'refund')).resolvedAs, 'refunded');
      assert.equal(await world().bank.faultsLeft(), 0);
      await reconcile(world());
      const { data } = await world().bank.control('GET', '/objects/refunds');
      const given = data.filter((refund: Wire) => refund.charge === charge);
      assert.deepEqual(
        given.map(({ amount }: Wire) => amount),
        [5_000],
      );
      assert.deepEqual(await acceptedOf(id), { bank_balance: -fee, bank_fees: fee });
    });

    it('stays open where the bank will not give it back, and says why', async () => {
      const { charge } = await stranger();
      await missed();
      const { id } = await discrepancyAbout(operator, charge);
      await world().bank.control('POST', `/charges/${charge}/refund`, {});
      const { status, failure } = await resolved(operator, id, 'refund');
      assert.deepEqual([status, failure], ['open', 'charge_already_refunded']);
    });
  });

  describe('about money of a booking that the ledger does not tell of', () => {
    it('is gone once the bank’s words have been heard (W10)', async () => {
      const { booking, guest, discrepancy } = await unheard();
      assert.deepEqual(
        [discrepancy.cause, discrepancy.bookingId, discrepancy.acts],
        ['not_in_ledger', booking.id, ['look_again', 'redeliver', 'accept', 'refund']],
      );
      await reconcile(world());
      await world().sees(guest, booking.id, 'confirmed');
      await reconcile(world());
      const { status, resolvedAs } = await operator.must(
        200,
        operator.get(`/discrepancies/${discrepancy.id}`),
      );
      assert.deepEqual([status, resolvedAs], ['resolved', 'gone']);
    });

    it('is gone when somebody looks again, where it has come by itself', async () => {
      const { booking, guest, discrepancy } = await unheard();
      await world().bank.control('POST', '/webhooks/resume');
      await world().sees(guest, booking.id, 'confirmed');
      assert.equal((await resolved(operator, discrepancy.id, 'look_again')).resolvedAs, 'gone');
    });

    it('stays when somebody looks again in vain', async () => {
      const { discrepancy } = await unheard();
      assert.equal((await resolved(operator, discrepancy.id, 'look_again')).status, 'open');
    });

    it('is handed on once more, where what was told has reached nobody', async () => {
      const { booking, guest, intent, discrepancy } = await unheard();
      await world().db('bank_events').where({ object_id: intent.id }).del();
      assert.equal((await resolved(operator, discrepancy.id, 'redeliver')).failure, 'no_event');
      const [told] = await world().bank.eventsAbout(intent.id, 'payment_intent.succeeded');
      await world()
        .db('bank_events')
        .insert({
          id: told?.id,
          kind: told?.type,
          object_id: intent.id,
          payload: JSON.stringify(told),
          delivered_at: new Date(),
          delivered_to: 'nobody',
        });
      await resolved(operator, discrepancy.id, 'redeliver');
      await world().sees(guest, booking.id, 'confirmed');
      assert.equal((await resolved(operator, discrepancy.id, 'look_again')).resolvedAs, 'gone');
    });
  });

  it('about an amount is accepted as the platform’s loss', async () => {
    const { booking } = await world().booked();
    await reconcile(world());
    const charge = (await world().bank.intentOf(booking.id)).latest_charge as string;
    // The bank thinks better of it: a pound less, and available by now.
    const change = { amount_minor: booking.total.amount - 100, available_on: new Date() };
    await world().db('bank_transactions').where({ source_id: charge }).update(change);
    await reconcile(world());
    const found = await discrepancyAbout(operator, charge);
    assert.deepEqual(
      [found.cause, found.bankAmount, found.ledgerAmount, found.acts],
      ['amount_differs', booking.total.amount - 100, booking.total.amount, ['look_again', 'accept']],
    );
    await resolved(operator, found.id, 'accept');
    assert.equal(await clearingOf(world(), booking.id), 0);
    const loss = await world()
      .db('ledger_entries')
      .where({ step: `settlement:${found.bankTransactionId}`, account: 'platform_loss' })
      .first('amount_minor');
    assert.equal(loss.amount_minor, 100);
  });

  it('about what the bank does not know is written off', async () => {
    const { booking } = await world().booked();
    const step = `refund:ref_of_nobody_${randomUUID()}`;
    await inTransaction(world().db, async (trx) => {
      const row = await findBooking(trx, booking.id as BookingId);
      assert.ok(row);
      await writeLedger(trx, {
        step,
        booking: row,
        paymentId: row.paymentId,
        bankId: `re_${step}`,
        at: new Date().toISOString(),
        entries: [
          { account: 'bank_clearing', amountMinor: -700 },
          { account: 'platform_revenue', amountMinor: 700 },
        ],
      });
    });
    await missed();
    const found = await discrepancyAbout(operator, step);
    assert.deepEqual(
      [found.cause, found.bankAmount, found.ledgerAmount, found.bookingId, found.acts],
      ['not_at_bank', undefined, -700, booking.id, ['look_again', 'accept']],
    );
    assert.equal((await resolved(operator, found.id, 'look_again')).status, 'open');
    await resolved(operator, found.id, 'accept');
    assert.deepEqual(await acceptedOf(found.id), { bank_clearing: 700, platform_loss: -700 });
    await missed();
    assert.equal((await discrepancyAbout(operator, step)).id, found.id);
  });

  describe('is for operators', () => {
    it('alone (S1)', async () => {
      const { guest, host, booking, discrepancy } = await unheard();
      const calls = (person: Traveller) => [
        person.get('/discrepancies'),
        person.get(`/discrepancies/${discrepancy.id}`),
        person.post(`/discrepancies/${discrepancy.id}/resolve`, { act: 'accept', reason: 'Mine.' }),
      ];
      const statuses = async (person: Traveller) =>
        (await Promise.all(calls(person))).map(({ status }) => status);
      for (const person of [guest, host]) {
        assert.deepEqual(await statuses(person), [403, 403, 403]);
        const query = `{ discrepancy(id: "${discrepancy.id}") { id } discrepancies { data { id } } }`;
        assert.deepEqual(codesOf(await ask(person, query)), ['forbidden', 'forbidden']);
      }
      assert.deepEqual(await statuses(world().anyone()), [401, 401, 401]);
      assert.equal((await operator.get('/discrepancies/dcy_00000000000000000000000000')).status, 404);
      assert.equal((await operator.get(`/discrepancies/${booking.id}`)).status, 404);
    });

    it('by GraphQL as by REST, page by page', async () => {
      const { discrepancy } = await unheard();
      const fields = `id cause status acts bankTransactionId bankType bankObjectId ledgerStep bookingId bankAmount
        ledgerAmount currency act reason failure resolvedAs openedAt resolvedAt`;
      const query = `{ discrepancy(id: "${discrepancy.id}") { ${fields} }
        discrepancies(open: true, limit: 1) { nextCursor data { id } } }`;
      const { data, errors } = await ask(operator, query);
      assert.equal(errors, undefined, JSON.stringify(errors));
      const { ageSeconds: _, ...wire } = discrepancy;
      const absent = { ledgerStep: null, ledgerAmount: null, act: null, reason: null, failure: null };
      assert.deepEqual(data.discrepancy, { ...absent, resolvedAs: null, resolvedAt: null, ...wire });
      assert.equal(data.discrepancies.data[0].id, discrepancy.id);
      const rest = await operator.must(200, operator.get('/discrepancies?open=true&limit=1'));
      assert.equal(rest.nextCursor, data.discrepancies.nextCursor);
      const resolving = `mutation { resolveDiscrepancy(discrepancyId: "${discrepancy.id}",
        input: { act: accept, reason: "It is so." }) { id status act } }`;
      const { data: asked } = await ask(operator, resolving);
      assert.equal(asked.resolveDiscrepancy.id, discrepancy.id);
    });

    it('who say what is to be done once, by one of its own acts, and why', async () => {
      const { charge } = await stranger();
      await missed();
      const { id } = await discrepancyAbout(operator, charge);
      const path = `/discrepancies/${id}/resolve`;
      const pathsOf = ({ body }: Wire) => body.errors.map((error: Wire) => error.path);
      const none = await operator.post(path, { act: 'redeliver', reason: 'Why not?' });
      assert.deepEqual([none.status, pathsOf(none)], [400, ['act']]);
      for (const reason of ['', ' ', 'x'.repeat(MAX_REASON_CHARACTERS + 1)])
        assert.deepEqual(pathsOf(await operator.post(path, { act: 'accept', reason })), ['reason']);
      const [key, body] = [randomUUID(), { act: 'accept', reason: 'x'.repeat(MAX_REASON_CHARACTERS) }];
      await operator.must(202, operator.post(path, body, key));
      const again = await operator.post(path, body, key);
      assert.ok([200, 202].includes(again.status), JSON.stringify(again.body));
      assert.equal(again.headers.get('idempotent-replayed'), 'true');
      const other = await operator.post(path, { act: 'accept', reason: 'Once more.' });
      assert.deepEqual([other.status, other.body.code], [409, 'discrepancy_state']);
    });
  });
});
