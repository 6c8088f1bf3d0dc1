import type { Message } from './inbox.ts';

/** The list of messages, newest first. */
export function inboxPage(messages: readonly Message[], to: string | undefined): string {
  const rows = messages.map(
    (message) =>
      `<tr><td>${escaped(message.receivedAt)}</td><td>${escaped(message.to)}</td>` +
      `<td><a href="/dev/mail/${escaped(message.id)}">${escaped(message.subject)}</a></td></tr>`,
  );
  const title = to === undefined ? 'Development inbox' : `Mail to ${to}`;
  const list = `<table><tr><th>Received</th><th>To</th><th>Subject</th></tr>${rows.join('')}</table>`;
  return page(title, messages.length === 0 ? '<p>No mail yet.</p>' : list);
}

/** One message. */
export function messagePage({ subject, from, to, receivedAt, text }: Message): string {
  const head = `<p>From ${escaped(from)}<br>To ${escaped(to)}<br>${escaped(receivedAt)}</p>`;
  return page(subject, `${head}<pre>${escaped(text)}</pre><p><a href="/dev/mail">All mail</a></p>`);
}

const STYLE = `body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
td, th { text-align: left; padding: .25rem 1rem .25rem 0 } pre { white-space: pre-wrap }`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><h1>${escaped(title)}</h1>${body}</body></html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
