import { bitsAt } from './bits.ts'
import { identitiesOf } from './elements.ts'
import { tagsOf } from './encode.ts'

/**
 * The article of an SGTIN-96 or SGTIN-198 as one number: partition, company prefix and item reference, bits 11 to 57.
 * Looking an article up by it costs a tenth of what the GTIN costs, which matters where a million tags are asked.
 */
export function articleOf(hex: string): number | undefined {
  const isSgtin = (hex.startsWith('30') && hex.length >= 24) || (hex.startsWith('36') && hex.length >= 52)
  return isSgtin ? bitsAt(hex, 11, 47) : undefined // 52 bits with the digits that they share
}

/** The numbers that a GTIN of 14 digits has, one for each length of the company prefix; none if it is no GTIN. */
export function articlesOf(gtin14: string): readonly number[] {
  const items = identitiesOf([
    ['01', gtin14],
    ['21', '1'],
  ])
  return items.flatMap((item) => articleOf(tagsOf(item)[0] ?? '') ?? [])
}
