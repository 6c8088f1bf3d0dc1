import assert from 'node:assert/strict';
import { propertyEndpoints } from '#api/properties/routes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';
import { Person, inDays, newPerson, newProperty } from '../support/people.ts';
import type { Answer, Wire } from '../support/people.ts';

/** In the middle of the South Pacific, where no other test looks. */
const NEAR = 'near=-48.876,-123.393';
const AT = { latitude: -48.876, longitude: -123.393 };

describe('searching over HTTP', () => {
  const api = useLocalApi([...propertyEndpoints, ...userEndpoints, ...sessionEndpoints]);
  let cheap: Wire;
  let dear: Wire;

  before('offer two', async () => {
    const host = await newPerson(api().url);
    cheap = await newProperty(host, {
      location: { ...AT, address: 'A raft' },
      pricing: { nightly: 5_000 },
      capacity: 2,
    });
    dear = await newProperty(host, {
      location: { latitude: -48.9, longitude: -123.4 },
      pricing: { nightly: 9_000 },
      title: 'Island of calm',
      amenities: ['Wi-Fi', 'Free parking on premises'],
    });
  });

  async function search(query: string): Promise<Answer<Wire>> {
    const answer = await new Person(api().url).get(`/properties?${query}`);
    const contentType = answer.headers.get('content-type');
    assertConforms(
      { method: 'GET', url: '/properties' },
      { status: answer.status, contentType, body: answer.body },
    );
    return answer;
  }
  async function found(query: string): Promise<string[]> {
    const { status, body } = await search(query);
    assert.equal(status, 200, JSON.stringify(body));
    return body.data.map(({ id }: Wire) => id);
  }
  const bad = async (query: string): Promise<string[]> => {
    const { status, body } = await search(query);
    assert.equal(status, 400, query);
    return body.errors.map(({ path }: Wire) => path);
  };

  it('gives the public view, the nearest first', async () => {
    const { body } = await search(NEAR);
    assert.deepEqual(
      body.data.map(({ id }: Wire) => id),
      [cheap.id, dear.id],
    );
    assert.equal(body.nextCursor, null);
    assert.equal('address' in body.data[0].location, false);
    assert.notEqual(body.data[0].location.latitude, AT.latitude);
  });

  for (const [query, expected] of [
    [`${NEAR}&radiusKm=1`, ['cheap']],
    ['bbox=-124,-49,-123,-48', ['cheap', 'dear']],
    ['bbox=-124,-48.88,-123,-48', ['cheap']],
    [`${NEAR}&sort=-price`, ['dear', 'cheap']],
    [`${NEAR}&guests=3`, ['dear']],
    [`${NEAR}&maxPrice=5000`, ['cheap']],
    [`${NEAR}&minPrice=5001&currency=GBP`, ['dear']],
    [`${NEAR}&currency=EUR`, []],
    [`${NEAR}&roomType=shared_room`, []],
    [`${NEAR}&amenities=WiFi,free%20parking%20on%20premises`, ['dear']],
    [`${NEAR}&q=isl%20CALM`, ['dear']],
    [`${NEAR}&checkIn=${inDays(20)}&checkOut=${inDays(22)}`, ['cheap', 'dear']],
    [`${NEAR}&checkIn=${inDays(-2)}&checkOut=${inDays(1)}`, []],
  ] as const) {
    it(`finds ${expected.join(' and ') || 'nothing'} for ${query}`, async () => {
      const ids = { cheap: cheap.id as string, dear: dear.id as string };
      assert.deepEqual(
        await found(query),
        expected.map((which) => ids[which]),
      );
    });
  }

  it('pages by a cursor that holds for its own order only', async () => {
    const first = await search(`${NEAR}&limit=1&sort=price`);
    assert.deepEqual(
      first.body.data.map(({ id }: Wire) => id),
      [cheap.id],
    );
    const cursor = `&cursor=${first.body.nextCursor}`;
    const second = await search(`${NEAR}&limit=1&sort=price${cursor}`);
    assert.deepEqual([second.body.data[0].id, second.body.nextCursor], [dear.id, null]);
    assert.deepEqual(await bad(`${NEAR}&sort=-price${cursor}`), ['cursor']);
    assert.deepEqual(await bad(`${NEAR}&cursor=nonsense`), ['cursor']);
  });

  for (const [query, path] of [
    ['near=1', 'near'],
    ['near=1,2,3', 'near'],
    ['near=91,0', 'near'],
    ['near=a,b', 'near'],
    ['near=,1', 'near'],
    [`${NEAR}&radiusKm=0`, 'radiusKm'],
    [`${NEAR}&radiusKm=501`, 'radiusKm'],
    ['radiusKm=5', 'radiusKm'],
    ['bbox=1,2,3', 'bbox'],
    ['bbox=1,5,2,4', 'bbox'],
    [`${NEAR}&bbox=1,2,3,4`, 'bbox'],
    ['checkIn=2027-01-01', 'checkOut'],
    ['checkOut=2027-01-01', 'checkIn'],
    ['checkIn=2027-02-30&checkOut=2027-03-02', 'checkIn'],
    ['checkIn=2027-01-02&checkOut=2027-01-02', 'checkOut'],
    ['guests=0', 'guests'],
    ['guests=2.5', 'guests'],
    ['minPrice=-1', 'minPrice'],
    ['minPrice=5&maxPrice=4', 'maxPrice'],
    ['currency=pounds', 'currency'],
    ['roomType=castle', 'roomType'],
    ['amenities=,', 'amenities'],
    ['q=%20', 'q'],
    ['q=a%00b', 'q'],
    ['sort=distance', 'sort'],
    ['sort=name', 'sort'],
    ['limit=101', 'limit'],
    ['limit=0', 'limit'],
    ['colour=blue', 'colour'],
    ['guests=1&guests=2', 'guests'],
  ] as const) {
    it(`refuses ${query} and names ${path}`, async () => assert.deepEqual(await bad(query), [path]));
  }
});
