import assert from 'node:assert/strict';
import { Copies, LIFE_MILLISECONDS } from '#api/properties/copies.ts';

interface Word {
  text: string;
}

describe('what a process keeps for two seconds', () => {
  let now: number;
  let fetched: PromiseWithResolvers<Word | undefined>[];
  let copies: Copies<string, Word>;
  beforeEach(() => {
    now = 0;
    fetched = [];
    copies = new Copies({ maxEntries: 2, maxBytes: 100, bytesOf: ({ text }) => text.length, now: () => now });
  });

  const fetch = (): Promise<Word | undefined> => {
    const asked = Promise.withResolvers<Word | undefined>();
    fetched.push(asked);
    return asked.promise;
  };
  const read = (key = 'a') => copies.read(key, fetch);
  async function find(text: string, at = fetched.length - 1): Promise<void> {
    fetched[at]?.resolve({ text });
    await fetched[at]?.promise;
  }
  async function kept(text: string): Promise<void> {
    const reading = read();
    await find(text);
    await reading;
  }

  it('is read once for five hundred who ask for what is over', async () => {
    await kept('old');
    now = LIFE_MILLISECONDS;
    const reads = Array.from({ length: 500 }, () => read());
    await find('new');
    assert.equal(fetched.length, 2);
    for (const asked of reads) assert.equal((await asked)?.text, 'new');
  });

  it('answers to the end of its life and not a moment longer, which is counted from the beginning of its read', async () => {
    const reading = read();
    now = 500;
    await find('old');
    await reading;
    now = LIFE_MILLISECONDS - 1;
    assert.deepEqual(read(), { text: 'old' });
    now = LIFE_MILLISECONDS;
    assert.ok(read() instanceof Promise);
  });

  it('is read anew near its end by one of those who ask, and nobody waits', async () => {
    await kept('old');
    now = LIFE_MILLISECONDS * 0.75 - 1;
    read();
    assert.equal(fetched.length, 1);
    now = LIFE_MILLISECONDS * 0.95;
    for (let reader = 0; reader < 500; reader++) assert.deepEqual(read(), { text: 'old' });
    assert.equal(fetched.length, 2);
    await find('new');
    now = LIFE_MILLISECONDS;
    assert.deepEqual(read(), { text: 'new' });
  });

  it('is read anew at a moment of its own, though it was made together with others', async () => {
    const many = new Copies<string, Word>({
      maxEntries: 64,
      maxBytes: 640,
      bytesOf: () => 1,
      now: () => now,
    });
    const keys = Array.from({ length: 64 }, (_, key) => String(key));
    const readAll = () => Promise.all(keys.map(async (key) => many.read(key, fetch)));
    const first = readAll();
    for (const asked of fetched) asked.resolve({ text: 'old' });
    await first;
    now = LIFE_MILLISECONDS * 0.85;
    await readAll();
    const anew = fetched.length - keys.length;
    assert.ok(anew > 0 && anew < keys.length, `${anew} of ${keys.length} at once`);
  });

  it('is tried once before its end when that fails, and the failure told only to who asks after it', async () => {
    await kept('old');
    now = LIFE_MILLISECONDS * 0.95;
    read();
    fetched[1]?.reject(new Error('away'));
    await Promise.allSettled([fetched[1]?.promise]);
    assert.deepEqual(read(), { text: 'old' });
    assert.equal(fetched.length, 2);
    now = LIFE_MILLISECONDS;
    const late = read();
    fetched[2]?.reject(new Error('still away'));
    await assert.rejects(Promise.resolve(late), /still away/);
  });

  it('is gone once it was found to be no more', async () => {
    await kept('old');
    now = LIFE_MILLISECONDS * 0.95;
    read();
    fetched[1]?.resolve(undefined);
    await fetched[1]?.promise;
    assert.ok(read() instanceof Promise);
  });

  it('is not what a read found that was under way when it was forgotten', async () => {
    for (const forget of [() => copies.forget('a'), () => copies.forgetAll()]) {
      const before = read();
      forget();
      const after = read();
      assert.notEqual(before, after);
      await find('new');
      await find('old', fetched.length - 2);
      assert.deepEqual(await before, { text: 'old' });
      assert.deepEqual(read(), { text: 'new' });
      copies.forgetAll();
    }
  });

  it('is no more than so many, and so large', async () => {
    for (const key of ['a', 'b', 'c']) {
      const reading = read(key);
      await find(key);
      await reading;
    }
    assert.ok(read('a') instanceof Promise);
    assert.deepEqual(read('c'), { text: 'c' });
    const reading = read('d');
    await find('x'.repeat(101));
    await reading;
    assert.ok(read('d') instanceof Promise);
  });
});
