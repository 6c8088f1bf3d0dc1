import Stripe from 'stripe';
import type { CardSetup } from '#domain/cards.ts';
import { isDomainError } from '#domain/errors.ts';
import type { Collection, Intent } from '#domain/payments.ts';
import type { Cards, Charging, NewCard } from './cards.ts';
import { lookedUp, withKey } from './stripe-asking.ts';
import { atBank, intentOf } from './stripe-words.ts';

/** What these need of the rest of the adapter. */
export interface Reading {
  read: (collection: Collection, intentId?: string) => Promise<Intent | undefined>;
  /** Opens an intent that nobody is charged by yet. */
  open: (collection: Collection, customerId: string) => Promise<Intent>;
}

export function cardsOf(stripe: Stripe, reading: Reading): Cards {
  return {
    chargeSaved: (collection, how) => chargeSaved(stripe, reading, { collection, how }),
    saveCard: (card) => saveCard(stripe, card),
    readCardSetup: (setupId) => lookedUp(async () => setupOf(await stripe.setupIntents.retrieve(setupId))),
  };
}

interface Ask {
  collection: Collection;
  how: Charging;
}

async function chargeSaved(stripe: Stripe, reading: Reading, ask: Ask): Promise<Intent> {
  const { collection, how } = ask;
  const { again, intentId } = how;
  const known = again || intentId !== undefined ? await reading.read(collection, intentId) : undefined;
  if (known !== undefined && known.status !== 'pending') return known;
  try {
    const charged = await (known === undefined
      ? charge(stripe, reading, ask)
      : tryAgain(stripe, reading, { ...ask, known }));
    return charged.status === 'pending' ? await keepWhatPays(stripe, charged) : charged;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    // The bank does not take this card at all, or its payer was quicker: what is due is open to whichever card they have.
    const open = known && (await reading.read(collection, known.id));
    if (open === undefined) return reading.open(collection, how.card.customerId);
    return open.status === 'pending' ? keepWhatPays(stripe, open) : open;
  }
}

/** One call, so that a crash leaves either an intent with an answer or none. */
async function charge(stripe: Stripe, { read }: Reading, { collection, how }: Ask): Promise<Intent> {
  const { bookingId, paymentId, amountMinor, currency } = collection;
  const { customerId, cardId } = how.card;
  return withKey(
    `${bookingId}:charge:${paymentId}`,
    () => read(collection),
    async (idempotencyKey) =>
      intentOf(
        await stripe.paymentIntents.create(
          {
            amount: atBank(amountMinor, currency),
            currency: currency.toLowerCase(),
            capture_method: 'automatic',
            allowed_payment_method_types: ['card'],
            metadata: { bookingId, paymentId },
            customer: customerId,
            payment_method: cardId,
            off_session: true,
            confirm: true,
          },
          { idempotencyKey },
        ),
      ),
  );
}

async function tryAgain(
  stripe: Stripe,
  { read }: Reading,
  { collection, how, known: { id } }: Ask & { known: Intent },
): Promise<Intent> {
  const find = async () => {
    const intent = await read(collection, id);
    return intent?.status === 'pending' ? undefined : intent;
  };
  // The bank takes no charge without its holder by an intent that is to keep the card: for that the holder has to be there.
  await withKey(`${id}:alone:${how.attempt}:${how.card.cardId}`, find, async (idempotencyKey) =>
    intentOf(await stripe.paymentIntents.update(id, { setup_future_usage: '' }, { idempotencyKey })),
  );
  return withKey(`${id}:charge:${how.attempt}:${how.card.cardId}`, find, async (idempotencyKey) => {
    const pays = { payment_method: how.card.cardId, off_session: true };
    return intentOf(await stripe.paymentIntents.confirm(id, pays, { idempotencyKey }));
  });
}

/** From here on the payer has a say: the card that they choose is the one for what is still to come. */
async function keepWhatPays(stripe: Stripe, { id }: Intent): Promise<Intent> {
  return lookedUp(async () =>
    intentOf(await stripe.paymentIntents.update(id, { setup_future_usage: 'off_session' })),
  );
}

async function saveCard(stripe: Stripe, card: NewCard): Promise<CardSetup> {
  const { bookingId, customerId, paymentMethodId, attempt } = card;
  const find = () =>
    lookedUp(async () => {
      for await (const setup of stripe.setupIntents.list({ customer: customerId, limit: 100 }))
        if (setup.metadata?.attempt === attempt) return setupOf(setup);
      return undefined;
    });
  return withKey(`${bookingId}:card:${attempt}`, find, async (idempotencyKey) => {
    try {
      const setup = await stripe.setupIntents.create(
        {
          customer: customerId,
          payment_method: paymentMethodId,
          usage: 'off_session',
          allowed_payment_method_types: ['card'],
          confirm: true,
          metadata: { bookingId, attempt },
        },
        { idempotencyKey },
      );
      return setupOf(setup);
    } catch (error) {
      if (error instanceof Stripe.errors.StripeCardError && error.setup_intent !== undefined)
        return setupOf(error.setup_intent);
      throw error;
    }
  });
}

function setupOf(setup: Stripe.SetupIntent): CardSetup {
  const { id, status, payment_method: method, client_secret: clientSecret, last_setup_error: error } = setup;
  const cardId = typeof method === 'string' ? method : method?.id;
  const nextActionUrl = setup.next_action?.redirect_to_url?.url ?? undefined;
  if (status === 'succeeded' && cardId !== undefined) return { id, status: 'saved', cardId };
  if (status === 'requires_action')
    return {
      id,
      status: 'requires_action',
      ...(clientSecret !== null && { clientSecret }),
      ...(nextActionUrl !== undefined && { nextActionUrl }),
    };
  if (error === null && status !== 'canceled') return { id, status: 'pending' };
  return {
    id,
    status: 'declined',
    failure: {
      code: error?.code ?? error?.type ?? status,
      ...(error?.decline_code !== undefined && { declineCode: error.decline_code }),
      message: error?.message ?? 'The card was not saved.',
    },
  };
}
