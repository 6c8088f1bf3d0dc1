import type Stripe from 'stripe';
import { presentTransaction } from '../objects/balance.ts';
import type { Identified } from '../state/collection.ts';
import { idOf } from '../state/store.ts';
import type { Simulation } from './controls.ts';
import type { Markup } from './markup.ts';
import { html, NOTHING } from './markup.ts';
import type { Cell } from './state-sheet.ts';
import { buttons, link, money, outcomes, section, status, table, time } from './state-sheet.ts';

/** So many of the newest are on the page; the rest is behind a link. */
const SHOWN = 20;

/** How a collection is shown: its columns after the id, and what they say of a record. */
interface View<T extends Identified> {
  title: string;
  headings: readonly string[];
  cells: (record: T, simulation: Simulation) => readonly Cell[];
}

const INTENTS: View<Stripe.PaymentIntent> = {
  title: 'Payments',
  headings: ['PaymentIntent', 'Booking', 'Amount', 'Received', 'Status', 'Created', ''],
  cells: (intent) => [
    intent.metadata.bookingId ?? '',
    money(intent.amount, intent.currency),
    money(intent.amount_received, intent.currency),
    status(intent.status),
    time(intent.created),
    intent.status === 'requires_action'
      ? challengeButtons(`/payment_intents/${intent.id}/challenge`)
      : intent.status === 'processing'
        ? outcomes(`/payment_intents/${intent.id}/settlement`, { Succeed: 'succeed', Fail: 'fail' })
        : '',
  ],
};

const SETUPS: View<Stripe.SetupIntent> = {
  title: 'Cards to be saved',
  headings: ['SetupIntent', 'Customer', 'Usage', 'Status', 'Created', ''],
  cells: (intent) => [
    idOf(intent.customer) ?? '',
    intent.usage.replace('_', ' '),
    status(intent.status),
    time(intent.created),
    intent.status === 'requires_action' ? challengeButtons(`/setup_intents/${intent.id}/challenge`) : '',
  ],
};

const CHARGES: View<Stripe.Charge> = {
  title: 'Charges',
  headings: ['Charge', 'PaymentIntent', 'Amount', 'Captured', 'Refunded', 'Status', ''],
  cells: (charge) => [
    link(idOf(charge.payment_intent)),
    money(charge.amount, charge.currency),
    money(charge.amount_captured, charge.currency),
    money(charge.amount_refunded, charge.currency),
    html`${status(charge.status)}${charge.disputed ? html` <span class="bad">disputed</span>` : NOTHING}`,
    chargeButtons(charge),
  ],
};

const REFUNDS: View<Stripe.Refund> = {
  title: 'Refunds',
  headings: ['Refund', 'Charge', 'Amount', 'Status', 'Why', 'Created', ''],
  cells: (refund) => [
    link(idOf(refund.charge)),
    money(refund.amount, refund.currency),
    status(refund.status),
    (refund.failure_reason ?? refund.pending_reason ?? refund.reason ?? '').replaceAll('_', ' '),
    time(refund.created),
    refundButtons(refund),
  ],
};

const DISPUTES: View<Stripe.Dispute> = {
  title: 'Disputes',
  headings: ['Dispute', 'Charge', 'Amount', 'Reason', 'Status', 'Answer by', ''],
  cells: (dispute) => [
    link(idOf(dispute.charge)),
    money(dispute.amount, dispute.currency),
    dispute.reason.replaceAll('_', ' '),
    status(dispute.status),
    dispute.evidence_details.due_by === null ? '' : time(dispute.evidence_details.due_by),
    disputeButtons(dispute),
  ],
};

const ENTRIES: View<Stripe.BalanceTransaction> = {
  title: 'Balance transactions',
  headings: ['Transaction', 'Type', 'Source', 'Amount', 'Fee', 'Net', 'Available on', ''],
  cells: (entry, { bank }) => [
    entry.reporting_category.replaceAll('_', ' '),
    link(idOf(entry.source)),
    money(entry.amount, entry.currency),
    money(entry.fee, entry.currency),
    money(entry.net, entry.currency),
    time(entry.available_on),
    status(presentTransaction(bank, entry).status),
  ],
};

