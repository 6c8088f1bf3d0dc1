import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { environmentWithoutSettings } from '#config';

/** A block of shell in a Markdown text, and what the text says that it prints. */
export interface Example {
  command: string;
  expected?: { language: 'json' | 'text'; text: string };
}

/**
 * The `sh` blocks of a text, in order. A `json` block right below one shows an answer: its fields must be in the answer,
 * with their values, beside whatever else is there. Of a `text` block each line must be printed. `…` stands for anything.
 */
export function examplesIn(markdown: string): Example[] {
  const examples: Example[] = [];
  let end = 0;
  for (const block of markdown.matchAll(/^```(sh|json|text)\n([^]*?)^```$/gm)) {
    const [whole, language, text = ''] = block;
    const between = markdown.slice(end, block.index).trim();
    end = block.index + whole.length;
    if (language === 'sh') {
      examples.push({ command: text });
      continue;
    }
    const example = examples.at(-1);
    assert.ok(example !== undefined && between === '', `This shows the answer of nothing:\n${text}`);
    example.expected = { language: language as 'json' | 'text', text };
  }
  return examples;
}

const MARK = '--- the end of an example, with status';
const PATIENCE_MS = 180_000;

/** Runs them as a person would who pastes one after another into one bash. Gives what each printed. */
export async function runExamples(
  examples: readonly Example[],
  variables: Record<string, string>,
): Promise<string[]> {
  const script = examples.map(({ command }) => `${command}\nprintf '\\n%s %s\\n' '${MARK}' "$?"\n`).join('');
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], {
    env: { ...environmentWithoutSettings(), ...variables },
    timeout: PATIENCE_MS,
  });
  const ends = [...stdout.matchAll(new RegExp(`^${MARK} (\\d+)$`, 'gm'))];
  assert.equal(ends.length, examples.length, `bash broke off: ${stderr}`);
  let begin = 0;
  return ends.map((found, index) => {
    const printed = stdout.slice(begin, found.index).trim();
    begin = found.index + found[0].length;
    assert.equal(found[1], '0', `${examples[index]?.command}\nfailed: ${printed}\n${stderr}`);
    return printed;
  });
}

/** Asserts that an example printed what its text says. */
export function assertPrinted({ command, expected }: Example, printed: string): void {
  if (expected === undefined) return;
  const where = `${command}\nprinted\n${printed}`;
  if (expected.language === 'json') {
    assertHolds(JSON.parse(printed), JSON.parse(expected.text), { where, path: 'the answer' });
    return;
  }
  const lines = printed.split(/\r?\n/);
  for (const line of expected.text.trimEnd().split('\n'))
    assert.ok(lines.some(pattern(line, 'i')), `${where}\nwithout the line ${line}`); // Names of headers have no case.
}

/** `bkg_…` → whether a text is of that form. */
function pattern(text: string, flags = ''): (actual: unknown) => boolean {
  const parts = text.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const form = new RegExp(`^${parts.join('.+')}$`, flags);
  return (actual) => typeof actual === 'string' && form.test(actual);
}

function assertHolds(actual: unknown, expected: unknown, at: { where: string; path: string }): void {
  const { where, path } = at;
  if (typeof expected === 'object' && expected !== null) {
    assert.ok(typeof actual === 'object' && actual !== null, `${where}\nwithout ${path}`);
    for (const [name, inner] of Object.entries(expected))
      assertHolds((actual as Record<string, unknown>)[name], inner, { where, path: `${path}.${name}` });
    return;
  }
  const fits = typeof expected === 'string' ? pattern(expected)(actual) : actual === expected;
  assert.ok(fits, `${where}\nwhere ${path} is not ${JSON.stringify(expected)}`);
}
