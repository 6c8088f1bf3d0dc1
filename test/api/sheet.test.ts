import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { day, escaped, fact, figures, sheetHead } from '#api/sheet.ts';

describe('a sheet', () => {
  const AMOUNTS = [
    { amount: 123_456_789, currency: 'GBP', shown: '1,234,567.89' },
    { amount: -123_450, currency: 'GBP', shown: '−1,234.50' },
    { amount: -5, currency: 'GBP', shown: '−0.05' },
    { amount: 0, currency: 'GBP', shown: '0.00' },
    { amount: 100_000, currency: 'GBP', shown: '1,000.00' },
    { amount: 12_345, currency: 'JPY', shown: '12,345' },
    { amount: -999, currency: 'JPY', shown: '−999' },
    { amount: 1_234_567, currency: 'KWD', shown: '1,234.567' },
  ];
  for (const { shown, ...money } of AMOUNTS) {
    it(`shows ${money.amount} ${money.currency} as ${shown} (M1)`, () => assert.equal(figures(money), shown));
  }

  it('shows texts, and obeys none', () => {
    const hostile = `<script>"x" & 'y'</script>`;
    const harmless = '&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/script&gt;';
    assert.equal(escaped(hostile), harmless);
    for (const html of [fact(hostile, hostile), sheetHead(hostile)]) {
      assert.ok(html.includes(harmless));
      assert.ok(!html.includes('<script'));
    }
  });

  it('shows a date as people write it', () => {
    assert.equal(day('2027-05-01'), '<time datetime="2027-05-01">1 May 2027</time>');
  });
});
