import type { z } from 'zod';
import type { RefundReason } from '#domain/payments.ts';
import { SHEET_FOOT, day, dayInWords, escaped, fact, figures, sheetHead } from '../sheet.ts';
import type { Receipt } from './schemas.ts';

type ReceiptWire = z.output<typeof Receipt>;

/** What a person calls the reason of a refund. */
const REASONS: Readonly<Record<RefundReason, string>> = {
  cancellation: 'Refund, as the stay was cancelled',
  alteration: 'Refund, as the stay was altered',
  late_payment: 'Refund, as the payment came too late',
  goodwill: 'Refund of free will',
  dashboard: 'Refund',
};

/** The networks whose names are not simply their word with a capital. */
const NETWORKS: Readonly<Record<string, string>> = {
  amex: 'American Express',
  cartes_bancaires: 'Cartes Bancaires',
  diners: 'Diners Club',
  eftpos_au: 'eftpos',
  jcb: 'JCB',
  unionpay: 'UnionPay',
  unknown: 'Card',
};

function cardInWords({ card }: ReceiptWire['payments'][number]): string {
  if (card === undefined) return 'Card';
  const network = NETWORKS[card.brand] ?? card.brand.charAt(0).toUpperCase() + card.brand.slice(1);
  return `${network} ending in ${card.lastFour}`;
}

/** A receipt as a sheet. */
export function sheetOfReceipt(receipt: ReceiptWire): string {
  const { number, guest, host, bookingId, property, checkIn, checkOut, nights, asOf } = receipt;
  return `${sheetHead(`Receipt ${number}`)}<header><h1>Receipt</h1><span class="brand">Stayward</span></header>
<dl>
<div><dt>Number</dt><dd class="code">${number}</dd></div>
${fact('Issued to', guest)}<div><dt>Stay</dt><dd>${escaped(property)}<small>${bookingId}</small></dd></div>
${fact('Hosted by', host)}<div><dt>Dates</dt><dd>${dayInWords(checkIn)} to ${dayInWords(checkOut)}<small>${nights} ${nights === 1 ? 'night' : 'nights'}</small></dd></div>
${fact('Currency', receipt.currency)}</dl>
${priceOf(receipt)}
${moneyOf(receipt)}
<footer>Dates are those of the property, ${escaped(receipt.timeZone)}. As of <time datetime="${asOf}">${dayInWords(asOf.slice(0, 10))},
${asOf.slice(11, 16)} UTC</time>. A refund that is under way is listed once the bank has made it.</footer>
${SHEET_FOOT}`;
}

function priceOf({ lines, includedTaxes = [], taxes, total, currency }: ReceiptWire): string {
  const money = (amount: number): string => figures({ amount, currency });
  const rows = lines.map(
    ({ label, quantity, amount }) =>
      `<tr><td>${escaped(label)}</td><td class="amount">${quantity}</td><td class="amount">${money(amount)}</td></tr>\n`,
  );
  const included = includedTaxes.map(
    ({ label, amount }) => `<small>included: ${escaped(label)}, ${money(amount)}</small>`,
  );
  return `<h2>Price</h2>
<table id="price">
<thead>
<tr><th>For</th><th class="amount">Quantity</th><th class="amount">${currency}</th></tr>
</thead>
<tbody>
${rows.join('')}<tr class="sum rule"><td colspan="2">Total<small>of which taxes ${money(taxes)}</small>${included.join('')}</td><td class="amount">${money(total)}</td></tr>
</tbody>
</table>`;
}

function moneyOf({ payments, refunds, disputed, paid, refunded, net, currency }: ReceiptWire): string {
  const money = (amount: number): string => figures({ amount, currency });
  const back = [
    ...refunds.map((refund) => ({ ...refund, what: REASONS[refund.reason] })),
    ...disputed.map((dispute) => ({ ...dispute, what: 'Taken back by the payer’s bank' })),
  ];
  const moved = [
    ...payments.map((payment) => ({ ...payment, what: `Payment, ${cardInWords(payment)}` })),
    ...back.map((entry) => ({ ...entry, amount: -entry.amount })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const rows = moved.map(
    ({ date, what, amount, paymentId }) =>
      `<tr><td class="date">${day(date)}</td><td>${escaped(what)}<small>${paymentId}</small></td>` +
      `<td class="amount">${money(amount)}</td></tr>\n`,
  );
  const sum = (id: string, name: string, amount: number): string =>
    `<tr class="sum${id === 'paid' ? ' rule' : ''}" id="${id}"><td></td><td>${name}</td><td class="amount">${money(amount)}</td></tr>\n`;
  return `<h2>Payments and refunds</h2>
<table id="money">
<thead>
<tr><th class="date">Date</th><th>Movement</th><th class="amount">${currency}</th></tr>
</thead>
<tbody>
${rows.join('')}${sum('paid', 'Paid', paid)}${refunded === 0 ? '' : sum('refunded', 'Refunded', -refunded) + sum('net', 'Paid, less refunds', net)}</tbody>
</table>`;
}
