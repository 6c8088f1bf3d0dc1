import assert from 'node:assert/strict';
import { RouteTree } from '#api/router.ts';
import type { Method } from '#api/endpoint.ts';

function treeOf(...routes: `${Method} /${string}`[]): RouteTree<string> {
  const tree = new RouteTree<string>();
  for (const route of routes) {
    const [method, path] = route.split(' ') as [Method, string];
    tree.add(method, path, route);
  }
  return tree;
}

describe('routes', () => {
  const tree = treeOf(
    'get /users/me',
    'get /users/{id}',
    'patch /users/me',
    'get /users/{id}/reviews',
    'post /bookings/{bookingId}/alterations/{id}/acceptance',
    'delete /bookings/{id}',
    'get /',
  );
  const at = (method: string, path: string) => {
    const found = tree.find(method, path);
    return found.target === undefined ? found.methods : [found.target, found.params];
  };

  for (const [request, expected] of [
    ['GET /users/me', ['get /users/me', {}]],
    ['HEAD /users/me', ['get /users/me', {}]],
    ['GET /users/me/', ['get /users/me', {}]],
    ['GET /users/usr_1', ['get /users/{id}', { id: 'usr_1' }]],
    ['GET /users/me/reviews', ['get /users/{id}/reviews', { id: 'me' }]],
    ['GET /', ['get /', {}]],
    ['GET /users/a%2Fb', ['get /users/{id}', { id: 'a/b' }]],
    ['GET /users/a%zz', ['get /users/{id}', { id: 'a%zz' }]],
    [
      'POST /bookings/b1/alterations/a1/acceptance',
      ['post /bookings/{bookingId}/alterations/{id}/acceptance', { bookingId: 'b1', id: 'a1' }],
    ],
    ['GET /users', []],
    ['GET /users//reviews', []],
    ['GET /users/me//', []],
    ['GET //', ['get /', {}]],
    ['GET /nowhere/at/all', []],
    ['GET /__proto__', []],
    ['DELETE /users/me', ['GET', 'HEAD', 'PATCH']],
    ['PUT /bookings/b1', ['DELETE']],
  ] as const) {
    it(`answer ${request}`, () => {
      const [method = '', path = ''] = request.split(' ');
      assert.deepEqual(at(method, path), expected);
    });
  }

  it('refuse a second endpoint for the same place, whatever its names', () => {
    assert.throws(() => treeOf('get /users/{id}', 'get /users/{userId}'), /has an endpoint already/);
  });
});