const EVENTS: View<Stripe.Event> = {
  title: 'Events',
  headings: ['Event', 'Type', 'About', 'Created', 'Webhook'],
  cells: (event, { webhooks }) => {
    const { state, tries } = webhooks.standingOf(event.id);
    return [
      event.type,
      link((event.data.object as { id?: string }).id),
      time(event.created),
      html`${status(state)}${tries > 0 ? ` after ${tries} failed` : ''}`,
    ];
  },
};

const ENDPOINTS: View<Stripe.WebhookEndpoint> = {
  title: 'Webhook endpoints',
  headings: ['Endpoint', 'Address', 'Events', 'Status'],
  cells: (endpoint) => [endpoint.url, endpoint.enabled_events.join(', '), status(endpoint.status)],
};

/** Whatever else moves money or is paid: shown by what most objects have in common. */
const OTHERS: View<Identified> = {
  title: '',
  headings: ['Id', 'Amount', 'Status', 'To', 'Created'],
  cells: (record) => {
    const { amount, currency, status: word, destination, created } = record as Partial<Stripe.Payout>;
    return [
      amount === undefined || currency === undefined ? '' : money(amount, currency),
      status(word),
      link(idOf(destination)),
      created === undefined ? '' : time(created),
    ];
  },
};

const VIEWS = {
  payment_intents: INTENTS,
  setup_intents: SETUPS,
  charges: CHARGES,
  refunds: REFUNDS,
  disputes: DISPUTES,
  accounts: { ...OTHERS, title: 'Connected accounts' },
  transfers: { ...OTHERS, title: 'Transfers' },
  transfer_reversals: { ...OTHERS, title: 'Reversals of transfers' },
  payouts: { ...OTHERS, title: 'Payouts' },
  balance_transactions: ENTRIES,
  webhook_endpoints: ENDPOINTS,
  events: EVENTS,
} as unknown as Readonly<Record<string, View<Identified>>>;

/** Each collection of which there is anything, newest first. */
export function tables(simulation: Simulation): readonly { id: string; title: string; markup: Markup }[] {
  return Object.entries(VIEWS).flatMap(([id, view]) => {
    const collection = simulation.bank.store.collection(id);
    if (collection === undefined || collection.size === 0) return [];
    const shown = collection.newestFirst().slice(0, SHOWN);
    const rows = shown.map((record) => ({ id: record.id, cells: view.cells(record, simulation) }));
    const count =
      shown.length < collection.size ? `newest ${SHOWN} of ${collection.size}` : String(collection.size);
    const aside = html`<small>${count}</small><a href="/_sim/objects/${id}">JSON</a>`;
    const markup = section(id, { title: view.title, aside, body: table(view.headings, rows) });
    return [{ id, title: view.title, markup }];
  });
}

function challengeButtons(path: string): Markup {
  return outcomes(path, { 'Pass challenge': 'pass', 'Fail challenge': 'fail' });
}

function chargeButtons({ id, captured, disputed, refunded }: Stripe.Charge): Cell {
  if (!captured || refunded) return '';
  const dispute = [{ label: 'Dispute' }, { label: 'Inquire', name: 'inquiry', value: 'true' }];
  return html`${buttons(`/charges/${id}/refund`, [{ label: 'Refund' }])}${disputed ? NOTHING : buttons(`/charges/${id}/dispute`, dispute)}`;
}

function refundButtons(refund: Stripe.Refund): Cell {
  const path = `/refunds/${refund.id}`;
  if (refund.status === 'pending')
    return html`${outcomes(`${path}/settlement`, { Settle: 'succeed', Fail: 'fail' })}${buttons(
      `${path}/cancellation`,
      [{ label: 'Cancel' }],
    )}`;
  // What released a hold moved no money, so none can come back.
  return refund.status === 'succeeded' && refund.balance_transaction !== null
    ? outcomes(`${path}/settlement`, { Fail: 'fail' })
    : '';
}

function disputeButtons({ id, status: word }: Stripe.Dispute): Cell {
  const path = `/disputes/${id}/verdict`;
  if (word.startsWith('warning_') && word !== 'warning_closed')
    return outcomes(path, { Close: 'win', Escalate: 'escalate' });
  return word === 'needs_response' || word === 'under_review'
    ? outcomes(path, { Win: 'win', Lose: 'lose' })
    : '';
}
