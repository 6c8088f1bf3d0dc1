import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inMajorUnits } from '#domain/money.ts';
import type { Money } from '#domain/money.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML that shows it, between tags or in a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** What every page of ours keeps out: all that is not named, frames, forms and other bases. */
export const CLOSED_POLICY = `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const STYLE = readFileSync(new URL('./sheet.css', import.meta.url), 'utf8');
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** A sheet to be read, printed and kept: it asks for nothing, runs nothing, and has its one style within itself. */
export const SHEET_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `${CLOSED_POLICY}; style-src 'sha256-${STYLE_HASH}'`,
} as const;

/** What comes before a sheet's body, and after it. */
export function sheetHead(title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Stayward</title>
<style>${STYLE}</style>
</head>
<body>
<main>
`;
}

export const SHEET_FOOT = `</main>
</body>
</html>
`;

/** An amount for the eye, `−1,234.50`, without its currency: that stands at the head of the column. */
export function figures(money: Money): string {
  const [whole = '', ...decimals] = inMajorUnits(money).replace('-', '\u2212').split('.');
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','), ...decimals].join('.');
}

/** A fact and what it is called, for a list of them at the head of a sheet. */
export function fact(name: string, value: string): string {
  return `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>\n`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A calendar date for the eye, marked up for programs: `1 May 2027`. */
export function day(date: string): string {
  return `<time datetime="${date}">${dayInWords(date)}</time>`;
}

export function dayInWords(date: string): string {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
  return `${dayOfMonth} ${MONTHS[month - 1]} ${year}`;
}
