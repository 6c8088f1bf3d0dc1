import assert from 'node:assert/strict';
import { READ_EVERY_MILLISECONDS } from '#api/properties/copies.ts';
import { propertyEndpoints } from '#api/properties/routes.ts';
import { sessionEndpoints } from '#api/sessions/routes.ts';
import { userEndpoints } from '#api/users/routes.ts';
import { useLocalApi } from '../support/api.ts';
import { Person, inDays, newPerson, newProperty } from '../support/people.ts';
import type { Wire } from '../support/people.ts';
import { until } from '../support/virtual-time.ts';

/** In the middle of the South Atlantic, where no other test looks. */
const AT = { latitude: -41.73, longitude: -14.21, address: 'A buoy' };
const PLACE = 'near=-41.73,-14.21';
const READERS = 500;

describe('pages of searches without dates', () => {
  const endpoints = [...propertyEndpoints, ...userEndpoints, ...sessionEndpoints];
  const api = useLocalApi(endpoints);
  const otherProcess = useLocalApi(endpoints);
  let host: Person;
  let property: Wire;

  before('offer a property', async () => {
    host = await newPerson(api().url);
    property = await newProperty(host, { location: AT, amenities: ['Wi-Fi', 'Sauna'] });
  });

  const search = (query: string, who = new Person(api().url), headers: Record<string, string> = {}) =>
    who.call(`/properties?${query}`, { headers });
  const titlesOf = ({ body }: { body: Wire }): string[] => body.data.map(({ title }: Wire) => title);
  const rename = (title: string) => host.must(200, host.patch(`/properties/${property.id}`, { title }));
  const forget = () => api().deps.properties.pages.forgetAll();

  /** How many searches the database gets while `act` runs. */
  async function searches(act: () => Promise<unknown>): Promise<number> {
    let count = 0;
    const countOne = ({ sql }: { sql: string }) => {
      if (sql.includes('blurred_latitude')) count += 1;
    };
    api().db.on('query', countOne);
    await act();
    api().db.removeListener('query', countOne);
    return count;
  }

  it('are one read of the database for five hundred who ask at once', async () => {
    forget();
    const begun = performance.now();
    const stampede = async () => {
      const answers = await Promise.all(Array.from({ length: READERS }, () => search(PLACE)));
      for (const answer of answers) assert.equal(answer.status, 200);
    };
    const reads = await searches(stampede);
    // On a machine so slow that a page is over before all have been answered, it is read again.
    assert.ok(
      reads <= 1 + Math.floor((performance.now() - begun) / READ_EVERY_MILLISECONDS),
      `${reads} reads`,
    );
  });

  it('are one for searches that ask the same in other words', async () => {
    forget();
    const begun = performance.now();
    const asked = async () => {
      const queries = [
        `${PLACE}&amenities=wifi,sauna`,
        `amenities=Sauna,Wi-Fi,sauna&${PLACE}&radiusKm=25&limit=20`,
      ];
      const pages = await Promise.all(queries.map((query) => search(query)));
      for (const page of pages) assert.equal(page.body.data[0]?.id, property.id);
    };
    const reads = await searches(asked);
    assert.ok(
      reads <= 1 + Math.floor((performance.now() - begun) / READ_EVERY_MILLISECONDS),
      `${reads} reads`,
    );
  });

  it('are another for every other question', async () => {
    forget();
    const others = ['', '&limit=1', '&radiusKm=26', '&guests=1', '&amenities=sauna', '&q=a', '&sort=price'];
    const asked = () => Promise.all(others.map((other) => search(PLACE + other)));
    assert.equal(await searches(asked), others.length);
  });

  it('are of this moment where they speak of nights', async () => {
    const dates = `${PLACE}&checkIn=${inDays(40)}&checkOut=${inDays(42)}`;
    const asked = async () => {
      for (let time = 0; time < 3; time++) {
        const { headers } = await search(dates);
        assert.deepEqual([headers.get('cache-control'), headers.get('etag')], ['no-store', null]);
      }
    };
    assert.equal(await searches(asked), 3);
  });

  it('tell caches to ask, and answer 304 to whoever has this very page', async () => {
    const first = await search(PLACE);
    assert.equal(first.headers.get('cache-control'), 'public, no-cache');
    assert.equal(first.headers.get('vary'), 'Authorization');
    const etag = first.headers.get('etag') ?? assert.fail('no ETag');
    const again = () => search(PLACE, undefined, { 'if-none-match': etag });
    const same = await again();
    assert.deepEqual([same.status, same.body, same.headers.get('etag')], [304, '', etag]);
    await rename('A lighter buoy');
    const other = await again();
    assert.deepEqual([other.status, titlesOf(other)], [200, ['A lighter buoy']]);
  });

  it('show one’s own write at once, however many ask meanwhile', async () => {
    let isOver = false;
    const reader = async () => {
      while (!isOver) await search(PLACE);
    };
    const readers = Array.from({ length: 4 }, reader);
    for (let version = 1; version <= 10; version++) {
      await rename(`Buoy ${version}`);
      assert.deepEqual(titlesOf(await search(PLACE)), [`Buoy ${version}`]);
    }
    isOver = true;
    await Promise.all(readers);
  });

  it('show another process’s write when their time is over', async () => {
    const there = new Person(otherProcess().url);
    await search(PLACE, there);
    await rename('A buoy elsewhere');
    await until('the other process shows it', async () => {
      return titlesOf(await search(PLACE, there))[0] === 'A buoy elsewhere';
    });
  });

  it('are the same for all viewers, and never one’s own list (S6)', async () => {
    const guest = await newPerson(api().url);
    const everyones = await search(PLACE);
    assert.equal('address' in everyones.body.data[0].location, false);
    for (const viewer of [guest, host]) assert.deepEqual((await search(PLACE, viewer)).body, everyones.body);
    const own = await search('hostId=me', host);
    assert.equal(own.headers.get('cache-control'), 'no-store');
    assert.equal(own.body.data[0].location.address, AT.address);
    assert.deepEqual((await search('hostId=me', guest)).body.data, []);
    assert.equal((await search('hostId=me')).status, 401);
    const stranger = { authorization: 'Bearer sta_nobody' };
    assert.equal((await search(PLACE, undefined, stranger)).status, 401);
  });
});
