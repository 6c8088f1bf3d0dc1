import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { csvRecord } from '#api/csv.ts';

describe('a record of CSV', () => {
  it('ends as RFC 4180 has it, and quotes what would be read otherwise', () => {
    assert.equal(csvRecord(['a', '', 'b,c', 'say "d"', 'e\nf']), 'a,,"b,c","say ""d""","e\nf"\r\n');
  });

  const FORMULAS = ['=1+1', '+1+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("//x","y")', '-', '-1e5'];
  for (const formula of FORMULAS) {
    it(`marks ${JSON.stringify(formula)} as a text`, () => {
      const [[value] = []] = parse(csvRecord([formula]), { relax_quotes: false });
      assert.equal(value, `'${formula}`);
    });
  }

  for (const number of ['-12.50', '-0.001', '0', '1234567', '-7']) {
    it(`leaves the number ${number} a number`, () => assert.equal(csvRecord([number]), `${number}\r\n`));
  }

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 6 }), (values) => {
        const [read = []]: string[][] = parse(csvRecord(values));
        assert.deepEqual(
          read,
          values.map((value) => (/^[=+\-@\t\r]/.test(value) && !/^-\d+$/.test(value) ? `'${value}` : value)),
        );
      }),
    );
  });
});
