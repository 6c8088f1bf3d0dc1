import assert from 'node:assert/strict';
import { HOST_REMINDER_HOURS, NO_SHOW_AFTER_HOURS } from '#domain/bookings.ts';
import { connectWorkflows } from '#gateways/workflows.ts';
import { bookStayId, bookStayOrder } from '#workflows/bookings.contract.ts';
import { leaveRequest } from '../left-request.ts';
import { inDays, stayRequest } from '../people.ts';
import { until } from '../virtual-time.ts';
import { CANCELLING } from './cancelling.ts';
import type { Edge } from './edges.ts';
import type { Journey } from './journey.ts';
import type { Standing } from './standing.ts';

/** One way in which a booking comes along an edge. */
export interface Way {
  /** What the property and the request have to be like, from the start. */
  property?: Readonly<Record<string, unknown>>;
  request?: Readonly<Record<string, unknown>>;
  /** Done before the edge that leads here. */
  beforehand?(journey: Journey): Promise<unknown>;
  /** What has to happen. Nothing, where the act before comes all this way. */
  act?(journey: Journey): Promise<unknown>;
  /** Where it differs from what the edge leaves otherwise. */
  leaves?: Partial<Standing>;
  /** It takes as long as a bank that does not answer: walked for its history, and told elsewhere. */
  isSlow?: true;
}

/** By edge, and by what comes along it. */
export type Ways = Readonly<Partial<Record<Edge, Readonly<Record<string, Way>>>>>;

const HOUR_MS = 3_600_000;
const FREE = { pricing: { nightly: 0 } };
const VISA = { paymentMethodId: 'pm_card_visa' };
const CHALLENGED = { paymentMethodId: 'pm_card_authenticationRequired' };
const CHARGE_AT_BANK = { path: '/v1/payment_intents*' };
const WEEK_AND_A_DAY_SECONDS = 8 * 86_400;

/**
 * All ways along all edges, in words. The first of an edge is the one that a booking takes on its way to somewhere else.
 * An edge without one fails the suite.
 */
