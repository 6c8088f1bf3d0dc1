import type { CardSetup } from '#domain/cards.ts';
import { bankNow, step } from '../activities.ts';
import type { CardReplaced } from '../bookings.contract.ts';
import { charge, inTime, nextOf } from './charging.ts';
import { now } from './life.ts';
import type { Life } from './life.ts';
import type { CardMessage } from './mailbox.ts';

/** The guest wants another card to be charged from now on. */
export async function replaceCard(life: Life, { ask, answer }: CardMessage): Promise<void> {
  const { bookingId } = life.request;
  const setup = await inTime(bankNow.saveCard({ bookingId, ...ask }));
  if (setup !== undefined) await heardOfCard(life, setup);
  answer.resolve(setup === undefined ? { status: 'unknown' } : replacedBy(setup));
}

function replacedBy({ status, clientSecret, nextActionUrl, failure }: CardSetup): CardReplaced {
  if (status === 'saved') return { status };
  if (failure !== undefined) return { status: 'declined', failure };
  return {
    status: 'requires_action',
    ...(clientSecret !== undefined && { clientSecret }),
    ...(nextActionUrl !== undefined && { nextActionUrl }),
  };
}

/** The bank has spoken: it may be that its holder has passed the challenge. */
export async function lookAtCard(life: Life): Promise<void> {
  const setupId = life.plan?.setupId;
  if (setupId === undefined) return;
  const setup = await inTime(bankNow.readCardSetup({ setupId }));
  if (setup !== undefined) await heardOfCard(life, setup);
}

/** Goes by the new card from now on; what is due is charged to it at once. */
async function heardOfCard(life: Life, { id, status, cardId }: CardSetup): Promise<void> {
  const { plan, request } = life;
  if (plan === undefined) return;
  if (status === 'requires_action') {
    plan.setupId = id;
    return;
  }
  delete plan.setupId;
  if (status !== 'saved' || cardId === undefined) return;
  await step.keepCard({ ...now(request), cardId });
  const part = nextOf(plan);
  // Where the other card may have been charged, and the bank has not answered yet, that is seen to first.
  if (part?.opened === undefined || part.payByMs === undefined) return;
  part.opened.card = { ...part.opened.card, cardId };
  await charge(life, part);
}
