import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { newId } from '../bank.ts';
import type { Call } from '../protocol/endpoint.ts';
import { invalid, StripeProblem } from '../protocol/errors.ts';
import { createdFilter, page } from '../protocol/lists.ts';
import type { Params } from '../protocol/params.ts';

/** Opens a connected account. It can do nothing until its holder has been through the onboarding. */
export function createAccount({ bank, params }: Call): Stripe.Account {
  const fields = readFields(params);
  const country = params.text('country');
  const type = params.oneOf('type', ['express', 'custom', 'standard']);
  const controller = readController(params);
  if (type !== undefined && controller !== undefined)
    throw invalid('You may not specify both `type` and `controller`.', 'type');
  requestTransfers(params);
  const metadata = params.metadata();
  params.done();
  const account = bank.store.accounts.put<Stripe.Account>({
    id: newId('acct'),
    object: 'account',
    business_type: null,
    controller: controller ?? BY_TYPE,
    country: country ?? 'GB',
    created: bank.now(),
    default_currency: 'gbp',
    email: null,
    type: type ?? 'none',
    ...STANDINGS.new,
    ...fields,
    metadata,
  });
  bank.emit('account.updated', account, account.id);
  return account;
}

export function updateAccount({ bank, params, id }: Call): Stripe.Account {
  const account = findAccount(bank, id);
  const fields = readFields(params);
  const metadata = params.metadata(account.metadata);
  params.done();
  return change(bank, { ...account, ...fields, metadata });
}

export function retrieveAccount({ bank, params, id }: Call): Stripe.Account {
  params.done();
  return findAccount(bank, id);
}

export function listAccounts({ bank, params }: Call): Stripe.ApiList<Stripe.Account> {
  const created = createdFilter(params);
  const accounts = bank.store.accounts.newestFirst();
  return page(
    accounts.filter((each) => created({ created: each.created ?? 0 })),
    params,
    '/v1/accounts',
  );
}

export function deleteAccount({ bank, params, id }: Call): Stripe.DeletedAccount {
  params.done();
  findAccount(bank, id);
  bank.store.accounts.delete(id);
  return { id, object: 'account', deleted: true };
}

/** The account of this id. One that has been disconnected cannot be told from one that never was. */
export function findAccount(bank: Bank, id: string): Stripe.Account {
  const account = bank.store.accounts.get(id);
  if (account !== undefined) return account;
  throw new StripeProblem(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message:
      `The provided key does not have access to account '${id}' (or that account does not exist). ` +
      'Application access may have been revoked.',
  });
}

type Facts = Pick<
  Stripe.Account,
  'capabilities' | 'charges_enabled' | 'details_submitted' | 'payouts_enabled' | 'requirements'
>;

function facts({
  due = [],
  why = null,
  transfers,
  payouts,
  submitted = true,
}: {
  due?: string[];
  why?: Stripe.Account.Requirements['disabled_reason'];
  transfers: 'active' | 'inactive';
  payouts: boolean;
  submitted?: boolean;
}): Facts {
  return {
    capabilities: { transfers },
    charges_enabled: transfers === 'active',
    details_submitted: submitted,
    payouts_enabled: payouts,
    requirements: {
      alternatives: [],
      current_deadline: null,
      currently_due: due,
      disabled_reason: why,
      errors: [],
      eventually_due: due,
      past_due: due,
      pending_verification: [],
    },
  };
}

/** What can become of an account: by its holder, by the bank that looks at it, or by a bank account that is gone. */
const STANDINGS = {
  new: facts({
    due: ['external_account', 'individual.dob.day', 'individual.first_name', 'tos_acceptance.date'],
    why: 'requirements.past_due',
    transfers: 'inactive',
    payouts: false,
    submitted: false,
  }),
  complete: facts({ transfers: 'active', payouts: true }),
  restricted: facts({
    due: ['individual.verification.document'],
    why: 'requirements.past_due',
    transfers: 'inactive',
    payouts: false,
  }),
  without_bank_account: facts({ due: ['external_account'], transfers: 'active', payouts: false }),
  disabled: facts({ why: 'rejected.other', transfers: 'inactive', payouts: false }),
} as const satisfies Record<string, Facts>;

export type Standing = keyof typeof STANDINGS;
export const STANDING_NAMES = Object.keys(STANDINGS) as Standing[];

export function setStanding(bank: Bank, account: Stripe.Account, standing: Standing): Stripe.Account {
  return change(bank, { ...account, ...STANDINGS[standing] });
}

/** Its holder, or the bank, takes the account away from the platform. */
export function disconnect(bank: Bank, account: Stripe.Account): void {
  bank.store.accounts.delete(account.id);
  bank.emit('account.application.deauthorized', PLATFORM, account.id);
}

const PLATFORM = { id: 'ca_stayward', object: 'application', name: 'Stayward' };

function change(bank: Bank, account: Stripe.Account): Stripe.Account {
  const changed = bank.store.accounts.put(account);
  bank.emit('account.updated', changed, changed.id);
  return changed;
}

const BY_TYPE: Stripe.Account.Controller = { type: 'application', is_controller: true };

function readController(params: Params): Stripe.Account.Controller | undefined {
  const controller = params.nested('controller');
  if (controller === undefined) return undefined;
  const fees = controller.nested('fees')?.text('payer');
  const losses = controller.nested('losses')?.text('payments');
  const dashboard = controller.nested('stripe_dashboard')?.text('type');
  const collection = controller.text('requirement_collection');
  return {
    ...BY_TYPE,
    ...(fees !== undefined && { fees: { payer: fees } }),
    ...(losses !== undefined && { losses: { payments: losses } }),
    ...(dashboard !== undefined && { stripe_dashboard: { type: dashboard } }),
    ...(collection !== undefined && { requirement_collection: collection }),
  };
}

/** The one capability that is simulated. */
function requestTransfers(params: Params): void {
  params.nested('capabilities')?.nested('transfers')?.flag('requested');
}

function readFields(params: Params): Partial<Stripe.Account> {
  const fields: Partial<Stripe.Account> = {};
  const email = params.nullableText('email');
  if (email !== undefined) fields.email = email;
  const currency = params.text('default_currency');
  if (currency !== undefined) fields.default_currency = currency;
  return fields;
}
