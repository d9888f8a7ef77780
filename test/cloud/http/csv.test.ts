import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCsv, separatorOf } from '../../../cloud/http/csv.ts'

describe('CSV', () => {
  test.each([
    [
      'plain',
      'a,b\n1,2\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'without a last line end',
      'a,b\n1,2',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'from a spreadsheet',
      '\uFEFFa,b\r\n1,2\r\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'with empty cells',
      ',\n,x',
      [
        [1, '', ''],
        [2, '', 'x'],
      ],
    ],
    [
      'with empty lines',
      'a\n\n\nb\n',
      [
        [1, 'a'],
        [4, 'b'],
      ],
    ],
    ['quoted', '"a ""b"", c",d\n', [[1, 'a "b", c', 'd']]],
    [
      'quoted over two lines',
      '"a\nb",c\nd,e',
      [
        [1, 'a\nb', 'c'],
        [3, 'd', 'e'],
      ],
    ],
    ['a quoted empty cell', '"",x', [[1, '', 'x']]],
    ['nothing', '', []],
  ] as const)('%s', (_name, text, rows) => {
    expect(parseCsv(text)).toEqual({ ok: true, rows: rows.map(([line, ...cells]) => ({ line, cells })) })
  })

  test.each([
    ['an open quote', 'a\n"b', 2],
    ['text after a quote', '"a"b', 1],
  ])('refuses %s', (_name, text, line) => {
    expect(parseCsv(text)).toMatchObject({ ok: false, line })
  })

  test.each([
    ['commas', 'epc,sku\nE201,A;B;C\n', ','],
    ['semicolons', 'epc;sku\nE201;1,5 mm\n', ';'],
    ['tabs, as pasted', 'epc\tsku\r\nE201\tBOLT', '\t'],
    ['a quoted name with others in it', '"a;b;c",d', ','],
    ['one column', 'epc\nE201;x', ','],
    ['nothing', '', ','],
  ] as const)('the separator of %s', (_name, text, separator) => {
    expect(separatorOf(text)).toBe(separator)
  })

  test.each([
    ['a;"b;c";d,e', ';', ['a', 'b;c', 'd,e']],
    ['a\tb,c', '\t', ['a', 'b,c']],
  ] as const)('%j is split by %j', (text, separator, cells) => {
    expect(parseCsv(text, separator)).toEqual({ ok: true, rows: [{ line: 1, cells }] })
  })

  test('reads what was written, whatever is in it', () => {
    const rows = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { maxLength: 5 })
    fc.assert(
      fc.property(rows, fc.constantFrom(',' as const, ';' as const, '\t' as const), (rows, separator) => {
        const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`
        const csv = parseCsv(rows.map((row) => row.map(quote).join(separator)).join('\r\n'), separator)
        expect(csv.ok && csv.rows.map(({ cells }) => cells)).toEqual(rows)
      }),
    )
  })

  test('never throws and always ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a') }), (text) => void parseCsv(text)),
    )
  })
})
