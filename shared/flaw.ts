import { z } from 'zod'

/**
 * What is wrong with a row of a spreadsheet, as a code of a closed list and its values: whoever shows it says it in the
 * language of the reader (`flaw-en.ts` in English).
 */

const name = z.string()
const line = z.int().describe('of the text, 1-based')
const most = z.int()

export const Flaw = z.discriminatedUnion('code', [
  // the text
  z.object({ code: z.literal('quote-not-closed') }),
  z.object({ code: z.literal('text-after-quote') }),
  z.object({
    code: z.literal('columns'),
    required: z.array(name),
    optional: z.array(name),
    found: z.array(name),
  }),
  z.object({ code: z.literal('cells'), cells: z.int(), columns: z.int() }),
  z.object({ code: z.literal('repeated'), line }),
  // a cell by itself
  z.object({ code: z.literal('no-epc') }),
  z.object({ code: z.literal('no-sscc') }),
  z.object({ code: z.literal('no-identifier') }),
  z.object({ code: z.literal('no-line'), most: most.describe('characters') }),
  z.object({ code: z.literal('too-long'), most: most.describe('characters') }),
  z.object({ code: z.literal('no-instant') }),
  z.object({ code: z.literal('no-whole-number'), least: z.int(), most }),
  z.object({ code: z.literal('no-metres'), aboveZero: z.boolean() }),
  z.object({ code: z.literal('no-gtin') }),
  z.object({ code: z.literal('none-of'), choices: z.array(name) }),
  // against the map
  z.object({ code: z.literal('not-on-map'), what: z.enum(['zone', 'slot', 'sku', 'gate']), name }),
  z.object({ code: z.literal('needed-for-new'), what: z.enum(['slot', 'sku']) }),
  z.object({ code: z.literal('gtin-of-other'), sku: name }),
  // against the rest of the row
  z.object({ code: z.literal('says-nothing') }),
  z.object({ code: z.literal('names-not-one') }),
  z.object({ code: z.literal('parent-without-unit') }),
  z.object({ code: z.literal('quantity-missing') }),
  // against other rows
  z.object({ code: z.literal('shipment-otherwise'), line }),
  z.object({ code: z.literal('too-many-lines'), most }),
  z.object({ code: z.literal('unit-on-itself') }),
  z.object({ code: z.literal('units-too-high'), most }),
  // against what is there already
  z.object({ code: z.literal('shipment-ended') }),
  z.object({ code: z.literal('too-many-shipments'), most }),
  z.object({ code: z.literal('names-no-unit') }),
  z.object({ code: z.literal('names-no-tag') }),
  z.object({ code: z.literal('is-unit') }),
])
export type Flaw = z.infer<typeof Flaw>
export type FlawCode = Flaw['code']

/** A sentence for every code of the list. */
export type FlawWords = {
  readonly [Code in FlawCode]: (flaw: Extract<Flaw, { code: Code }>) => string
}

/** The sentence; undefined for a code that a newer server sends and that has no words here yet. */
export function sayFlaw(words: FlawWords, flaw: Flaw): string | undefined {
  if (!Object.hasOwn(words, flaw.code)) return undefined
  const said: (flaw: never) => string = words[flaw.code]
  return said(flaw as never)
}
