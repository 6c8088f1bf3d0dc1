import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { BookingId, PaymentId } from '#domain/ids.ts';
import { receiptNumber, receiptOf } from '#domain/receipts.ts';
import type { GuestMovement, Receipt } from '#domain/receipts.ts';

const PAYMENT: PaymentId = 'pay_1';
const OTHER: PaymentId = 'pay_2';
const CARD = { brand: 'visa', lastFour: '4242' };

let minute = 0;
function moved(step: GuestMovement['step'], amountMinor: number, facts: Partial<GuestMovement> = {}) {
  minute += 1;
  const at = new Date(Date.UTC(2027, 0, 1, 0, minute)).toISOString();
  return { step, at, paymentId: PAYMENT, amountMinor, card: CARD, reason: null, ...facts };
}

const made = (movements: readonly GuestMovement[]): Receipt =>
  receiptOf(movements) ?? assert.fail('no receipt');

describe('a receipt', () => {
  it('is none where nothing has come in', () => assert.equal(receiptOf([]), undefined));

  it('has every payment, every refund, and what they come to', () => {
    const movements = [
      moved('post:pay_1', 10_000),
      moved('post:pay_2', 5_000, { paymentId: OTHER, card: null }),
      moved('refund:ref_1', -4_000, { reason: 'goodwill' }),
      moved('refund:ref_2', -1, { reason: 'cancellation' }),
    ];
    const receipt = made(movements);
    assert.deepEqual(
      receipt.payments.map(({ id, amountMinor, card }) => [id, amountMinor, card]),
      [
        ['pay_1', 10_000, CARD],
        ['pay_2', 5_000, null],
      ],
    );
    assert.deepEqual(
      receipt.refunds.map(({ amountMinor, reason }) => [amountMinor, reason]),
      [
        [4_000, 'goodwill'],
        [1, 'cancellation'],
      ],
    );
    const { paidMinor, refundedMinor, netMinor, asOf } = receipt;
    assert.deepEqual([paidMinor, refundedMinor, netMinor], [15_000, 4_001, 10_999]);
    assert.equal(asOf, movements.at(-1)?.at);
  });

  it('forgets a refund that came back, and tells of one that was made in its place (M11)', () => {
    const receipt = made([
      moved('post:pay_1', 10_000),
      moved('refund:ref_1', -4_000, { reason: 'cancellation' }),
      moved('return:ref_1', 4_000),
      moved('refund:ref_2', -4_000, { reason: 'dashboard' }),
    ]);
    assert.deepEqual(
      receipt.refunds.map(({ reason }) => reason),
      ['dashboard'],
    );
    assert.equal(receipt.netMinor, 6_000);
    assert.equal(receipt.paidMinor - receipt.refundedMinor, receipt.netMinor);
  });

  it('has what the payer’s bank took back, as far as it has not been given again (M14)', () => {
    const lost = [moved('post:pay_1', 10_000), moved('dispute:dsp_1', -10_000)];
    const open = made(lost);
    assert.deepEqual([open.disputedMinor, open.netMinor], [10_000, 0]);
    const won = made([...lost, moved('reinstatement:dsp_1', 10_000)]);
    assert.deepEqual([won.disputed, won.netMinor], [[], 10_000]);
    const inPart = made([...lost, moved('reinstatement:dsp_1', 9_000)]);
    assert.deepEqual([inPart.disputedMinor, inPart.netMinor], [1_000, 9_000]);
  });

  it('has a number of its booking’s own', () => {
    const id: BookingId = 'bkg_01jz3v9qk8w5xw7d2m4n6p8r0t';
    assert.equal(receiptNumber(id), 'R-01JZ3V9QK8W5XW7D2M4N6P8R0T');
  });
});
