import type { z } from 'zod';
import { DomainError, notFound } from '#domain/errors.ts';
import { isId } from '#domain/ids.ts';
import { maySeeBooking } from '#domain/permissions.ts';
import { presentBooking } from '../bookings/presenter.ts';
import type { Following, Step } from '../bookings/following.ts';
import type { Booking as BookingWire } from '../bookings/schemas.ts';
import { authenticate } from '../middleware/authenticate.ts';
import { Booking } from './bookings.ts';
import { builder } from './builder.ts';
import { createLoaders, signedIn } from './context.ts';
import type { Context } from './context.ts';

/** What a follower is told: the booking, or at last why there is no more. */
type Told = { booking: z.output<typeof BookingWire> } | { refusal: unknown };

/** A step as whoever asked sees it now: a session may have ended since, and a booking be theirs no more. */
async function present(step: Step, { deps, koa }: Context): Promise<Told> {
  const actor = await authenticate('user', koa.req.headers.authorization, deps);
  if (actor === undefined || !maySeeBooking(step.booking, actor)) throw notFound('booking');
  return { booking: presentBooking(step, actor) };
}

async function* tellOf(following: Following, context: Context): AsyncGenerator<Told> {
  try {
    let step: Step | undefined = following.known;
    while (step !== undefined) {
      yield await present(step, context);
      step = await following.next();
    }
  } catch (error) {
    yield { refusal: error };
  } finally {
    following.end();
  }
}

async function follow(id: string, context: Context): Promise<AsyncGenerator<Told>> {
  const { koa, progress } = context;
  const actor = signedIn(context);
  if (koa.accepts('text/event-stream') === false) {
    throw new DomainError('invalid_input', 'This is told in events: ask with Accept: text/event-stream.');
  }
  if (!isId('booking', id)) throw notFound('booking');
  const following = await progress.follow(id, actor.id);
  // Who hangs up is noticed at once, and not only when the next step finds nobody.
  koa.res.once('close', () => following.end());
  const hasHungUp = koa.req.socket.destroyed;
  const maySee = maySeeBooking(following.known.booking, actor);
  if (hasHungUp || !maySee) following.end();
  if (!maySee) throw notFound('booking');
  return tellOf(following, context);
}

builder.subscriptionField('bookingProgress', (t) =>
  t.field({
    type: Booking,
    nullable: true,
    description:
      'A booking, at once and again with each step of it or of its payment, until it has ended. For those who may read ' +
      'it; refused with `not_found` for everyone else. A step that is past by the time it is told comes as it was.',
    args: { id: t.arg.id({ required: true, description: 'As `bkg_…`.' }) },
    subscribe: (_root, { id }, context) => follow(id, context),
    resolve(told, _args, context) {
      context.loaders = createLoaders(context.deps.db); // What was read for the step before may be old.
      if ('refusal' in told) throw told.refusal;
      return told.booking;
    },
  }),
);
