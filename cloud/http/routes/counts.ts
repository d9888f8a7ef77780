import { z } from 'zod'
import type { Item } from '../../../shared/api.ts'
import { readCode, tagsOfCode } from '../../../shared/epc/code.ts'
import { Fault } from '../../../shared/fault.ts'
import { UntaggedQuantity } from '../../../shared/goods.ts'
import { EpcHex, Identifier } from '../../../shared/identifier.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import { byOf } from '../access.ts'
import type { Api, HttpParts } from '../parts.ts'

const itemsPerPage = 500
/** A slot with more than so many items is no slot. */
const mostItems = 10_000

const Count = z.strictObject({
  slot: Identifier,
  codes: z
    .array(z.string().min(1).max(512))
    .max(1000)
    .describe('all that was scanned there: EPCs in hex, barcodes, Digital Links'),
  untagged: z
    .array(UntaggedQuantity)
    .max(200)
    .refine((rows) => new Set(rows.map(({ sku }) => sku)).size === rows.length, 'name each SKU once')
    .optional()
    .describe(
      'goods without tags, by SKU; those not named stay as they were counted before. A SKU that the site does not know is refused',
    ),
  at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('when it was counted, default now; sent again with the same instant, a count changes nothing'),
})

const Report = z.object({
  found: z.array(EpcHex).readonly().describe('expected there, and scanned'),
  missing: z.array(EpcHex).readonly().describe('expected there, and not scanned; nothing is concluded from it'),
  unexpected: z.array(EpcHex).readonly().describe('known to be elsewhere until now'),
  unknown: z.array(z.string()).readonly().describe('codes that name nothing that was ever seen'),
  untagged: z
    .array(UntaggedQuantity.extend({ was: z.int().describe('as counted before') }))
    .readonly()
    .describe('goods without tags'),
  offset: z.int().describe('of the entry in the journal'),
})

/** Cycle counts by hand: one slot, everything that was scanned in it, and what lies there without tags. */
export function countRoutes(app: Api, { inventory, goods, journal, clock }: HttpParts): void {
  app.post(
    '/api/v1/sites/:site/counts',
    {
      schema: {
        summary: 'Count a slot: what was scanned there, against what is believed to be there',
        tags: ['stock'],
        params: z.strictObject({ site: Identifier }),
        body: Count,
        response: { 202: Report },
      },
    },
    async (request, reply) => {
      const { site } = request.params
      const { slot, codes, untagged = [], at } = request.body
      const map = await inventory.map(site)
      if (map === undefined || map.slots.every(({ id }) => id !== slot))
        throw new Fault('not-found', `There is no slot ${slot}.`)
      const strangers = await unknownSkus(map, untagged)
      if (strangers.length > 0) throw new Fault('bad-input', sentenceOf(strangers))
      const now = clock.now()
      const countedAt = at === undefined ? now : Math.min(Date.parse(at), now)
      const report = compare(await expectedIn(site, slot), codes)
      const unexpected: string[] = []
      const unknown: string[] = []
      for (const code of report.others) {
        const item = await inventory.item(code)
        if (item?.site === site) unexpected.push(item.epc)
        else unknown.push(code)
      }
      const before = untagged.length === 0 ? [] : await inventory.untagged(site, slot)
      const was = new Map(before.map(({ sku, quantity }) => [sku, quantity]))
      const said = { slot, codes, ...(untagged.length > 0 && { untagged }) }
      const record = { kind: 'counted', at: countedAt, by: byOf(request), ...said } as const
      const offset = await journal.appendOwn(site, [record])
      const { found, missing } = report
      const counted = untagged.map((row) => ({ ...row, was: was.get(row.sku) ?? 0 }))
      return reply.code(202).send({ found, missing, unexpected, unknown, untagged: counted, offset })
    },
  )

  /**
   * SKUs that nobody has spoken of: not on the map, expected nowhere, and of nothing in stock. A slip of the pen would make
   * stock that no read ever corrects. Counting none is no stock, and takes back what was counted before the SKU went. A site
   * whose map names no SKU keeps its articles elsewhere: there is nothing to hold a count against (as in import-expected).
   */
  async function unknownSkus(map: SiteMap, untagged: readonly UntaggedQuantity[]): Promise<readonly string[]> {
    const onMap = new Set(map.skus.map(({ sku }) => sku))
    const unknown: string[] = []
    if (onMap.size === 0) return unknown
    for (const { sku, quantity } of untagged) {
      if (quantity === 0 || onMap.has(sku)) continue
      const lying = await inventory.stock(map.site, { sku }, { limit: 1 })
      if (lying.items.length > 0) continue
      const expected = await goods.expected(map.site, { sku }, { limit: 1 })
      if (expected.items.length === 0) unknown.push(sku)
    }
    return unknown
  }

  async function expectedIn(site: string, slot: string): Promise<readonly Item[]> {
    const expected: Item[] = []
    let cursor: string | undefined
    do {
      const page = await inventory.items(site, slot, { limit: itemsPerPage, ...(cursor !== undefined && { cursor }) })
      expected.push(...page.items.filter((item) => item.slot === slot && item.state === 'present'))
      cursor = page.next ?? undefined
    } while (cursor !== undefined && expected.length < mostItems)
    return expected
  }
}

const namedAtMost = 5

function sentenceOf(skus: readonly string[]): string {
  const more = skus.length > namedAtMost ? ` and ${skus.length - namedAtMost} more` : ''
  const named = `${skus.slice(0, namedAtMost).join(', ')}${more}`
  return (
    `Nobody knows the SKU ${named} on this site, so nothing was counted. Check the spelling; ` +
    'a new article is made known first: Imports → SKUs on the board, or import/skus.'
  )
}

/** Each expected item once, however often and in whatever form it was scanned; `others` are the codes of none of them. */
function compare(expected: readonly Item[], codes: readonly string[]) {
  const missing = new Set(expected.map(({ epc }) => epc))
  const found = new Set<string>()
  const others = new Set<string>()
  for (const code of codes) {
    const read = readCode(code)
    const epc = (read.ok ? tagsOfCode(read.value) : []).find((tag) => missing.has(tag) || found.has(tag))
    if (epc === undefined) others.add(code)
    else {
      missing.delete(epc)
      found.add(epc)
    }
  }
  return { found: [...found], missing: [...missing], others: [...others] }
}
