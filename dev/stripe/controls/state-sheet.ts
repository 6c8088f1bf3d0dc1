import { formatMoney } from '#domain/money.ts';
import type { Answer } from '../protocol/http.ts';
import { html, Markup, NOTHING } from './markup.ts';

const STYLE =
  new Markup(`:root { color-scheme: light dark; --ink: #17202b; --quiet: #566270; --paper: #fff; --ground: #eef1f5; --line: #dde2e8;
  --strong: #1d4f91; --good: #14663a; --bad: #a3262a; --open: #7a5200; --mark: #fff4d6 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --quiet: #a5afb9; --paper: #1d2227; --ground: #12161a; --line: #39424b;
  --strong: #8ab8f5; --good: #7fd6a4; --bad: #ff9b98; --open: #f0c674; --mark: #3a3115 } }
* { box-sizing: border-box }
html { scroll-padding-top: 4rem }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, sans-serif }
header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.25rem; padding: .7rem 1.25rem;
  border-bottom: 1px solid var(--line); background: var(--paper) }
h1 { margin: 0; font-size: 1.1rem }
header p { margin: 0; color: var(--quiet) }
header a { margin-left: auto }
a { color: var(--strong) }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .7rem 1.25rem 0 }
main { display: grid; gap: 1rem; max-width: 90rem; padding: 1rem 1.25rem 3rem }
section { min-width: 0; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 12px; background: var(--paper) }
h2 { display: flex; align-items: baseline; gap: .75rem; margin: 0 0 .6rem; font-size: 1rem }
h2 small { color: var(--quiet); font-weight: 400 }
h2 a { margin-left: auto; font-size: .85rem; font-weight: 400 }
.wide { overflow-x: auto }
table { width: 100%; border-collapse: collapse }
th, td { padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; white-space: nowrap }
th { color: var(--quiet); font-size: .8rem; font-weight: 500 }
tbody tr:last-child td { border-bottom: 0 }
tr:target { background: var(--mark) }
td:first-child, code { font: .82rem/1.4 ui-monospace, monospace }
form { display: inline-flex; flex-wrap: wrap; align-items: center; gap: .4rem; margin: 0 .4rem 0 0 }
td form { flex-wrap: nowrap }
p { margin: .2rem 0 .6rem; color: var(--quiet) }
label { color: var(--quiet) }
input, select, button { padding: .25rem .65rem; border: 1px solid var(--line); border-radius: 7px; background: var(--paper); color: inherit; font: inherit; font-size: .85rem }
button { border-color: var(--strong); color: var(--strong); font-weight: 550; cursor: pointer }
button:hover { background: var(--mark) }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px }
.good { color: var(--good) } .bad { color: var(--bad) } .open { color: var(--open) }`);

/** A page of the simulator: complete in itself, without script, and closed to everything but its own forms. */
export function page(status: number, { title, body }: { title: string; body: Markup }): Answer {
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Simulated bank</title>
        <link rel="icon" href="data:," />
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `;
  return {
    status,
    body: text,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  };
}

/** What a button sends, besides what the fields of its form do. */
export interface Button {
  label: string;
  name?: string;
  value?: string;
}

/** Buttons that use the control at `path` under `/_sim`. */
export function buttons(path: string, offered: readonly Button[], fields: Markup = NOTHING): Markup {
  const each = offered.map(({ label, name, value = '' }) =>
    name === undefined
      ? html`<button>${label}</button>`
      : html`<button name="${name}" value="${value}">${label}</button>`,
  );
  return html`<form method="post" action="/_sim${path}">${fields}${each}</form>`;
}

/** Buttons for how something ends: each a label and its `outcome`. */
export function outcomes(path: string, offered: Readonly<Record<string, string>>): Markup {
  const named = Object.entries(offered).map(([label, value]) => ({ label, name: 'outcome', value }));
  return buttons(path, named);
}

export function section(
  id: string,
  { title, aside, body }: { title: string; aside?: Markup; body: Markup },
): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}${aside ?? NOTHING}</h2>
    ${body}
  </section> `;
}

/** Rows under headings, each row to be found by the id that it begins with. */
export function table(
  headings: readonly string[],
  rows: readonly { id: string; cells: readonly Cell[] }[],
): Markup {
  const head = headings.map((heading) => html`<th scope="col">${heading}</th>`);
  const body = rows.map(({ id, cells }) => {
    const each = [id, ...cells].map((cell) => html`<td>${cell}</td>`);
    return html`<tr id="${id}">
      ${each}
    </tr> `;
  });
  return html`<div class="wide" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}

export type Cell = Markup | string;

const GOOD = ['available', 'delivered', 'enabled', 'paid', 'succeeded', 'warning_closed', 'won'];
const BAD = ['canceled', 'disabled', 'failed', 'lost', 'reversed'];

/** In the colour of its mood: done, gone wrong, or still open. */
export function status(word: string | null | undefined): Markup {
  const text = word ?? '';
  const mood = GOOD.includes(text) ? 'good' : BAD.includes(text) ? 'bad' : 'open';
  return html`<span class="${mood}">${text.replaceAll('_', ' ')}</span>`;
}

/** A reference to another row, which may be on the page or among the older ones. */
export function link(id: string | null | undefined): Cell {
  return id === null || id === undefined ? '' : html`<a href="#${id}"><code>${id}</code></a>`;
}

export function money(amount: number, currency: string): string {
  return formatMoney({ amount, currency: currency.toUpperCase() });
}

/** `2026-11-28 15:04:05`, in UTC. */
export function time(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length).replace('T', ' ');
}
