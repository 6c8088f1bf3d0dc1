import { invalid } from './errors.ts';

/** Form-encoded parameters, nested: `a[b][0]=x` is `{ a: { b: { 0: 'x' } } }`. */
export interface Form {
  [name: string]: string | Form;
}

const MAX_DEPTH = 8;

/** Parses a query string or a body. Lists come as `a[]=` or `a[0]=`; both end as records with numeric names. */
export function parseForm(text: string): Form {
  const form = emptyForm();
  if (text === '') return form;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    place(form, name, equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  return form;
}

function place(form: Form, name: string, value: string): void {
  const path = splitName(name);
  let node = form;
  for (const [depth, part] of path.entries()) {
    const key = part === '' ? String(Object.keys(node).length) : part;
    if (depth === path.length - 1) {
      node[key] = value;
      return;
    }
    const below = node[key];
    if (typeof below === 'string') throw invalid('Invalid request: a parameter is both text and hash.', name);
    node = below ?? (node[key] = emptyForm());
  }
}

function splitName(name: string): string[] {
  const open = name.indexOf('[');
  if (open < 0) return [name];
  if (!name.endsWith(']')) throw invalid(`Invalid parameter name: ${name}`, name);
  const path = [name.slice(0, open), ...name.slice(open + 1, -1).split('][')];
  if (path.length > MAX_DEPTH) throw invalid('Parameters are nested too deeply.', name);
  return path;
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalid('Invalid request: the parameters are not form-encoded UTF-8.');
  }
}

/** Without a prototype, so that a parameter named `__proto__` is a parameter. */
function emptyForm(): Form {
  return Object.create(null) as Form;
}
