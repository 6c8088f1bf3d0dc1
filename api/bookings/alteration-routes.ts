import { z } from 'zod';
import { findAlteration, listAlterations } from '#db/alterations.ts';
import type { BookingRow } from '#db/bookings.ts';
import { guestsOf } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { attemptOf, claim } from '#db/idempotency.ts';
import { newId } from '#db/ids.ts';
import { inTransaction } from '#db/transaction.ts';
import type { AlterationStatus } from '#domain/alterations.ts';
import { DomainError, invalidInput, notFound } from '#domain/errors.ts';
import type { AlterationId, BookingId } from '#domain/ids.ts';
import { sideOf } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import { endpoint } from '../endpoint.ts';
import { accepted, created, ok } from '../replies.ts';
import { IdOf, pageOf } from '../schemas.ts';
import { bookingFor } from './access.ts';
import { Alteration, AlterationAcceptance, NewAlteration } from './alteration-schemas.ts';
import { isGuestOf, presentAlteration, readAlterations, withPayments } from './alteration-presenter.ts';
import { notAny } from './asking.ts';

const OfBooking = z.strictObject({ id: IdOf('booking') });
const OfAlteration = z.strictObject({ id: IdOf('booking'), alterationId: IdOf('alteration') });

export const proposeAlteration = endpoint({
  method: 'post',
  path: '/bookings/{id}/alterations',
  auth: 'user',
  idempotent: true,
  summary: 'Propose to change dates or guests',
  description:
    'By guest or host, from the confirmation until check-out. The answer says what it would cost on top or give back, and ' +
    'that holds when the other side accepts. Nothing is held meanwhile; a proposal that was open is replaced.',
  params: OfBooking,
  input: NewAlteration,
  output: { 201: Alteration },
  problems: [
    'not_found',
    'forbidden',
    'booking_state',
    'stay_refused',
    'dates_unavailable',
    'amount_too_small',
    'unavailable',
  ],
  async handle({ params, input, actor, once, db, bookings }) {
    const booking = await bookingFor(db, params.id, actor);
    const by = sideIn(booking, actor);
    const { paymentMethodId, checkIn = booking.checkIn, checkOut = booking.checkOut, guests } = input;
    if (by === 'host' && paymentMethodId !== undefined) throw notTheirs();
    const { resourceId } = await inTransaction(db, (trx) => claim(trx, once, newId('alteration')));
    const alterationId = resourceId as AlterationId;
    await bookings.alter(booking, {
      attempt: attemptOf(once),
      ask: {
        act: 'propose',
        alterationId,
        by,
        actorId: actor.id,
        checkIn,
        checkOut,
        guests: guests ?? guestsOf(booking),
        ...(paymentMethodId !== undefined && { paymentMethodId }),
      },
    });
    return created(await alterationNow(db, booking, { alterationId, actor }));
  },
  async replay({ params, resourceId, firstStatus, actor, db }) {
    const booking = await bookingFor(db, params.id, actor);
    if (firstStatus >= 400) throw notAny(booking.status);
    return created(await alterationNow(db, booking, { alterationId: resourceId as AlterationId, actor }));
  },
});

export const listBookingAlterations = endpoint({
  method: 'get',
  path: '/bookings/{id}/alterations',
  auth: 'user',
  summary: 'List what was proposed to be changed of a booking, the newest first',
  params: OfBooking,
  output: { 200: pageOf(Alteration) },
  problems: ['not_found'],
  async handle({ params, actor, db }) {
    const booking = await bookingFor(db, params.id, actor);
    const all = await withPayments(db, await listAlterations(db, booking.id));
    const data = all.map((each) => presentAlteration(each, isGuestOf(booking, actor)));
    return ok({ data, nextCursor: null });
  },
});

export const acceptAlteration = endpoint({
  method: 'post',
  path: '/bookings/{id}/alterations/{alterationId}/acceptance',
  auth: 'user',
  idempotent: true,
  summary: 'Accept an alteration',
  description:
    'By the other side. Where it costs nothing more the booking is altered at once, and what it costs less goes back. ' +
    'Else the added nights are held until the difference is paid: at once with a payment method; with `payment.clientSecret` ' +
    'or `POST /payments`, until `payBy`, without one. `payment.nextActionUrl` is where the guest passes a challenge. A payment ' +
    'that fails leaves the booking as it was. 202: still being worked on.',
  params: OfAlteration,
  input: AlterationAcceptance,
  output: { 200: Alteration, 202: Alteration },
  problems: [
    'not_found',
    'forbidden',
    'booking_state',
    'stay_refused',
    'dates_unavailable',
    'card_declined',
    'unavailable',
  ],
  async handle({ params, input: { paymentMethodId }, actor, once, db, bookings }) {
    const { booking, alterationId, by } = await proposalFor(db, params, { actor, isByProposer: false });
    if (by === 'host' && paymentMethodId !== undefined) throw notTheirs();
    await inTransaction(db, (trx) => claim(trx, once, booking.id));
    const answer = await bookings.alter(booking, {
      attempt: attemptOf(once),
      ask: {
        act: 'accept',
        alterationId,
        by,
        actorId: actor.id,
        ...(paymentMethodId !== undefined && { paymentMethodId }),
      },
    });
    if (by === 'guest' && answer?.status === 'failed') throw refusalOf(answer.failure);
    const body = await alterationNow(db, booking, { alterationId, actor });
    return answer === undefined ? accepted(body) : ok(body);
  },
  async replay({ params, firstStatus, actor, db }) {
    const booking = await bookingFor(db, params.id, actor);
    const body = await alterationNow(db, booking, { alterationId: params.alterationId, actor });
    if (firstStatus === 402) throw refusalOf({ code: 'card_declined', message: 'The card was declined.' });
    if (firstStatus >= 400) throw notAny(booking.status);
    return body.status === 'proposed' ? accepted(body) : ok(body);
  },
});

