import { iso, type Page, type UnknownTag } from '../../shared/api.ts'
import { describeEpc } from '../../shared/epc/describe.ts'
import type { PageRequest } from '../http/read-models.ts'
import { isUnitTag } from './aggregation-view.ts'
import { skuIn } from './sku.ts'
import type { InventoryState } from './state.ts'

/**
 * The queue of tags that are on a site and of which nobody has said what they are on, in the order in which they were first
 * heard of. Logistic units, tags that are fixed to slots, and what was only glimpsed are not among them. Whoever imports the
 * tag, or gives the map the GTIN that is on it, takes it out.
 */
export function unknownTagsOn(state: InventoryState, site: string, page: PageRequest): Page<UnknownTag> {
  const map = state.sites.get(site)?.index?.map
  const fixed = new Set(map?.slots.flatMap(({ referenceTags = [] }) => referenceTags))
  const items: UnknownTag[] = []
  let last = 0
  for (let index = Math.max(0, Math.trunc(Number(page.cursor ?? 0)) || 0); index < state.items.length; index += 1) {
    const item = state.items[index]
    if (item === undefined || item.place === null || item.place.site !== site || item.place.departed) continue
    const { epc, place, since, lastSeenAt, reads } = item
    if (isUnitTag(epc) || fixed.has(epc) || skuIn(state, item) !== null) continue
    if (items.length === page.limit) return { items, next: String(last) }
    const { elementString } = describeEpc(epc)
    const seenAt = lastSeenAt === 0 ? since : lastSeenAt
    items.push({
      epc,
      elementString,
      zone: place.zone,
      slot: place.slot,
      since: iso(since),
      lastSeenAt: iso(seenAt),
      reads,
    })
    last = item.id
  }
  return { items, next: null }
}
