import assert from 'node:assert/strict';
import type { Finding } from '#db/doctor/checks.ts';
import { checksOfPayouts, checkTransfers } from '#db/doctor/payouts.ts';
import type { TransferRecord } from '#db/doctor/payouts.ts';
import { checksOfWorkflows } from '#db/doctor/workflows.ts';
import { recordEvent } from '#db/events.ts';
import { writeLedger } from '#db/ledger.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { PayoutRow } from '#db/payouts.ts';
import { failRefund, lockRefund } from '#db/refunds.ts';
import { inTransaction } from '#db/transaction.ts';
import type { Entry } from '#domain/ledger.ts';
import { useOwnDatabase } from '../support/database.ts';
import { aDuePayout, aPaidHost, aPaidStay, aPromise, settle, SHARE } from './payouts-fixture.ts';

describe('the doctor, of payouts,', () => {
  const own = useOwnDatabase();
  const db = () => own().db;

  /** What is found by now, by invariant; what holds is not listed. */
  async function found(isRunning = true, transfers?: TransferRecord[]): Promise<Record<string, string[]>> {
    const runs = () => Promise.resolve(isRunning);
    const ofWorkflows = checksOfWorkflows(db(), {
      booking: runs,
      refund: runs,
      payout: runs,
      bulkCancellation: runs,
      dispute: runs,
      reviewWindow: runs,
    }).filter(({ invariant }) => invariant.includes('payout'));
    assert.equal(ofWorkflows.length, 2);
    const atBank = transfers && checkTransfers(db(), () => Promise.resolve(transfers));
    const entries: [string, Finding[]][] = [];
    for (const { invariant, breaches } of [
      ...checksOfPayouts(db()),
      ...ofWorkflows,
      ...(atBank ? [atBank] : []),
    ])
      entries.push([invariant, await breaches()]);
    return Object.fromEntries(
      entries
        .filter(([, findings]) => findings.length > 0)
        .map(([invariant, findings]) => [invariant, findings.map(({ id }) => id)]),
    );
  }

  beforeEach('empty the tables', () => db().raw('truncate bookings cascade'));

  const write = (booking: BookingRow, step: string, entries: Entry[]) =>
    inTransaction(db(), (trx) => {
      const { paymentId } = booking;
      return writeLedger(trx, { step, booking, paymentId, bankId: step, at: booking.checkInAt, entries });
    });
  const patch = ({ id }: PayoutRow, columns: object) => db()('payouts').where({ id }).update(columns);

  it('finds nothing where hosts were paid, and owe what went back afterwards', async () => {
    const { booking, payout } = await aPaidHost(db());
    await settle(db(), await aPromise(db(), booking, 3_000));
    await aPaidHost(db(), booking.propertyId);
    const sent = { id: 'tr_1', payoutId: payout.id, takenBackMinor: 0 };
    const { rows } = await db().raw<{ rows: [{ id: string; amount_minor: number }] }>(
      'select booking_id as id, amount_minor from payouts',
    );
    const transfers = rows.map(({ id, amount_minor: sentMinor }) => ({ ...sent, bookingId: id, sentMinor }));
    assert.deepEqual(await found(true, transfers), {});
  });

  it('finds nothing where what a host owed for a refund came back with it (M11)', async () => {
    const { booking } = await aPaidHost(db());
    const refund = await aPromise(db(), booking, 3_000);
    await settle(db(), refund);
    await inTransaction(db(), async (trx) => {
      const settled = await lockRefund(trx, refund.id);
      await failRefund(trx, { refund: settled, booking, failure: 'declined', at: booking.checkInAt });
    });
    assert.deepEqual(await found(), {});
  });

  it('finds payouts and shares that nobody works on', async () => {
    const owed = await aPaidStay(db());
    const due = await aDuePayout(db(), await aPaidStay(db()));
    assert.deepEqual(await found(true), {});
    assert.deepEqual(await found(false), {
      'Each payout is paid or has its workflow': [due.id],
      'Whoever is owed for a stay that is over has a payout, or a booking that still has its workflow': [
        owed.id,
      ],
    });
  });

  it('finds a transfer that the ledger does not know, and one that it has made up', async () => {
    const invariant = 'The bank has paid hosts what the ledger says, and taken back what it says';
    const { booking, payout } = await aPaidHost(db());
    const transfer = { id: 'tr_1', bookingId: booking.id, payoutId: payout.id, takenBackMinor: 0 };
    const whole = { ...transfer, sentMinor: SHARE };
    assert.deepEqual(await found(true, [whole]), {});
    for (const transfers of [[], [whole, whole], [{ ...whole, takenBackMinor: 1 }]])
      assert.deepEqual(await found(true, transfers), { [invariant]: [booking.id] });
  });

  const breaks: {
    invariant: string;
    breach: (paid: { booking: BookingRow; payout: PayoutRow }) => PromiseLike<unknown>;
    of: (paid: { booking: BookingRow; payout: PayoutRow }) => string;
  }[] = [
    {
      invariant: 'No host is paid before a day has passed since the check-in',
      breach: ({ booking, payout }) => patch(payout, { due_at: booking.checkInAt }),
      of: ({ payout }) => payout.id,
    },
    {
      invariant: 'The ledger has what each payout says',
      breach: ({ payout }) => patch(payout, { amount_minor: SHARE - 1 }),
      of: ({ payout }) => payout.id,
    },
    {
      invariant: 'Each payout is told of as often as it was paid and came back',
      breach: ({ payout }) =>
        recordEvent(db(), { kind: 'payout.paid', subjectId: payout.id, actorId: 'system' }),
      of: ({ payout }) => payout.id,
    },
    {
      invariant: 'No host is paid more than their share of a booking',
      breach: ({ booking }) =>
        write(booking, 'test:more', [
          { account: 'host_payable', amountMinor: 1 },
          { account: 'platform_revenue', amountMinor: -1 },
        ]),
      of: ({ booking }) => booking.id,
    },
    {
      invariant: 'What a host is owed is their share, less what they were paid and what went back',
      breach: ({ booking }) =>
        write(booking, 'test:less', [
          { account: 'host_payable', amountMinor: -1 },
          { account: 'platform_loss', amountMinor: 1 },
        ]),
      of: ({ booking }) => booking.id,
    },
    {
      invariant: 'No host’s debt is netted twice',
      breach: ({ booking }) =>
        write(booking, 'test:debt', [
          { account: 'host_debt', amountMinor: -1 },
          { account: 'platform_loss', amountMinor: 1 },
        ]),
      of: ({ booking }) => booking.hostId,
    },
  ];
  for (const { invariant, breach, of } of breaks) {
    it(`finds where it is broken: ${invariant}`, async () => {
      const paid = await aPaidHost(db());
      await breach(paid);
      assert.deepEqual((await found())[invariant], [of(paid)]);
    });
  }
});
