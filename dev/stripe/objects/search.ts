import type Stripe from 'stripe';
import type { Bank } from '../bank.ts';
import { invalid } from '../protocol/errors.ts';
import { limitOf } from '../protocol/lists.ts';
import type { Params } from '../protocol/params.ts';

type Test = (intent: Stripe.PaymentIntent) => boolean;

/** One condition: `-metadata['booking']:'bkg_1'`, `amount>=1000`, `status:"succeeded"`. */
const CONDITION =
  /^\s*(?<negated>-?)(?<field>amount|created|currency|customer|status|metadata\[(?:"[^"]*"|'[^']*')\])\s*(?<sign>:|~|>=|<=|>|<)\s*(?<value>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\d+|null)/;

/** Finds PaymentIntents by Stripe's query language, newest first; `page` is opaque to the client. */
export function searchIntents(bank: Bank, params: Params): Stripe.ApiSearchResult<Stripe.PaymentIntent> {
  const query = params.requiredText('query');
  const limit = limitOf(params);
  const start = Number(params.text('page') ?? 0);
  params.done();
  if (!Number.isSafeInteger(start) || start < 0) throw invalid('Invalid page.', 'page');
  const { tests, all } = parseQuery(query);
  const matches = candidates(bank, query).filter(
    (intent) =>
      intent.created + bank.settings.searchLagSeconds <= bank.now(intent) &&
      (all ? tests.every((test) => test(intent)) : tests.some((test) => test(intent))),
  );
  const end = start + limit;
  return {
    object: 'search_result',
    data: matches.slice(start, end),
    has_more: end < matches.length,
    next_page: end < matches.length ? String(end) : null,
    url: '/v1/payment_intents/search',
  };
}

/** The common query, metadata alone, is answered from the index; all others look at every intent. */
function candidates(bank: Bank, query: string): Stripe.PaymentIntent[] {
  const only = /^metadata\[["']([^"']*)["']\]:["']([^"'\\]*)["']$/.exec(query.trim());
  if (only === null) return bank.store.paymentIntents.newestFirst();
  return bank.store.paymentIntents.by('metadata', `${only[1] ?? ''}\0${only[2] ?? ''}`).reverse();
}

function parseQuery(query: string): { tests: Test[]; all: boolean } {
  const tests: Test[] = [];
  const joints = new Set<string>();
  let rest = query;
  for (;;) {
    const condition = CONDITION.exec(rest);
    if (condition?.groups === undefined)
      throw invalid(`We were unable to parse your query near: ${rest}`, 'query');
    tests.push(testOf(condition.groups));
    rest = rest.slice(condition[0].length);
    if (rest.trim() === '') break;
    const joint = /^\s*(AND|OR)?\s/i.exec(rest);
    if (joint === null) throw invalid(`We were unable to parse your query near: ${rest}`, 'query');
    joints.add((joint[1] ?? 'AND').toUpperCase());
    rest = rest.slice(joint[0].length);
  }
  if (joints.size > 1)
    throw invalid('A query joins its conditions with AND or with OR, not with both.', 'query');
  return { tests, all: !joints.has('OR') };
}

function testOf(condition: Record<string, string | undefined>): Test {
  const { negated = '', field = '', sign = ':', value = '' } = condition;
  const wanted = value === 'null' ? null : unquoted(value);
  const test: Test = (intent) => {
    const actual = valueOf(intent, field);
    if (wanted === null) return actual === undefined;
    if (actual === undefined) return false;
    if (sign === ':') return String(actual) === wanted;
    if (sign === '~') return String(actual).includes(wanted);
    return compare(Number(actual), sign, Number(wanted));
  };
  return negated === '' ? test : (intent) => !test(intent);
}

function compare(actual: number, sign: string, wanted: number): boolean {
  if (sign === '>') return actual > wanted;
  if (sign === '<') return actual < wanted;
  return sign === '>=' ? actual >= wanted : actual <= wanted;
}

function valueOf(intent: Stripe.PaymentIntent, field: string): string | number | undefined {
  switch (field) {
    case 'amount':
      return intent.amount;
    case 'created':
      return intent.created;
    case 'currency':
      return intent.currency;
    case 'status':
      return intent.status;
    case 'customer':
      return typeof intent.customer === 'string' ? intent.customer : undefined;
    default:
      return intent.metadata[field.slice("metadata['".length, -"']".length)];
  }
}

function unquoted(value: string): string {
  return /^["']/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}
