import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Middleware } from 'koa';
import { z } from 'zod';
import { messagePage, inboxPage } from './pages.ts';

/** A kept message, as the mailer writes it. */
const Message = z.object({
  id: z.string(),
  messageId: z.string(),
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  receivedAt: z.string(),
});
export type Message = z.infer<typeof Message>;

const SHOWN = 200;

/**
 * The development inbox: `GET /dev/mail`, newest first, with `?to=` for one address, and `GET /dev/mail/{id}`;
 * a page for people, JSON for programs that accept it.
 */
export function inboxMiddleware(directory: string): Middleware {
  return async (ctx, next) => {
    const place = /^\/dev\/mail(?:\/([0-9a-f]{24}))?\/?$/.exec(ctx.path);
    if (place === null || ctx.method !== 'GET') {
      await next();
      return;
    }
    const id = place[1];
    const wanted = typeof ctx.query.to === 'string' ? ctx.query.to.toLowerCase() : undefined;
    const messages = (await readInbox(directory)).filter(
      (message) =>
        (id ?? message.id) === message.id &&
        (wanted ?? message.to.toLowerCase()) === message.to.toLowerCase(),
    );
    const asJson = ctx.accepts('html', 'json') === 'json';
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
    if (id === undefined) {
      ctx.body = asJson ? { data: messages.slice(0, SHOWN) } : inboxPage(messages.slice(0, SHOWN), wanted);
    } else {
      const [message] = messages;
      if (message === undefined) {
        await next();
        return;
      }
      ctx.body = asJson ? message : messagePage(message);
    }
    ctx.type = asJson ? 'json' : 'html';
  };
}

async function readInbox(directory: string): Promise<Message[]> {
  const names = await readdir(directory).catch(() => []); // There is none before the first message.
  const files = names.filter((name) => name.endsWith('.json'));
  const messages = await Promise.all(
    files.map(async (name) => Message.parse(JSON.parse(await readFile(join(directory, name), 'utf8')))),
  );
  return messages.sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
}
