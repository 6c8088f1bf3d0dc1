import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { createOutgoing, OUTGOING_MAX_BYTES, OUTGOING_MAX_REDIRECTS } from '#gateways/outgoing.ts';
import type { OutgoingAnswer } from '#gateways/outgoing.ts';
import { useFeeds } from '../support/feeds.ts';

describe('asking addresses that users give (I6, W11)', () => {
  const feeds = useFeeds();
  const atHome = createOutgoing({ anywhere: true });

  async function textAt(url: string): Promise<string> {
    const answer = await atHome.get(url, {});
    if (typeof answer === 'string') assert.fail(answer);
    return answer.body.toString();
  }

  it('gives what is there, packed or not', async () => {
    assert.equal(await textAt(feeds().says('/plain', 'nights')), 'nights');
    const packed = feeds().answers('/packed', (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('nights')),
    );
    assert.equal(await textAt(packed), 'nights');
  });

  it('passes on what the caller wants to say', async () => {
    await atHome.get(feeds().says('/conditional', ''), { 'if-none-match': '"1"' });
    assert.equal(feeds().asked.at(-1)?.headers['if-none-match'], '"1"');
  });

  it('does not ask a private address, by number or by name', async () => {
    const url = feeds().says('/private', 'secret');
    const before = feeds().asked.length;
    const guarded = createOutgoing({
      anywhere: false,
      resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    });
    for (const address of [url, url.replace('http:', 'https:'), 'https://feeds.example.com/'])
      assert.equal(await guarded.get(address, {}), 'address_refused', address);
    assert.equal(feeds().asked.length, before);
  });

  it('connects to the address that was checked, whatever the name means a moment later', async () => {
    const { port } = new URL(feeds().says('/pinned', 'nights'));
    let asked = 0;
    const once = createOutgoing({
      anywhere: true,
      resolve: () =>
        Promise.resolve([{ address: (asked += 1) === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }]),
    });
    const answer = await once.get(`http://rebinding.example:${port}/pinned`, {});
    assert.equal((answer as OutgoingAnswer).body.toString(), 'nights');
    assert.equal(asked, 1);
  });

  describe('at a redirect', () => {
    const leadingTo = (path: string, location: string) =>
      feeds().answers(path, (_, response) => response.writeHead(302, { location }).end());

    it('goes on, by a path as well', async () => {
      feeds().says('/end', 'nights');
      assert.equal(await textAt(leadingTo('/start', '/end')), 'nights');
    });

    it('follows three and no more', async () => {
      feeds().says('/0', 'nights');
      for (let n = 1; n <= OUTGOING_MAX_REDIRECTS + 1; n += 1) leadingTo(`/${n}`, `/${n - 1}`);
      assert.equal(await textAt(feeds().url(`/${OUTGOING_MAX_REDIRECTS}`)), 'nights');
      const tooFar = await atHome.get(feeds().url(`/${OUTGOING_MAX_REDIRECTS + 1}`), {});
      assert.equal(tooFar, 'too_many_redirects');
    });

    it('looks at the next address as at the first', async () => {
      const onlyHere = createOutgoing({ anywhere: true, allows: (address) => address === '127.0.0.1' });
      const { port } = new URL(feeds().url('/'));
      const next = [
        `http://127.0.0.2:${port}/end`,
        'http://169.254.169.254/latest/',
        'file:///etc/passwd',
        '//[',
      ];
      for (const location of next) {
        assert.equal(await onlyHere.get(leadingTo('/astray', location), {}), 'address_refused', location);
      }
    });
  });

  describe('gives up', () => {
    it('where nobody answers', async () => {
      assert.equal(await atHome.get('http://127.0.0.1:1/', {}), 'unreachable');
    });

    it('where the answer breaks off', async () => {
      const url = feeds().answers('/broken', (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('BEGIN');
        response.destroy();
      });
      assert.equal(await atHome.get(url, {}), 'unreachable');
    });

    it('on more than two million bytes, and takes as many', async () => {
      assert.equal(
        (await textAt(feeds().says('/most', 'x'.repeat(OUTGOING_MAX_BYTES)))).length,
        OUTGOING_MAX_BYTES,
      );
      const more = feeds().says('/more', 'x'.repeat(OUTGOING_MAX_BYTES + 1));
      assert.equal(await atHome.get(more, {}), 'too_large');
    });

    it('on a little that unpacks into much', async () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      assert.ok(bomb.length < 100_000);
      const url = feeds().answers('/bomb', (_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
      );
      assert.equal(await atHome.get(url, {}), 'too_large');
    });

    it('on what cannot be unpacked', async () => {
      const url = feeds().says('/mangled', 'no gzip', { 'content-encoding': 'gzip' });
      assert.equal(await atHome.get(url, {}), 'unreachable');
    });

    it('on who does not answer, does not end, or has a name that nobody resolves', async () => {
      const hasty = { anywhere: true, timeoutMs: 200 };
      const silent = feeds().answers('/silent', () => undefined);
      const endless = feeds().answers('/endless', (_, response) => response.writeHead(200).write('BEGIN'));
      for (const url of [silent, endless])
        assert.equal(await createOutgoing(hasty).get(url, {}), 'timed_out');
      const unresolved = createOutgoing({ ...hasty, resolve: () => new Promise(() => undefined) });
      assert.equal(await unresolved.get('http://nobody.example/', {}), 'timed_out');
    });
  });
});
