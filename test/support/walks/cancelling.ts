import { leaveRequest } from '../left-request.ts';
import type { Journey } from './journey.ts';
import type { Way, Ways } from './ways.ts';

const FREE = { pricing: { nightly: 0 } };
const REASON = { reason: 'The house has burnt down.' };

const byHost = (leaves: Way['leaves'] = {}): Way => ({
  act: (journey) => journey.does(journey.host, 'cancellation'),
  leaves: { by: 'host', row: { cancelledBy: 'host' }, hostFee: 'owed', ...leaves },
});

const byOperator = (body: object = {}, leaves: Way['leaves'] = {}): Way => ({
  act: async (journey) => journey.does(await journey.operator(), 'cancellation', { ...REASON, ...body }),
  leaves: { by: 'operator', row: { cancelledBy: 'operator' }, ...leaves },
});

const byGuest = (journey: Journey) => journey.cancel();

/** Every way in which somebody calls a booking off. */
export const CANCELLING: Ways = {
  'requested → cancelled': {
    'its guest calls off a request that was left': {
      async act(journey) {
        const { world, guest, property } = journey;
        const { id } = await leaveRequest(world.db, { propertyId: property.id, guestId: guest.id });
        await journey.look(id);
        await journey.cancel();
      },
    },
  },

  'held → cancelled': { 'its guest withdraws': { act: byGuest }, 'an operator cancels': byOperator() },

  'awaiting_host → cancelled': {
    'its guest withdraws': { act: byGuest },
    'its guest withdraws what costs nothing': { property: FREE, act: byGuest },
    'an operator cancels': byOperator(),
  },

  'confirmed → cancelled': {
    'its guest cancels': { act: byGuest },
    'its host cancels': byHost(),
    'an operator cancels': byOperator(),
  },

  'in_stay → cancelled': {
    'its guest cancels': { act: byGuest },
    'its host cancels': byHost({ refunded: 'whole' }),
    'an operator cancels, and gives everything back': byOperator(
      { override: { refund: 'full' } },
      { refunded: 'whole' },
    ),
  },
};
