import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Koa from 'koa';
import { inboxMiddleware } from '#dev/mail/inbox.ts';
import { createMailer } from '#gateways/mailer.ts';

const FROM = 'Stayward <no-reply@stayward.example>';
const mail = (over: { to?: string; messageId?: string; text?: string } = {}) => ({
  to: 'ada@example.com',
  subject: 'Your stay is booked',
  text: 'See you soon.',
  messageId: 'evt_1.guest',
  ...over,
});

describe('the development inbox', () => {
  let directory: string;
  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'stayward-mail-'))));
  afterEach(() => rm(directory, { recursive: true }));

  async function get(path: string, accept = 'application/json'): Promise<{ status: number; text: string }> {
    const server = new Koa().use(inboxMiddleware(directory)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept } });
    const answer = { status: response.status, text: await response.text() };
    server.close();
    return answer;
  }

  async function list(query = ''): Promise<{ id: string; to: string; text: string }[]> {
    return (
      JSON.parse((await get(`/dev/mail${query}`)).text) as {
        data: { id: string; to: string; text: string }[];
      }
    ).data;
  }

  it('is empty before the first message', async () => {
    await rm(directory, { recursive: true });
    assert.deepEqual(await list(), []);
    await createMailer({ from: FROM, inboxDirectory: directory }).send(mail());
    assert.equal((await list()).length, 1);
  });

  it('keeps a message once, however often it is sent, also at the same time', async () => {
    const mailer = createMailer({ from: FROM, inboxDirectory: directory });
    await Promise.all([mailer.send(mail()), mailer.send(mail()), mailer.send(mail())]);
    await mailer.send(mail());
    assert.equal((await list()).length, 1);
    assert.equal((await readdir(directory)).length, 1, 'no draft is left');
  });

  it('shows the mail of one address', async () => {
    const mailer = createMailer({ from: FROM, inboxDirectory: directory });
    await mailer.send(mail());
    await mailer.send(mail({ to: 'Grace@Example.com', messageId: 'evt_1.host' }));
    assert.deepEqual(
      (await list('?to=grace@example.com')).map(({ to }) => to),
      ['Grace@Example.com'],
    );
  });

  it('shows one message, as a page with nothing in it taken for markup', async () => {
    const mailer = createMailer({ from: FROM, inboxDirectory: directory });
    await mailer.send(mail({ text: '<script>alert(1)</script>' }));
    const [message] = await list();
    const page = await get(`/dev/mail/${message?.id ?? ''}`, 'text/html');
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /<script>/);
    assert.match(page.text, /&#60;script&#62;alert/);
    assert.equal((await get('/dev/mail/000000000000000000000000')).status, 404);
  });
});

describe('mail by SMTP', () => {
  /** The other side of the protocol, as far as one message needs it. */
  function smtpServer(received: string[]) {
    return createServer((socket) => {
      let inData = false;
      socket.setEncoding('utf8').write('220 test\r\n');
      socket.on('data', (text: string) => {
        received.push(text);
        if (inData) {
          if (!text.endsWith('\r\n.\r\n')) return;
          inData = false;
          socket.write('250 kept\r\n');
        } else if (text.startsWith('DATA')) {
          inData = true;
          socket.write('354 go on\r\n');
        } else {
          socket.write(text.startsWith('QUIT') ? '221 bye\r\n' : '250 ok\r\n');
        }
      });
    });
  }

  it('gives a message the same id each time it is sent', async () => {
    const received: string[] = [];
    const server = smtpServer(received).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const mailer = createMailer({
      from: FROM,
      smtpUrl: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    await mailer.send(mail());
    await mailer.send(mail());
    server.close();
    const ids = [...received.join('').matchAll(/^Message-ID: (.*)$/gim)].map(([, id]) => id?.trim());
    assert.deepEqual(ids, ['<evt_1.guest@stayward.example>', '<evt_1.guest@stayward.example>']);
    assert.match(received.join(''), /RCPT TO:<ada@example.com>/);
  });

  it('throws when the server is not there', async () => {
    const mailer = createMailer({ from: FROM, smtpUrl: 'smtp://127.0.0.1:9' });
    await assert.rejects(mailer.send(mail()));
  });
});
