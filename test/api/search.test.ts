import assert from 'node:assert/strict';
import { availabilityEndpoints } from '#api/availability/routes.ts';
import { propertyEndpoints } from '#api/properties/routes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { addDays, addMonths, weekdayOf } from '#domain/nights.ts';
import { useLocalApi } from '../support/api.ts';
import { assertConforms } from '../support/conforms.ts';
import { Person, inDays, newPerson, newProperty } from '../support/people.ts';
import type { Answer, Wire } from '../support/people.ts';

/** In the middle of the South Pacific, where no other test looks. */
const NEAR = 'near=-48.876,-123.393';
const AT = { latitude: -48.876, longitude: -123.393 };

describe('searching over HTTP', () => {
  const api = useLocalApi([
    ...propertyEndpoints,
    ...availabilityEndpoints,
    ...userEndpoints,
    ...sessionEndpoints,
  ]);
  let cheap: Wire;
  let dear: Wire;

  before('offer two', async () => {
    const host = await newPerson(api().url);
    cheap = await newProperty(host, {
      location: { ...AT, address: 'A raft' },
      bookingMode: 'request',
      cancellationPolicy: 'firm',
      pricing: { nightly: 5_000 },
      capacity: 2,
    });
    dear = await newProperty(host, {
      location: { latitude: -48.9, longitude: -123.4 },
      pricing: { nightly: 9_000 },
      title: 'Island of calm',
      description: 'A château on stilts.',
      bedrooms: 3,
      beds: 5,
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
    [`${NEAR}&q=chateau`, ['dear']],
    [`${NEAR}&q=islad`, ['dear']],
    [`${NEAR}&q=islad%20cottage`, []],
    [`${NEAR}&q=cna`, []],
    [`${NEAR}&bedrooms=2`, ['dear']],
    [`${NEAR}&beds=6`, []],
    [`${NEAR}&minRating=1`, []],
    [`${NEAR}&instantOnly=true`, ['dear']],
    [`${NEAR}&instantOnly=false`, ['cheap', 'dear']],
    [`${NEAR}&cancellationPolicy=firm`, ['cheap']],
    [`${NEAR}&cancellationPolicy=firm,flexible`, ['cheap', 'dear']],
    [`${NEAR}&checkIn=${inDays(20)}&checkOut=${inDays(22)}`, ['cheap', 'dear']],
    [`${NEAR}&checkIn=${inDays(20)}&checkOut=${inDays(385)}`, ['cheap', 'dear']],
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

  it('finds the nearest dates that are possible, and says which', async () => {
    const host = await newPerson(api().url);
    const { id } = await newProperty(host, { location: { latitude: -50.5, longitude: -130.5 } });
    const taken = { from: inDays(20), to: inDays(23) };
    await host.must(201, host.post(`/properties/${id}/blocks`, taken));
    const found = async (query: string) =>
      (await search(`near=-50.5,-130.5&${query}`)).body.data.map(({ stay }: Wire) => stay);
    const dates = `checkIn=${inDays(21)}&checkOut=${inDays(23)}`;
    const after = { checkIn: inDays(23), checkOut: inDays(25), nights: 2 };
    const total = (amount: number) => ({ amount, currency: 'GBP' });
    assert.deepEqual(await found(`${dates}&flexibleDays=1`), []);
    assert.deepEqual(await found(`${dates}&flexibleDays=2`), [{ ...after, total: total(28_500) }]);
    assert.deepEqual(await found(`${dates}&flexibleDays=3`), [{ ...after, total: total(28_500) }]);
    assert.deepEqual(await found(`checkIn=${inDays(24)}&checkOut=${inDays(25)}&flexibleDays=3`), [
      { checkIn: inDays(24), checkOut: inDays(25), nights: 1, total: total(17_100) },
    ]);
    assert.deepEqual(await found('guests=1'), [undefined]);
  });

  it('compares and sorts what the whole stay costs, where there are dates', async () => {
    const host = await newPerson(api().url);
    const at = { location: { latitude: -52.5, longitude: -135.5 } };
    const plain = await newProperty(host, { ...at, pricing: { nightly: 10_000 } });
    const cleaned = await newProperty(host, { ...at, pricing: { nightly: 9_000, cleaningFee: 9_000 } });
    const by = (query: string) => found(`near=-52.5,-135.5&${query}`);
    const stay = (nights: number) => `checkIn=${inDays(20)}&checkOut=${inDays(20 + nights)}`;
    assert.deepEqual(await by('sort=price'), [cleaned.id, plain.id]);
    assert.deepEqual(await by(`sort=price&${stay(2)}`), [plain.id, cleaned.id]);
    assert.deepEqual(await by(`sort=-price&${stay(2)}`), [cleaned.id, plain.id]);
    assert.deepEqual(await by(`maxPrice=22800&${stay(2)}`), [plain.id]); // 20,000 and a fee of 14 %.
    assert.deepEqual(await by(`maxPrice=22799&${stay(2)}`), []);
    assert.deepEqual(await by(`minPrice=22801&${stay(2)}`), [cleaned.id]);
  });

  it('finds the cheapest of flexible dates by price, and else the nearest', async () => {
    const host = await newPerson(api().url);
    const pricing = { nightly: 20_000, weekend: 10_000 };
    await newProperty(host, { location: { latitude: -54.5, longitude: -140.5 }, pricing });
    const wednesday = inDays(20 + ((10 - weekdayOf(inDays(20))) % 7));
    const dates = `checkIn=${wednesday}&checkOut=${addDays(wednesday, 1)}&flexibleDays=3`;
    const checkIn = async (sort: string) =>
      (await search(`near=-54.5,-140.5&${dates}&sort=${sort}`)).body.data[0].stay.checkIn;
    assert.equal(await checkIn('distance'), wednesday);
    assert.equal(await checkIn('price'), addDays(wednesday, 2));
  });

  for (const [stay, nights, weekday] of [
    ['weekend', 2, 5],
    ['week', 7, undefined],
  ] as const) {
    it(`finds the first ${stay} of a month`, async () => {
      const month = addMonths(inDays(0), 2).slice(0, 7);
      const { body } = await search(`${NEAR}&month=${month}&stay=${stay}`);
      assert.equal(body.data.length, 2);
      for (const { stay: found } of body.data) {
        assert.equal(found.nights, nights);
        assert.equal(found.checkIn.slice(0, 7), month);
        assert.ok(found.checkIn.slice(8) <= '07');
        if (weekday !== undefined) assert.equal(weekdayOf(found.checkIn), weekday);
      }
    });
  }

  it('counts what is found by its values, each filter left aside in its own', async () => {
    const { body } = await search(
      `${NEAR}&roomType=entire_home&instantOnly=true&limit=1&facets=roomType,bookingMode,cancellationPolicy,amenities,price`,
    );
    assert.deepEqual(body.facets, {
      count: 1,
      isExact: true,
      roomType: [{ value: 'entire_home', count: 1 }],
      bookingMode: [
        { value: 'instant', count: 1 },
        { value: 'request', count: 1 },
      ],
      cancellationPolicy: [{ value: 'flexible', count: 1 }],
      amenities: [
        { value: 'free_parking_on_premises', count: 1 },
        { value: 'wifi', count: 1 },
      ],
      price: [{ currency: 'GBP', least: 9_000, most: 9_000, count: 1 }],
    });
    assert.deepEqual(
      body.data.map(({ id }: Wire) => id),
      [dear.id],
    );
  });

  it('counts on, where the page itself is empty', async () => {
    const { body } = await search(`${NEAR}&roomType=hotel_room&facets=roomType`);
    assert.deepEqual(body, {
      data: [],
      nextCursor: null,
      facets: { count: 0, isExact: true, roomType: [{ value: 'entire_home', count: 2 }] },
    });
  });

  it('counts nothing unless it is asked to', async () => {
    const { body } = await search(NEAR);
    assert.equal('facets' in body, false);
  });

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

  it('takes no cursor that says more than its list can count', async () => {
    const { body } = await search(`${NEAR}&limit=1&q=a`);
    const position = JSON.parse(Buffer.from(body.nextCursor, 'base64url').toString()) as object;
    for (const value of [2 ** 31, -(2 ** 31) - 1, 0.5]) {
      const cursor = Buffer.from(JSON.stringify({ ...position, value })).toString('base64url');
      assert.deepEqual(await bad(`${NEAR}&limit=1&q=a&cursor=${cursor}`), ['cursor'], String(value));
    }
  });

  it('pages by a cursor that holds for its own filters only, in pages of any size', async () => {
    const { body } = await search(`${NEAR}&limit=1&guests=1`);
    const cursor = `&cursor=${body.nextCursor}`;
    assert.deepEqual(await found(`${NEAR}&limit=9&guests=1${cursor}`), [dear.id]);
    assert.deepEqual(await found(`${NEAR}&limit=1&guests=1&facets=price${cursor}`), [dear.id]);
    for (const other of [
      'guests=2',
      'guests=1&roomType=entire_home',
      'guests=1&q=canal',
      'guests=1&radiusKm=9',
    ])
      assert.deepEqual(await bad(`${NEAR}&limit=1&${other}${cursor}`), ['cursor'], other);
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
    ['checkIn=2027-01-01&checkOut=2028-01-02', 'checkOut'],
    ['checkIn=1900-01-10&checkOut=2999-12-01&flexibleDays=3', 'checkOut'],
    ['flexibleDays=1', 'flexibleDays'],
    ['checkIn=2027-01-01&checkOut=2027-01-02&flexibleDays=4', 'flexibleDays'],
    ['checkIn=2027-01-01&checkOut=2027-01-02&flexibleDays=-1', 'flexibleDays'],
    ['month=2027-05', 'stay'],
    ['stay=week', 'month'],
    ['month=2027-13&stay=week', 'month'],
    ['month=May&stay=week', 'month'],
    ['month=2027-05&stay=fortnight', 'stay'],
    ['month=2027-05&stay=week&checkIn=2027-05-01', 'checkIn'],
    ['month=2027-05&stay=week&flexibleDays=1', 'flexibleDays'],
    ['minRating=0.5', 'minRating'],
    ['minRating=6', 'minRating'],
    ['bedrooms=0', 'bedrooms'],
    ['beds=201', 'beds'],
    ['instantOnly=yes', 'instantOnly'],
    ['cancellationPolicy=lenient', 'cancellationPolicy'],
    ['cancellationPolicy=firm,', 'cancellationPolicy'],
    ['cancellationPolicy=long_term', 'cancellationPolicy'],
    ['facets=title', 'facets'],
    ['sort=relevance', 'sort'],
    ['sort=price&month=2027-05&stay=week', 'sort'],
    ['sort=-price&checkIn=2027-01-01&checkOut=2027-01-02&flexibleDays=1', 'sort'],
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
