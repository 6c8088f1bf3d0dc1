import { randomUUID } from 'node:crypto';
import { useWorld } from '../support/journeys.ts';
import type { Traveller } from '../support/journeys.ts';
import { UNKNOWN, itIsTheSame } from '../support/refusals.ts';

const REGISTER = 'mutation ($input: NewUser!) { it: register(input: $input) { id } }';
const UPDATE_ME = 'mutation ($input: UserChanges!) { it: updateMe(input: $input) { id } }';
const SIGN_IN = 'mutation ($input: Credentials!) { it: signIn(input: $input) { token } }';
const REFRESH = 'mutation ($input: Refresh!) { it: refreshSession(input: $input) { token } }';

describe('a refusal of an account, by REST and by GraphQL', () => {
  const world = useWorld();
  let guest: Traveller;
  let anyone: Traveller;

  before(async () => {
    guest = await world().person();
    anyone = world().anyone();
  });

  itIsTheSame([
    [
      'a mail address that is known',
      'email_taken',
      () => {
        const input = { email: guest.email, password: 'correct horse battery staple', name: 'Eve' };
        return { as: anyone, rest: () => anyone.post('/users', input), graphql: [REGISTER, { input }] };
      },
    ],
    [
      'a password that is easily guessed',
      'invalid_input',
      () => {
        const input = { email: 'eve@example.org', password: 'password1', name: 'Eve' };
        return { as: anyone, rest: () => anyone.post('/users', input), graphql: [REGISTER, { input }] };
      },
    ],
    [
      'a user who is not there',
      'not_found',
      () => ({
        as: anyone,
        rest: () => anyone.get(`/users/${UNKNOWN.user}`),
        graphql: [`{ it: user(id: "${UNKNOWN.user}") { id } }`],
      }),
    ],
    [
      'all users',
      'forbidden',
      () => ({ as: guest, rest: () => guest.get('/users'), graphql: ['{ it: users { nextCursor } }'] }),
    ],
    [
      'a new password with a wrong old one',
      'forbidden',
      async () => {
        const person = await world().person();
        const input = { password: 'another long enough one', currentPassword: 'what it is not' };
        return { as: person, rest: () => person.patch('/users/me', input), graphql: [UPDATE_ME, { input }] };
      },
    ],
    [
      'a new mail address without the password',
      'invalid_input',
      () => {
        const input = { email: 'ada@example.org' };
        return { as: guest, rest: () => guest.patch('/users/me', input), graphql: [UPDATE_ME, { input }] };
      },
    ],
    [
      'credentials that are not right',
      'unauthenticated',
      () => {
        const input = { email: `${randomUUID()}@example.org`, password: 'what it is not' };
        return { as: anyone, rest: () => anyone.post('/sessions', input), graphql: [SIGN_IN, { input }] };
      },
    ],
    [
      'a refresh token that is not ours',
      'unauthenticated',
      () => {
        const input = { refreshToken: 'str_what' };
        return {
          as: anyone,
          rest: () => anyone.post('/sessions/refresh', input),
          graphql: [REFRESH, { input }],
        };
      },
    ],
    [
      'a session that is not one’s own',
      'not_found',
      () => ({
        as: guest,
        rest: () => guest.delete(`/sessions/${UNKNOWN.session}`),
        graphql: [`mutation { it: endSession(id: "${UNKNOWN.session}") }`],
      }),
    ],
  ]);
});
