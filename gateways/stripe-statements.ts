import Stripe from 'stripe';
import type { BankEvent } from './bank.ts';
import type { GivingBack, Movement, Page, Statements, Stretch, Told } from './statements.ts';
import { lookedUp, withKey } from './stripe-asking.ts';
import { inMinor } from './stripe-words.ts';

const PAGE = 100;

/** The bank's lists, as Stripe has them. */
export function statementsOf(stripe: Stripe, { isLive }: { isLive: boolean }): Statements {
  return {
    movements: (stretch) => movements(stripe, stretch),
    told: (stretch) => told(stripe, stretch, isLive),
    toldOfPayee: (accountId, since) => toldOfPayee(stripe, { accountId, since }, isLive),
    giveBack: (giving, how) => giveBack(stripe, giving, how),
  };
}

/** What the bank tells, from its webhook or from its list: the same event under the same id. */
export function eventOf(event: Stripe.Event, isLive: boolean): BankEvent {
  const object = event.data.object as { id?: string };
  const isOfOtherMode = event.livemode === !isLive;
  return { id: event.id, kind: event.type, objectId: object.id, isOfOtherMode, payload: event };
}

function pageOf({ since, after }: Stretch) {
  const created = { gte: Math.floor(Date.parse(since) / 1000) };
  return { created, limit: PAGE, ...(after !== undefined && { starting_after: after }) };
}

async function movements(stripe: Stripe, stretch: Stretch): Promise<Page<Movement>> {
  return lookedUp(async () => {
    const list = await stripe.balanceTransactions.list({ ...pageOf(stretch), expand: ['data.source'] });
    return turned(list, movementOf);
  });
}

async function told(stripe: Stripe, stretch: Stretch, isLive: boolean): Promise<Page<Told>> {
  return lookedUp(async () => {
    const list = await stripe.events.list(pageOf(stretch));
    return turned(list, (event) => toldBy(event, isLive));
  });
}

function toldBy(event: Stripe.Event, isLive: boolean): Told {
  return { ...eventOf(event, isLive), toldAt: instantOf(event.created) };
}

/** Of all that happens at an account, what is told of it to us. */
const OF_PAYEES = ['account.updated', 'payout.failed'];

/** Asked on its behalf the bank leaves out whose events they are, which the webhook says. */
async function toldOfPayee(
  stripe: Stripe,
  { accountId: account, since }: { accountId: string; since: string },
  isLive: boolean,
): Promise<Told[]> {
  return lookedUp(async () => {
    const theirs: Told[] = [];
    const params = { ...pageOf({ since }), types: OF_PAYEES };
    try {
      for await (const event of stripe.events.list(params, { stripeAccount: account }))
        theirs.push(toldBy({ ...event, account }, isLive));
    } catch (error) {
      if (error instanceof Stripe.errors.StripePermissionError) return [];
      throw error;
    }
    return theirs;
  });
}

function turned<T extends { id: string }, R>(list: Stripe.ApiList<T>, turn: (item: T) => R): Page<R> {
  const next = list.has_more ? list.data.at(-1)?.id : undefined;
  return { data: list.data.map(turn), ...(next !== undefined && { next }) };
}

/** What causes have in common, as far as it is read here. */
interface Source {
  id: string;
  amount?: number;
  currency?: string;
  payment_intent?: string | { id: string } | null;
  metadata?: Readonly<Record<string, string | undefined>> | null;
}

function movementOf(entry: Stripe.BalanceTransaction): Movement {
  const { id, type, currency, created, available_on: availableOn } = entry;
  const source = (typeof entry.source === 'string' ? { id: entry.source } : entry.source) as Source | null;
  const amountMinor = Math.round(inMinor(entry.amount, currency));
  // What reaches the balance is what counts: where a fee is no whole unit, it is what is left.
  const netMinor = Math.round(inMinor(entry.net, currency));
  return {
    id,
    type,
    amountMinor,
    feeMinor: amountMinor - netMinor,
    currency: currency.toUpperCase(),
    madeAt: instantOf(created),
    availableOn: instantOf(availableOn),
    ...(source !== null && causeOf(source)),
    ...(source !== null && exchanged(source, entry)),
  };
}

function causeOf({ id: sourceId, payment_intent: intent, metadata }: Source): Partial<Movement> {
  const intentId = typeof intent === 'string' ? intent : intent?.id;
  const { bookingId, discrepancyId } = metadata ?? {};
  return {
    sourceId,
    ...(intentId !== undefined && { intentId }),
    ...(bookingId !== undefined && { bookingId }),
    ...(discrepancyId !== undefined && { givenBackFor: discrepancyId }),
  };
}

function exchanged({ amount, currency }: Source, entry: Stripe.BalanceTransaction): Partial<Movement> {
  if (amount === undefined || currency === undefined || currency === entry.currency) return {};
  const exchangedMinor = Math.sign(entry.amount) * Math.round(inMinor(amount, currency));
  return { exchangedMinor, exchangedCurrency: currency.toUpperCase() };
}

function instantOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

type Given = Awaited<ReturnType<Statements['giveBack']>>;

async function giveBack(
  stripe: Stripe,
  { chargeId, discrepancyId }: GivingBack,
  { again }: { again: boolean },
): Promise<Given> {
  const find = () =>
    lookedUp(async (): Promise<Given | undefined> => {
      for await (const { metadata } of stripe.refunds.list({ charge: chargeId, limit: PAGE }))
        if (metadata?.discrepancyId === discrepancyId) return { is: 'given' };
      return undefined;
    });
  const before = again ? await find() : undefined;
  if (before !== undefined) return before;
  return withKey(`${discrepancyId}:refund`, find, async (idempotencyKey) => {
    try {
      await stripe.refunds.create({ charge: chargeId, metadata: { discrepancyId } }, { idempotencyKey });
      return { is: 'given' };
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
      return { is: 'refused', why: error.code ?? error.type };
    }
  });
}