/** Why a guest who accepts does not get what they wanted. */
function refusalOf({ code, message, declineCode }: { code: string; message: string; declineCode?: string }) {
  if (code !== 'card_declined') return new DomainError('unavailable', message);
  return new DomainError('card_declined', message, { declineCode: declineCode ?? 'generic_decline' });
}

/** An answer that leaves the booking as it is. */
function closing(how: {
  path: string;
  act: 'decline' | 'withdraw';
  to: AlterationStatus;
  summary: string;
  description: string;
}) {
  const { path, act, to, summary, description } = how;
  return endpoint({
    method: 'post',
    path: `/bookings/{id}/alterations/{alterationId}/${path}`,
    auth: 'user',
    idempotent: 'accepted',
    summary,
    description,
    params: OfAlteration,
    output: { 200: Alteration },
    problems: ['not_found', 'forbidden', 'booking_state', 'unavailable'],
    async handle({ params, actor, once, db, bookings }) {
      const isByProposer = act === 'withdraw';
      const { booking, alterationId, by } = await proposalFor(db, params, { actor, isByProposer });
      if (once !== undefined) await inTransaction(db, (trx) => claim(trx, once, booking.id));
      const attempt = once === undefined ? `${act}:${alterationId}` : attemptOf(once);
      await bookings.alter(booking, { attempt, ask: { act, alterationId, by, actorId: actor.id } });
      return ok(await alterationNow(db, booking, { alterationId, actor }));
    },
    async replay({ params, firstStatus, actor, db }) {
      const booking = await bookingFor(db, params.id, actor);
      const body = await alterationNow(db, booking, { alterationId: params.alterationId, actor });
      if (firstStatus >= 400 || body.status !== to) throw notAny(booking.status);
      return ok(body);
    },
  });
}

export const declineAlteration = closing({
  path: 'refusal',
  act: 'decline',
  to: 'declined',
  summary: 'Decline an alteration',
  description: 'By the other side. The booking stays as it is.',
});

export const withdrawAlteration = closing({
  path: 'withdrawal',
  act: 'withdraw',
  to: 'withdrawn',
  summary: 'Withdraw an alteration',
  description:
    'By whoever proposed it, until it is paid for, or needs no payment. The booking stays as it is.',
});

function sideIn(booking: BookingRow, actor: Actor): 'guest' | 'host' {
  const side = sideOf(booking, actor);
  if (side === undefined) throw new DomainError('forbidden', 'Only its guest or host can alter a booking.');
  return side;
}

/** The proposal for an act of one of its sides. @throws `not_found`; `forbidden` to the side whose act it is not */
async function proposalFor(
  db: Db,
  { id, alterationId }: { id: BookingId; alterationId: AlterationId },
  { actor, isByProposer }: { actor: Actor; isByProposer: boolean },
) {
  const booking = await bookingFor(db, id, actor);
  const alteration = await findAlteration(db, alterationId);
  if (alteration?.bookingId !== id) throw notFound('alteration');
  const by = sideIn(booking, actor);
  if ((alteration.proposedBy === by) === isByProposer) return { booking, alterationId, by };
  const who = isByProposer ? 'Only the side that has proposed it' : 'Only the other side';
  throw new DomainError('forbidden', `${who} can do this.`);
}

async function alterationNow(
  db: Db,
  booking: BookingRow,
  { alterationId, actor }: { alterationId: AlterationId; actor: Actor },
) {
  const found = (await readAlterations(db, [alterationId])).get(alterationId);
  if (found?.alteration.bookingId !== booking.id) throw notFound('alteration');
  return presentAlteration(found, isGuestOf(booking, actor));
}

function notTheirs(): DomainError {
  return invalidInput('paymentMethodId', 'The guest pays, and gives the payment method.');
}

export const alterationEndpoints = [
  proposeAlteration,
  listBookingAlterations,
  acceptAlteration,
  declineAlteration,
  withdrawAlteration,
];
