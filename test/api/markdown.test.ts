import assert from 'node:assert/strict';
import { createMarkdown } from '#api/docs/markdown.ts';

const render = createMarkdown({
  pageOf: (file) => `/pages/${file.replace('.md', '')}`,
  referenceOf: (code) => (code === 'GET /things' ? '/docs#/things/listThings' : undefined),
});

describe('Markdown of ours', () => {
  it('shows HTML instead of obeying it', () => {
    const html = render('<script>alert(1)</script>\n\nand <b onclick="x()">bold</b>, `<i>` & so on');
    assert.doesNotMatch(html, /<(?:script|b|i)\b/);
    assert.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
    assert.ok(html.includes('&lt;b onclick=&quot;x()&quot;&gt;'));
    assert.ok(html.includes('<code>&lt;i&gt;</code>'));
  });

  it('shows code as it is', () => {
    const html = render('```sh\necho "$A" | sed \'s/<a>/&/\'\n```\n');
    assert.ok(html.includes('<code class="language-sh">'));
    assert.ok(html.includes('echo &quot;$A&quot; | sed &#39;s/&lt;a&gt;/&amp;/&#39;'));
  });

  const links: [string, string][] = [
    ['[text](webhooks.md)', '<a href="/pages/webhooks">text</a>'],
    ['[text](webhooks.md#part)', '<a href="/pages/webhooks#part">text</a>'],
    ['[text](/docs)', '<a href="/docs">text</a>'],
    ['[text](#part)', '<a href="#part">text</a>'],
    ['[text](https://example.org/?a=1&b=2)', '<a href="https://example.org/?a=1&amp;b=2">text</a>'],
    [
      '[text](<https://example.org/"onclick="x()>)',
      '<a href="https://example.org/&quot;onclick=&quot;x()">text</a>',
    ],
  ];
  for (const [markdown, html] of links) {
    it(`links ${markdown}`, () => assert.equal(render(markdown), `<p>${html}</p>\n`));
  }

  it('makes no link to what is no address', () => {
    for (const address of [
      'javascript:x()',
      'JaVaScRiPt:x()',
      'data:text/html,x',
      '//evil.example',
      '../up.md',
      'a:b',
    ])
      assert.equal(render(`[text](${address})`), '<p>text</p>\n', address);
  });

  it('loads no pictures', () => {
    assert.equal(render('![a cat](https://example.org/cat.png)'), '<p>a cat</p>\n');
  });

  it('links codes that the reference tells of', () => {
    assert.equal(
      render('`GET /things`'),
      '<p><a href="/docs#/things/listThings"><code>GET /things</code></a></p>\n',
    );
    assert.equal(render('`GET /others`'), '<p><code>GET /others</code></p>\n');
  });

  it('gives headings a name to link to', () => {
    assert.equal(
      render('## For clients: read `it`'),
      '<h2 id="for-clients-read-it">For clients: read <code>it</code></h2>\n',
    );
    assert.doesNotMatch(render('## a" onclick="x()'), /onclick="/);
  });
});
