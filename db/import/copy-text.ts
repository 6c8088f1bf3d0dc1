/** What a column of COPY's text format can be made of here. */
export type CopyValue = string | number | null | readonly string[];

/** One line of COPY's text format. The caller's strings hold no NUL, which PostgreSQL cannot store. */
export function copyLine(values: readonly CopyValue[]): string {
  let line = '';
  for (const value of values) line += (line === '' ? '' : '\t') + cell(value);
  return `${line}\n`;
}

function cell(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return escaped(typeof value === 'string' ? value : arrayLiteral(value));
}

/** Backslash, tab and line ends have a meaning of their own between and within the lines of COPY. */
function escaped(text: string): string {
  if (!/[\\\t\n\r]/.test(text)) return text;
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}

function arrayLiteral(items: readonly string[]): string {
  const quoted = items.map((item) => `"${item.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  return `{${quoted.join(',')}}`;
}
