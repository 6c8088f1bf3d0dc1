import { useWorld } from '../support/journeys.ts';
import type { Home, Traveller } from '../support/journeys.ts';
import { inDays } from '../support/people.ts';
import { UNKNOWN, itIsTheSame } from '../support/refusals.ts';

const CREATE_PROPERTY = 'mutation ($input: NewProperty!) { it: createProperty(input: $input) { id } }';
const UPDATE_PROPERTY =
  'mutation ($id: ID!, $input: PropertyChanges!) { it: updateProperty(id: $id, input: $input) { id } }';
const SET_RULES =
  'mutation ($id: ID!, $input: NewStayRules!) { it: setRules(propertyId: $id, input: $input) { maximumPets } }';
const ADD_BLOCK =
  'mutation ($id: ID!, $input: NewBlock!) { it: addBlock(propertyId: $id, input: $input) { id } }';
const NEW_PROPERTY = {
  title: 'Flat',
  roomType: 'entire_home',
  timeZone: 'Europe/London',
  currency: 'GBP',
  capacity: 2,
  location: { latitude: 1, longitude: 1 },
  pricing: { nightly: 10_000 },
};

describe('a refusal to a host, by REST and by GraphQL', () => {
  const world = useWorld();
  let guest: Traveller;
  let anyone: Traveller;
  let home: Home;

  before(async () => {
    guest = await world().person();
    anyone = world().anyone();
    home = await world().home();
  });

  itIsTheSame([
    [
      'a property that has gone',
      'not_found',
      async () => {
        const { host, property } = await world().home();
        await host.must(204, host.delete(`/properties/${property.id}`));
        const { id } = property;
        return {
          as: host,
          rest: () => host.get(`/properties/${id}`),
          graphql: [`{ it: property(id: "${id}") { id } }`],
        };
      },
    ],
    [
      'the rules of a property that is not there',
      'not_found',
      () => ({
        as: anyone,
        rest: () => anyone.get(`/properties/${UNKNOWN.property}/rules`),
        graphql: [`{ it: rules(propertyId: "${UNKNOWN.property}") { maximumPets } }`],
      }),
    ],
    [
      'a calendar of too many nights',
      'invalid_input',
      () => ({
        as: anyone,
        rest: () => anyone.get(`/properties/${home.property.id}/calendar?from=2027-01-01&to=2029-01-01`),
        graphql: [
          `{ it: calendar(propertyId: "${home.property.id}", from: "2027-01-01", to: "2029-01-01") { currency } }`,
        ],
      }),
    ],
    [
      'a search in two places',
      'invalid_input',
      () => ({
        as: anyone,
        rest: () => anyone.get('/properties?near=1,1&bbox=1,1,2,2'),
        graphql: [
          '{ it: properties(near: { latitude: 1, longitude: 1 }, bbox: { west: 1, south: 1, east: 2, north: 2 }) { nextCursor } }',
        ],
      }),
    ],
    [
      'a property with bad fields',
      'invalid_input',
      () => {
        const input = {
          ...NEW_PROPERTY,
          title: '',
          timeZone: 'Mars/Base',
          location: { latitude: 91, longitude: 1 },
        };
        return {
          as: guest,
          rest: () => guest.post('/properties', input),
          graphql: [CREATE_PROPERTY, { input }],
        };
      },
    ],
    [
      'a price above the bank’s most',
      'invalid_input',
      () => {
        const input = { ...NEW_PROPERTY, pricing: { nightly: 10_000_000_000, cleaningFee: 10_000_000_000 } };
        return {
          as: guest,
          rest: () => guest.post('/properties', input),
          graphql: [CREATE_PROPERTY, { input }],
        };
      },
    ],
    [
      'half of a place',
      'invalid_input',
      () => {
        const {
          host,
          property: { id },
        } = home;
        const input = { location: { latitude: 1 } };
        return {
          as: host,
          rest: () => host.patch(`/properties/${id}`, input),
          graphql: [UPDATE_PROPERTY, { id, input }],
        };
      },
    ],
    [
      'a change of somebody else’s property',
      'not_found',
      () => {
        const { id } = home.property;
        const input = { title: 'Mine' };
        return {
          as: guest,
          rest: () => guest.patch(`/properties/${id}`, input),
          graphql: [UPDATE_PROPERTY, { id, input }],
        };
      },
    ],
    [
      'deleting a property that is booked',
      'property_in_use',
      async () => {
        const {
          host,
          property: { id },
        } = await world().booked();
        return {
          as: host,
          rest: () => host.delete(`/properties/${id}`),
          graphql: [`mutation { it: deleteProperty(id: "${id}") }`],
        };
      },
    ],
    [
      'rules that contradict each other',
      'invalid_input',
      () => {
        const {
          host,
          property: { id },
        } = home;
        const input = { minimumNights: 9, maximumNights: 3 };
        return {
          as: host,
          rest: () => host.put(`/properties/${id}/rules`, input),
          graphql: [SET_RULES, { id, input }],
        };
      },
    ],
    [
      'blocking nights that are booked',
      'dates_unavailable',
      async () => {
        const {
          host,
          property: { id },
        } = await world().booked();
        const input = { from: inDays(30), to: inDays(31) };
        return {
          as: host,
          rest: () => host.post(`/properties/${id}/blocks`, input),
          graphql: [ADD_BLOCK, { id, input }],
        };
      },
    ],
    [
      'freeing what is not blocked',
      'not_found',
      () => {
        const {
          host,
          property: { id },
        } = home;
        return {
          as: host,
          rest: () => host.delete(`/properties/${id}/blocks/${UNKNOWN.block}`),
          graphql: [`mutation { it: removeBlock(propertyId: "${id}", id: "${UNKNOWN.block}") }`],
        };
      },
    ],
  ]);
});