export const WAYS: Ways = {
  ...CANCELLING,

  'requested → held': { 'its guest will pay later': { act: (journey) => journey.ask() } },

  'requested → rejected': {
    'its guest holds too many stays already': {
      async act(journey) {
        for (const day of [40, 41, 42]) {
          const stay = { checkIn: inDays(day), checkOut: inDays(day + 1), paymentMethodId: undefined };
          const request = stayRequest({ propertyId: journey.property.id, ...stay });
          await journey.guest.books(request);
        }
        await journey.ask();
      },
    },
    'somebody else has taken the nights of a request that was left': {
      async act(journey) {
        const { world, guest, property } = journey;
        const row = await leaveRequest(world.db, { propertyId: property.id, guestId: guest.id });
        const other = await world.person();
        await other.books(stayRequest({ propertyId: property.id }));
        await using workflows = connectWorkflows({
          address: world.stack.addresses.temporalAddress,
          namespace: 'default',
        });
        await workflows.start(bookStayOrder(row));
        await journey.look(row.id);
      },
      leaves: { row: { rejection: 'dates_unavailable' } },
    },
  },

  'held → awaiting_host': {
    'its guest pays': { act: (journey) => journey.pay() },
    'its guest has paid in one act': { request: VISA },
    'it costs nothing': { property: FREE },
    'its guest passes the challenge': {
      request: CHALLENGED,
      act: ({ world, booking }) => world.bank.passChallenge(booking.payment.nextActionUrl),
    },
  },

  'held → confirmed': {
    'its guest pays': { act: (journey) => journey.pay() },
    'its guest has paid in one act': { request: VISA },
    'it costs nothing': { property: FREE },
    'its guest pays in the browser': { act: (journey) => journey.payInBrowser() },
    'its guest passes the challenge, after the first end of the hold': {
      request: CHALLENGED,
      async act({ world, booking }) {
        await world.temporal.advance(bookStayId(booking.id), HOUR_MS / 3);
        await world.bank.passChallenge(booking.payment.nextActionUrl);
      },
    },
    'its guest pays with another card after a decline': {
      async act(journey) {
        assert.equal((await journey.pay('pm_card_chargeDeclined')).status, 402);
        await journey.pay();
      },
    },
    'the money is found at the end of the hold': {
      async act(journey) {
        await journey.world.bank.control('POST', '/webhooks/pause');
        await journey.payInBrowser();
        await journey.comesTo('holdExpiresAt');
      },
    },
  },

  'held → rejected': {
    'the card is declined': { request: { paymentMethodId: 'pm_card_chargeDeclined' } },
    'the bank refuses to begin': {
      request: { paymentMethodId: 'pm_card_unheardOf' },
      leaves: { payment: 'failed', atBank: undefined, row: { rejection: 'invalid_input' } },
    },
    'the bank does not answer': {
      request: VISA,
      isSlow: true,
      beforehand: ({ world }) => world.bank.misbehave({ kind: '429', match: CHARGE_AT_BANK, times: 1_000 }),
      act: ({ world }) => world.bank.heal(),
    },
  },

  'held → expired': {
    'nobody pays': { act: (journey) => journey.comesTo('holdExpiresAt') },
    'its guest leaves the challenge': {
      request: CHALLENGED,
      act: (journey) => journey.comesTo('holdExpiresAt'),
    },
    'the bank does not answer when the payment is to be closed': {
      async act(journey) {
        await journey.world.bank.misbehave({ kind: '429', match: CHARGE_AT_BANK, times: 1_000 });
        await journey.comesTo('holdExpiresAt');
        await journey.world.sees(journey.guest, journey.booking.id, 'expired');
        await journey.world.bank.heal();
      },
    },
    'the bank is still at the payment, which fails a day later': {
      request: VISA,
      beforehand: ({ world }) => world.bank.control('POST', '/settings', { authorization: 'processing' }),
      async act(journey) {
        const { world, guest, booking } = journey;
        const { id } = await world.bank.intentOf(booking.id);
        await journey.comesTo('holdExpiresAt');
        await world.sees(guest, booking.id, 'expired');
        await until('it waits for the bank', async () => {
          return (await world.temporal.detailsOf(bookStayId(booking.id))).includes('finish the payment');
        });
        await world.temporal.advance(bookStayId(booking.id), 24 * HOUR_MS);
        await world.bank.control('POST', `/payment_intents/${id}/settlement`, { outcome: 'fail' });
      },
    },
  },

  'awaiting_host → confirmed': {
    'its host accepts': { act: (journey) => journey.does(journey.host, 'acceptance') },
    'its host accepts after a reminder': {
      async act(journey) {
        const { world, host, booking } = journey;
        await world.temporal.advance(bookStayId(booking.id), HOST_REMINDER_HOURS * HOUR_MS);
        await world.mail(host, /still waits/);
        await journey.does(host, 'acceptance');
      },
    },
    'its host accepts what costs nothing': {
      property: FREE,
      act: (journey) => journey.does(journey.host, 'acceptance'),
    },
  },

  'awaiting_host → declined': {
    'its host refuses': { act: (journey) => journey.does(journey.host, 'refusal') },
    'its host refuses what costs nothing': {
      property: FREE,
      act: (journey) => journey.does(journey.host, 'refusal'),
    },
  },

  'awaiting_host → expired': { 'its host stays silent': { act: (journey) => journey.comesTo('respondBy') } },

  'awaiting_host → rejected': {
    'the bank says that it has let go of the money': { act: letGo },
    'the bank has let go of the money when the host accepts': {
      async act(journey) {
        const { world, host, booking } = journey;
        await world.bankIsHeard();
        await world.bank.control('POST', '/webhooks/pause');
        await letGo(journey);
        const { status } = await host.post(`/bookings/${booking.id}/acceptance`);
        assert.equal(status, 409);
      },
    },
  },

  'confirmed → in_stay': { 'its check-in comes': { act: (journey) => journey.comesTo('checkInAt') } },

  'in_stay → completed': {
    'its check-out comes': { act: (journey) => journey.comesTo('checkOutAt') },
    'its guest comes, and leaves early': {
      async act(journey) {
        await journey.does(journey.guest, 'check-in');
        await journey.comesTo('checkInAt', 20 * HOUR_MS);
        await journey.does(journey.guest, 'check-out');
        await journey.comesTo('checkOutAt');
      },
      leaves: { by: 'guest', at: undefined, nights: 'the first' },
    },
    'nobody comes': {
      async act(journey) {
        await journey.comesTo('checkInAt', NO_SHOW_AFTER_HOURS * HOUR_MS);
        await journey.does(journey.host, 'no-show');
        await journey.comesTo('checkOutAt');
      },
      leaves: { row: { noShow: true } },
    },
  },

  'expired → confirmed': {
    'the money comes late and finds the nights free': {
      beforehand: (journey) => journey.bankKeepsIntentsOpen(),
      act: (journey) => journey.payInBrowser(),
    },
  },
};

async function letGo({ world, booking }: Journey): Promise<void> {
  const clock = { advanceSeconds: WEEK_AND_A_DAY_SECONDS, metadata: { bookingId: booking.id } };
  await world.bank.control('POST', '/clock', clock);
}
