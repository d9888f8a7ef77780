import { z } from 'zod'
import { EpcHex, Identifier } from './identifier.ts'

/** What is packed on what: tags on a logistic unit, as in the AggregationEvent of EPCIS 2.0. */

const Iso = z.iso.datetime()
const Digits18 = z.string().regex(/^\d{18}$/)
/** Of one unit; what is beyond is counted. */
export const mostChildrenShown = 500

const since = {
  since: Iso.describe('packed since'),
  apartSince: Iso.nullable().describe(
    'held to be elsewhere than its unit for minutes, since then: it does not go with it any more',
  ),
}

/** With what an item goes, and what goes with it. */
export const Aggregation = z.object({
  epc: EpcHex,
  sscc: Digits18.nullable().describe('its number, of a logistic unit'),
  parent: z
    .object({ epc: EpcHex, sscc: Digits18, ...since })
    .nullable()
    .describe('the logistic unit that it is packed on'),
  children: z
    .array(
      z.object({
        epc: EpcHex,
        sku: z.string().nullable(),
        zone: Identifier.nullable(),
        slot: Identifier.nullable(),
        ...since,
      }),
    )
    .readonly()
    .describe('what is packed on it, the first 500 by EPC'),
  leftOut: z.int().describe('children beyond those'),
})
export type Aggregation = z.infer<typeof Aggregation>

/** A logistic unit with something on it. */
export const PackedUnit = z.object({
  epc: EpcHex,
  sscc: Digits18,
  zone: Identifier.nullable(),
  slot: Identifier.nullable(),
  children: z.int().describe('so many are packed on it'),
  since: Iso.describe('when the first of them was packed'),
})
export type PackedUnit = z.infer<typeof PackedUnit>

/** What moved together with a logistic unit, and of which nobody said that it is packed on it. */
export const ProposedAggregation = z.object({
  parent: EpcHex,
  sscc: Digits18,
  child: EpcHex,
  sku: z.string().nullable(),
  together: z.int().describe('so often both went to one place at one read point within seconds, in the last days'),
  lastAt: Iso,
})
export type ProposedAggregation = z.infer<typeof ProposedAggregation>
