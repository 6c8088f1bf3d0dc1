import { Marked } from 'marked';
import { escaped } from '../sheet.ts';

/** Where links of a Markdown text lead. */
export interface Places {
  /** The page of another Markdown file beside this one: `webhooks.md`. */
  pageOf: (file: string) => string;
  /** The place that tells of what a code names, such as `POST /bookings`; undefined where there is none. */
  referenceOf: (code: string) => string | undefined;
}

const MARKDOWN_FILE = /^([\w-]+\.md)(#[\w-]*)?$/;
/** What a link may lead to: a page of the web, of ours, or a place on this page. Never a script. */
const ADDRESS = /^(?:https?:\/\/|\/(?!\/)|#)/;

/** `The challenge, passed` → `the-challenge-passed`: what a link to a heading calls it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(/\s+/g, '-');
}

/**
 * A renderer of Markdown for pages of ours. HTML within the text is shown, not obeyed; a picture becomes its caption;
 * a link that leads to no address becomes its text; a code that the reference knows becomes a link there.
 */
export function createMarkdown({ pageOf, referenceOf }: Places): (text: string) => string {
  const marked = new Marked({
    async: false,
    renderer: {
      html: ({ text }) => escaped(text),
      image: ({ text }) => escaped(text),
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      codespan({ text }) {
        const code = `<code>${escaped(text)}</code>`;
        const address = referenceOf(text);
        return address === undefined ? code : `<a href="${escaped(address)}">${code}</a>`;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const [, file, anchor = ''] = MARKDOWN_FILE.exec(href) ?? [];
        const address = file === undefined ? href : pageOf(file) + anchor;
        return ADDRESS.test(address) ? `<a href="${escaped(address)}">${inner}</a>` : inner;
      },
    },
  });
  return (text) => marked.parse(text, { async: false });
}
