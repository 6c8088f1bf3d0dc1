import { createAccountLink } from '../objects/account-links.ts';
import {
  createAccount,
  deleteAccount,
  listAccounts,
  retrieveAccount,
  updateAccount,
} from '../objects/accounts.ts';
import { listBalanceTransactions, retrieveBalance, retrieveBalanceTransaction } from '../objects/balance.ts';
import { listCharges, retrieveCharge } from '../objects/charges.ts';
import {
  createCustomer,
  deleteCustomer,
  listCustomers,
  retrieveCustomer,
  updateCustomer,
} from '../objects/customers.ts';
import { closeDispute, listDisputes, retrieveDispute, updateDispute } from '../objects/disputes.ts';
import type { Endpoint } from './endpoint.ts';
import { listEvents, retrieveEvent } from '../objects/events.ts';
import {
  cancelPaymentIntent,
  capturePaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  listPaymentIntents,
  retrievePaymentIntent,
  searchPaymentIntents,
  updatePaymentIntent,
} from '../objects/payment-intents.ts';
import {
  attachPaymentMethod,
  createPaymentMethod,
  detachPaymentMethod,
  listCustomersPaymentMethods,
  listPaymentMethods,
  retrievePaymentMethod,
} from '../objects/payment-methods.ts';
import {
  cancelSetupIntent,
  confirmSetupIntent,
  createSetupIntent,
  listSetupIntents,
  retrieveSetupIntent,
  updateSetupIntent,
} from '../objects/setup-intents.ts';
import { cancelRefund, createRefund, listRefunds, retrieveRefund, updateRefund } from '../objects/refunds.ts';

import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  listWebhookEndpoints,
  retrieveWebhookEndpoint,
  updateWebhookEndpoint,
} from '../objects/webhook-endpoints.ts';
import { createPayout, listPayouts, retrievePayout } from '../objects/payouts.ts';
import {
  createReversal,
  createTransfer,
  listReversals,
  listTransfers,
  retrieveTransfer,
  updateTransfer,
} from '../objects/transfers.ts';

/** An address of the API. `publishable` ones also answer a browser, which holds no secret key. */
export interface Route {
  endpoint: Endpoint;
  publishable: boolean;
  /** Whether it may be asked on behalf of a connected account. */
  ofAccounts: boolean;
}

const ROUTES: Readonly<Record<string, Endpoint>> = {
  'POST /v1/customers': createCustomer,
  'GET /v1/customers': listCustomers,
  'GET /v1/customers/:id': retrieveCustomer,
  'POST /v1/customers/:id': updateCustomer,
  'DELETE /v1/customers/:id': deleteCustomer,
  'GET /v1/customers/:id/payment_methods': listCustomersPaymentMethods,

  'POST /v1/payment_methods': createPaymentMethod,
  'GET /v1/payment_methods': listPaymentMethods,
  'GET /v1/payment_methods/:id': retrievePaymentMethod,
  'POST /v1/payment_methods/:id/attach': attachPaymentMethod,
  'POST /v1/payment_methods/:id/detach': detachPaymentMethod,

  'POST /v1/payment_intents': createPaymentIntent,
  'GET /v1/payment_intents': listPaymentIntents,
  'GET /v1/payment_intents/search': searchPaymentIntents,
  'GET /v1/payment_intents/:id': retrievePaymentIntent,
  'POST /v1/payment_intents/:id': updatePaymentIntent,
  'POST /v1/payment_intents/:id/confirm': confirmPaymentIntent,
  'POST /v1/payment_intents/:id/capture': capturePaymentIntent,
  'POST /v1/payment_intents/:id/cancel': cancelPaymentIntent,

  'POST /v1/setup_intents': createSetupIntent,
  'GET /v1/setup_intents': listSetupIntents,
  'GET /v1/setup_intents/:id': retrieveSetupIntent,
  'POST /v1/setup_intents/:id': updateSetupIntent,
  'POST /v1/setup_intents/:id/confirm': confirmSetupIntent,
  'POST /v1/setup_intents/:id/cancel': cancelSetupIntent,

  'GET /v1/charges': listCharges,
  'GET /v1/charges/:id': retrieveCharge,

  'POST /v1/refunds': createRefund,
  'GET /v1/refunds': listRefunds,
  'GET /v1/refunds/:id': retrieveRefund,
  'POST /v1/refunds/:id': updateRefund,
  'POST /v1/refunds/:id/cancel': cancelRefund,

  'GET /v1/disputes': listDisputes,
  'GET /v1/disputes/:id': retrieveDispute,
  'POST /v1/disputes/:id': updateDispute,
  'POST /v1/disputes/:id/close': closeDispute,

  'POST /v1/accounts': createAccount,
  'GET /v1/accounts': listAccounts,
  'GET /v1/accounts/:id': retrieveAccount,
  'POST /v1/accounts/:id': updateAccount,
  'DELETE /v1/accounts/:id': deleteAccount,
  'POST /v1/account_links': createAccountLink,

  'POST /v1/transfers': createTransfer,
  'GET /v1/transfers': listTransfers,
  'GET /v1/transfers/:id': retrieveTransfer,
  'POST /v1/transfers/:id': updateTransfer,
  'POST /v1/transfers/:id/reversals': createReversal,
  'GET /v1/transfers/:id/reversals': listReversals,

  'POST /v1/payouts': createPayout,
  'GET /v1/payouts': listPayouts,
  'GET /v1/payouts/:id': retrievePayout,

  'GET /v1/balance': retrieveBalance,
  'GET /v1/balance_transactions': listBalanceTransactions,
  'GET /v1/balance_transactions/:id': retrieveBalanceTransaction,

  'POST /v1/webhook_endpoints': createWebhookEndpoint,
  'GET /v1/webhook_endpoints': listWebhookEndpoints,
  'GET /v1/webhook_endpoints/:id': retrieveWebhookEndpoint,
  'POST /v1/webhook_endpoints/:id': updateWebhookEndpoint,
  'DELETE /v1/webhook_endpoints/:id': deleteWebhookEndpoint,

  'GET /v1/events': listEvents,
  'GET /v1/events/:id': retrieveEvent,
};

const PUBLISHABLE = new Set<Endpoint>([
  createPaymentMethod,
  retrievePaymentIntent,
  confirmPaymentIntent,
  retrieveSetupIntent,
  confirmSetupIntent,
]);
const OF_ACCOUNTS = new Set<Endpoint>([
  listEvents,
  createPayout,
  listBalanceTransactions,
  listPayouts,
  retrieveBalance,
  retrievePayout,
]);

/** The route of a request and the id in its path; literal addresses win over those with an id. */
export function routeTo(method: string, path: string): { route: Route; id: string } | undefined {
  const literal = ROUTES[`${method} ${path}`];
  if (literal !== undefined) return { route: routeOf(literal), id: '' };
  const [, version = '', resource = '', id = '', ...rest] = path.split('/');
  const pattern = [method, [`/${version}`, resource, ':id', ...rest].join('/')].join(' ');
  const endpoint = id === ':id' ? undefined : ROUTES[pattern];
  return endpoint === undefined ? undefined : { route: routeOf(endpoint), id: decodeURIComponent(id) };
}

function routeOf(endpoint: Endpoint): Route {
  return { endpoint, publishable: PUBLISHABLE.has(endpoint), ofAccounts: OF_ACCOUNTS.has(endpoint) };
}
