import type { FlawWords } from './flaw.ts'

/** What is wrong with a row of a spreadsheet, in English; said of its cell. */
export const flawEn: FlawWords = {
  'quote-not-closed': () => 'a quoted cell is not closed',
  'text-after-quote': () => 'text after a closing quote',
  columns: ({ required, optional, found }) => {
    const more = optional.length === 0 ? '' : `; it may name ${optional.join(', ')}`
    return `must name the columns ${required.join(', ')}${more}; and no others. Found: ${found.join(', ') || 'nothing'}`
  },
  cells: ({ cells, columns }) => `has ${cells} cells instead of ${columns}`,
  repeated: ({ line }) => `is on line ${line} already`,

  'no-epc': () => 'must be hex digits, whole bytes',
  'no-sscc': () => 'must be 18 digits with a right check digit',
  'no-identifier': () => 'must be 1–64 letters, digits, "_", "." or "-"',
  'no-line': ({ most }) => `must be 1–${most} characters on one line`,
  'too-long': ({ most }) => `must be 1–${most} characters`,
  'no-instant': () => 'must be a day such as 2026-03-31, or an instant with its zone',
  'no-whole-number': ({ least, most }) => `must be a whole number from ${least} to ${most}`,
  'no-metres': ({ aboveZero }) => `must be metres${aboveZero ? ', above 0' : ''}`,
  'no-gtin': () => 'must be a GTIN with a right check digit',
  'none-of': ({ choices }) => `must be ${choices.join(' or ')}`,

  'not-on-map': ({ what, name }) => `there is no ${what === 'sku' ? 'SKU' : what} "${name}" on the map`,
  'needed-for-new': ({ what }) => `is needed for a new ${what === 'sku' ? 'SKU' : what}`,
  'gtin-of-other': ({ sku }) => `is the one of ${sku}`,

  'says-nothing': () => 'says nothing about its EPC',
  'names-not-one': () => 'must name one of epc, sscc, or sku and quantity',
  'parent-without-unit': () => 'is of a row that names a logistic unit, and nothing else',
  'quantity-missing': () => 'must say how many of the SKU are on the logistic unit',

  'shipment-otherwise': ({ line }) => `says of the shipment otherwise than line ${line}`,
  'too-many-lines': ({ most }) => `is more than ${most} lines of one shipment`,
  'unit-on-itself': () => 'the unit would stand on itself',
  'units-too-high': ({ most }) => `more than ${most} units would stand on each other`,

  'shipment-ended': () => 'has ended',
  'too-many-shipments': ({ most }) => `more than ${most} would be open`,
  'names-no-unit': () => 'must name an SSCC',
  'names-no-tag': () => 'names no tag that was ever heard of',
  'is-unit': () => 'is a logistic unit itself',
}
