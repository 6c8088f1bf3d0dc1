import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import type { Call } from '../protocol/endpoint.ts';
import { missing } from '../protocol/errors.ts';
import { createdFilter, page } from '../protocol/lists.ts';

export function retrieveEvent({ bank, params, id }: Call): Stripe.Event {
  params.done();
  const event = bank.store.events.get(id);
  if (event === undefined) throw missing('event', id);
  return presentEvent(bank, event);
}

/** What has happened at a connected account is listed to whoever asks on its behalf, and to nobody else. */
export function listEvents({ bank, params, account }: Call): Stripe.ApiList<Stripe.Event> {
  const type = params.text('type');
  const types = params.texts('types');
  const delivered = params.flag('delivery_success');
  const created = createdFilter(params);
  const matches = (event: Stripe.Event) =>
    event.account === account &&
    (type === undefined || fits(event.type, type)) &&
    types?.includes(event.type) !== false &&
    (delivered === undefined || delivered === (outstanding(bank, event) === 0)) &&
    created(event);
  const list = page(bank.store.events.newestFirst().filter(matches), params, '/v1/events');
  return { ...list, data: list.data.map((event) => presentEvent(bank, event)) };
}

/** Whether it was taken is known by its delivery, so it is not stored with the event. */
export function presentEvent(bank: Bank, event: Stripe.Event): Stripe.Event {
  return { ...event, pending_webhooks: outstanding(bank, event) };
}

function outstanding(bank: Bank, { id }: Stripe.Event): number {
  return bank.store.deliveries.by('event', id).length;
}

/** `charge.*` and `*` name families of events. */
export function fits(type: string, pattern: string): boolean {
  return pattern === type || (pattern.endsWith('*') && type.startsWith(pattern.slice(0, -1)));
}

/** The endpoints that want to hear of an event of this type. */
export function listeners(bank: Bank, type: string): Stripe.WebhookEndpoint[] {
  return [...bank.store.webhookEndpoints.values()].filter(
    (endpoint) =>
      endpoint.status === 'enabled' && endpoint.enabled_events.some((pattern) => fits(type, pattern)),
  );
}
