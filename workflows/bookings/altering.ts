import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { step } from '../activities.ts';
import type { Alter } from '../bookings.contract.ts';
import { Difference, goOnAltered } from './difference.ts';
import type { Standing } from './difference.ts';
import type { Life } from './life.ts';
import type { AlterMessage, CancelMessage } from './mailbox.ts';

/**
 * One side proposes to change the booking, or answers what the other has proposed. Whatever comes of it, the booking is the
 * old one or the new one. Gives the cancellation that came while the difference was waited for, if one did.
 */
export async function alter(
  life: Life,
  message: AlterMessage,
  standing: Standing,
): Promise<CancelMessage | undefined> {
  const { ask, at, answer } = message;
  const { bookingId } = life.request;
  const { alterationId, actorId } = ask;
  try {
    if (ask.act === 'accept') return await agree(life, message, standing);
    if (ask.act === 'propose') {
      await step.proposeAlteration({ bookingId, at, ...proposalOf(ask) });
      life.proposals.opened(ask);
      answer.resolve({ status: 'proposed' });
    } else {
      const to = ask.act === 'decline' ? 'declined' : 'withdrawn';
      await step.closeProposal({ bookingId, at, alterationId, to, actorId });
      life.proposals.closed();
      answer.resolve({ status: to });
    }
  } catch (error) {
    answer.reject(refusalIn(error));
  }
  return undefined;
}

function proposalOf({ act: _, ...proposal }: Extract<Alter, { act: 'propose' }>) {
  return proposal;
}

/** What a step refuses is told to whoever asked; anything else is a defect, and no answer. */
function refusalIn(error: unknown): ApplicationFailure {
  if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) return error.cause;
  throw error;
}

async function agree(
  life: Life,
  message: AlterMessage,
  standing: Standing,
): Promise<CancelMessage | undefined> {
  const { ask, at, answer } = message;
  const { alterationId, actorId } = ask;
  const paymentMethodId = ask.act === 'accept' ? ask.paymentMethodId : undefined;
  const agreed = await step.acceptAlteration({
    bookingId: life.request.bookingId,
    at,
    alterationId,
    actorId,
    ...(paymentMethodId !== undefined && { paymentMethodId }),
  });
  life.proposals.closed();
  if (agreed.is === 'to_be_paid') {
    return new Difference(life, { alterationId, at, answer, paying: agreed, standing }).awaitPayment();
  }
  await goOnAltered(life, agreed);
  answer.resolve({ status: 'altered' });
  return undefined;
}
