import assert from 'node:assert/strict';
import { Breaker } from '#gateways/breaker.ts';

describe('a breaker', () => {
  let now: number;
  let tries: number;
  let breaker: Breaker;
  beforeEach(() => {
    [now, tries] = [0, 0];
    breaker = new Breaker({ deadlineMs: 20, now: () => now });
  });

  const failing = () =>
    breaker.attempt(() => {
      tries += 1;
      return Promise.reject(new Error('away'));
    }, 'otherwise');
  const working = () => breaker.attempt(() => Promise.resolve('there'), 'otherwise');

  it('sends nobody to what has failed three times in a row', async () => {
    for (let caller = 0; caller < 500; caller++) assert.equal(await failing(), 'otherwise');
    assert.equal(tries, 3);
  });

  it('waits for nobody who does not answer, and sends nobody after three of them (L17)', async () => {
    const hanging = () =>
      breaker.attempt(() => {
        tries += 1;
        return new Promise<never>(() => undefined);
      }, 'otherwise');
    for (let caller = 0; caller < 500; caller++) assert.equal(await hanging(), 'otherwise');
    assert.equal(tries, 3);
  });

  it('sends one caller a second to see, however many there are (L17)', async () => {
    for (now = 0; now <= 10_000; now += 10) {
      await Promise.all(Array.from({ length: 32 }, failing));
    }
    assert.ok(tries <= 32 + 10, `${tries} were sent in ten seconds`);
  });

  it('sends everybody again once one has come back', async () => {
    for (let caller = 0; caller < 3; caller++) await failing();
    assert.equal(await working(), 'otherwise');
    now = 1_000;
    assert.equal(await working(), 'there');
    assert.equal(await working(), 'there');
  });

  it('does not count failures with a success between them', async () => {
    for (let round = 0; round < 5; round++) {
      await failing();
      await failing();
      assert.equal(await working(), 'there');
    }
  });
});
