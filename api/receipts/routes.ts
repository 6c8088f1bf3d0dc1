import { z } from 'zod';
import { findReceiptNames, listGuestMovements } from '#db/receipts.ts';
import { DomainError } from '#domain/errors.ts';
import type { BookingId } from '#domain/ids.ts';
import { maySeeReceipt } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import { receiptOf } from '#domain/receipts.ts';
import { bookingFor } from '../bookings/access.ts';
import { notAny } from '../bookings/asking.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { ok, raw } from '../replies.ts';
import { IdOf } from '../schemas.ts';
import { SHEET_HEADERS } from '../sheet.ts';
import { presentReceipt } from './presenter.ts';
import { Receipt } from './schemas.ts';
import { sheetOfReceipt } from './sheet.ts';

export const readReceipt = endpoint({
  method: 'get',
  path: '/bookings/{id}/receipt',
  auth: 'user',
  summary: 'Read what a guest has paid',
  description:
    'Every payment and refund of a booking, as the ledger has them, for its guest and operators. For `Accept: text/html` ' +
    'as a sheet to be read, printed and kept. Refused with `booking_state` while no money has come in.',
  params: z.strictObject({ id: IdOf('booking') }),
  output: { 200: Receipt },
  problems: ['forbidden', 'booking_state'],
  async handle({ params, actor, db }) {
    return ok(await receiptFor(db, params.id, actor));
  },
  also: {
    async 'text/html'({ params, actor, db }) {
      return raw(sheetOfReceipt(await receiptFor(db, params.id, actor)), SHEET_HEADERS);
    },
  },
});

/** @throws DomainError `not_found`; `forbidden` to its host; `booking_state` where there is nothing to tell of */
async function receiptFor(db: ApiDeps['db'], id: BookingId, actor: Actor): Promise<z.output<typeof Receipt>> {
  const booking = await bookingFor(db, id, actor);
  if (!maySeeReceipt(booking, actor))
    throw new DomainError('forbidden', 'How a stay was paid is for its guest.');
  const money = receiptOf(await listGuestMovements(db, id));
  if (money === undefined) throw notAny(booking.status, 'No money has come in for this booking.');
  return presentReceipt(booking, money, await findReceiptNames(db, id));
}

export const receiptEndpoints = [readReceipt];
