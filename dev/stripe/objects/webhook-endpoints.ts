import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { newId, unguessable } from '../bank.ts';
import type { Call } from '../protocol/endpoint.ts';
import { invalid, missing } from '../protocol/errors.ts';
import { page } from '../protocol/lists.ts';
import type { Params } from '../protocol/params.ts';

/** As many as the bank lets an account have. */
const MAX_ENDPOINTS = 16;
const SECRET_CHARACTERS = 32;

/** Tells its secret this once. */
export function createWebhookEndpoint({ bank, params }: Call): Stripe.WebhookEndpoint {
  const url = urlOf(params.requiredText('url'));
  const events = readEvents(params);
  const description = params.nullableText('description') ?? null;
  const version = params.text('api_version') ?? null;
  const metadata = params.metadata();
  params.accept('connect');
  params.done();
  if (events === undefined)
    throw invalid('Missing required param: enabled_events.', 'enabled_events', 'parameter_missing');
  if (bank.store.webhookEndpoints.size >= MAX_ENDPOINTS)
    throw invalid(`You have reached the maximum of ${MAX_ENDPOINTS} webhook endpoints.`);
  return bank.store.webhookEndpoints.put({
    id: newId('we'),
    object: 'webhook_endpoint',
    api_version: version,
    application: null,
    created: bank.now(),
    description,
    enabled_events: events,
    livemode: false,
    metadata,
    secret: `whsec_${unguessable(SECRET_CHARACTERS)}`,
    status: 'enabled',
    url,
  });
}

export function retrieveWebhookEndpoint({ bank, params, id }: Call): Stripe.WebhookEndpoint {
  params.done();
  return withoutSecret(findWebhookEndpoint(bank, id));
}

export function updateWebhookEndpoint({ bank, params, id }: Call): Stripe.WebhookEndpoint {
  const endpoint = findWebhookEndpoint(bank, id);
  const url = params.text('url');
  const events = readEvents(params);
  const description = params.nullableText('description');
  const disabled = params.flag('disabled') ?? endpoint.status === 'disabled';
  const metadata = params.metadata(endpoint.metadata);
  params.done();
  if (disabled) forgetDeliveries(bank, id);
  const updated = bank.store.webhookEndpoints.put({
    ...endpoint,
    ...(url !== undefined && { url: urlOf(url) }),
    ...(events !== undefined && { enabled_events: events }),
    ...(description !== undefined && { description }),
    metadata,
    status: disabled ? 'disabled' : 'enabled',
  });
  return withoutSecret(updated);
}

export function listWebhookEndpoints({ bank, params }: Call): Stripe.ApiList<Stripe.WebhookEndpoint> {
  const list = page(bank.store.webhookEndpoints.newestFirst(), params, '/v1/webhook_endpoints');
  return { ...list, data: list.data.map(withoutSecret) };
}

export function deleteWebhookEndpoint({ bank, params, id }: Call): Stripe.DeletedWebhookEndpoint {
  params.done();
  findWebhookEndpoint(bank, id);
  forgetDeliveries(bank, id);
  bank.store.webhookEndpoints.delete(id);
  return { id, object: 'webhook_endpoint', deleted: true };
}

/** What an endpoint was still to hear, it will not. */
function forgetDeliveries(bank: Bank, id: string): void {
  for (const delivery of bank.store.deliveries.by('endpoint', id)) bank.store.deliveries.delete(delivery.id);
}

function findWebhookEndpoint(bank: Bank, id: string): Stripe.WebhookEndpoint {
  const endpoint = bank.store.webhookEndpoints.get(id);
  if (endpoint === undefined) throw missing('webhook endpoint', id);
  return endpoint;
}

function withoutSecret({ secret: _, ...endpoint }: Stripe.WebhookEndpoint): Stripe.WebhookEndpoint {
  return endpoint;
}

/** Plain HTTP is for the bank's own tests; so it is here, where all is on one machine. */
function urlOf(text: string): string {
  const isAddress = URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
  if (!isAddress) throw invalid('Invalid URL: an explicit scheme (such as https) must be provided.', 'url');
  return text;
}

function readEvents(params: Params): string[] | undefined {
  const events = params.texts('enabled_events');
  if (events?.length === 0) throw invalid('Name at least one event, or * for all of them.', 'enabled_events');
  return events;
}
