import type { Rule } from '../../shared/rule.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { between, normal, pick, seededRandom } from './chance.ts'
import { type Article, articles, type TaggedItem, tagPrinter } from './goods.ts'
import { type Layout, layOut } from './layout.ts'
import type { WarehouseSize } from './size.ts'
import { starterRules } from './starter-rules.ts'

/** A warehouse on paper: everything that is known before the first second of its life. */
export interface WarehousePlan {
  readonly seed: number
  readonly map: SiteMap
  readonly rules: readonly Rule[]
  readonly layout: Layout
  /** All tags that can ever be seen: those on the site first, then those expected. */
  readonly items: readonly TaggedItem[]
  /** Needs the cold room; by item. */
  readonly needsCold: readonly boolean[]
  /** Slot index by item; -1 = not yet on the site. */
  readonly startSlots: readonly number[]
  /** How much better (+) or worse (−) than an average tag this one answers, dB; by item. */
  readonly tagOffsetsDb: readonly number[]
  /** Slots that nothing may be taken from or put into by background traffic. */
  readonly keptSlots: ReadonlySet<number>
  /** What has a place of its own: which slot holds how many of it. */
  readonly homes: readonly { readonly slot: number; readonly sku: string; readonly quantity: number }[]
}

export interface PlanOptions {
  readonly site: string
  readonly name: string
  readonly timeZone: string
  readonly seed: number
  readonly size: WarehouseSize
}

/** Share of the slots that hold goods at the start; the rest is room to put away. */
const fillShare = 0.75
/** Spread of tag sensitivity, dB (one sigma). */
const tagSpreadDb = 2

/** Draws a warehouse. The same options give the same plan. */
export function planWarehouse(options: PlanOptions): WarehousePlan {
  const { site, size, seed } = options
  const random = seededRandom(seed)
  const layout = layOut(size)
  const print = tagPrinter(random)
  const chosen = withHomes(layout, chooseSlots(layout, random))

  const items: TaggedItem[] = []
  const needsCold: boolean[] = []
  const startSlots: number[] = []
  const add = (article: Article, slot: number) => {
    items.push(print(article))
    needsCold.push(article.storage === 'cold')
    startSlots.push(slot)
  }
  // Evenly, then the remainder one by one: the count of items is exact, and slots differ by chance all the same.
  const counts = spread(size.items, chosen.length, random)
  chosen.forEach(({ slot, article }, index) => {
    for (let number = 0; number < (counts[index] ?? 0); number += 1) add(article, slot)
  })
  const free = articles.filter(isAnywhere)
  while (items.length < size.items + size.expectedItems) {
    const article = pick(free, random)
    if (article === undefined) break
    const cases = Math.min(between(4, 7, random), size.items + size.expectedItems - items.length)
    for (let number = 0; number < cases; number += 1) add(article, -1)
  }

  return {
    seed,
    layout,
    items,
    needsCold,
    startSlots,
    tagOffsetsDb: items.map(() => normal(random) * tagSpreadDb),
    keptSlots: new Set(chosen.filter(({ article }) => !isAnywhere(article)).map(({ slot }) => slot)),
    homes: chosen.flatMap(({ slot, article: { homes, sku } }, index) =>
      homes === undefined ? [] : [{ slot, sku, quantity: counts[index] ?? 0 }],
    ),
    rules: starterRules(site),
    map: {
      version: 1,
      site,
      name: options.name,
      timeZone: options.timeZone,
      width: layout.width,
      depth: layout.depth,
      zones: [...layout.zones],
      slots: [...layout.slots],
      readPoints: [
        ...layout.rackAntennas,
        ...layout.stagingAntennas.flat(),
        ...layout.gates.flatMap(({ antennas }) => antennas),
      ].map(({ readPoint }) => readPoint),
      sensors: layout.sensors.map(({ place }) => place),
      skus: articles.map(({ sku, name, gtin }) => ({ sku, name, gtin })),
    },
  }
}

function chooseSlots(layout: Layout, random: () => number): { slot: number; article: Article }[] {
  const isCold = layout.slots.map(({ zone }) => zone === 'cold-room')
  const order = shuffled(
    layout.slots.map((_, index) => index),
    random,
  )
  const filled = order.slice(0, Math.max(1, Math.floor(order.length * fillShare)))
  const fixed = articles.flatMap((article) => Array.from({ length: article.slots ?? 0 }, () => article))
  const free = articles.filter(isAnywhere)
  return filled.map((slot) => {
    const storage = isCold[slot] === true ? 'cold' : 'ambient'
    const due = fixed[0]?.storage === storage ? fixed.shift() : undefined
    const article =
      due ??
      pick(
        free.filter((candidate) => candidate.storage === storage),
        random,
      )
    if (article === undefined) throw new RangeError(`no article for ${storage} storage`)
    return { slot, article }
  })
}

/**
 * The first slots that suit them are given to the articles with places of their own, after all was drawn: who has none
 * lies where it lay without them.
 */
function withHomes(layout: Layout, chosen: readonly { readonly slot: number; readonly article: Article }[]) {
  const due = articles.flatMap((article) => Array.from({ length: article.homes ?? 0 }, () => article))
  return chosen.map(({ slot, article }) => {
    const isCold = layout.slots[slot]?.zone === 'cold-room'
    const homed = (due[0]?.storage === 'cold') === isCold && isAnywhere(article) ? due.shift() : undefined
    return { slot, article: homed ?? article }
  })
}

const isAnywhere = ({ slots, homes }: Article) => slots === undefined && homes === undefined

/** `total` over `parts` parts: none empty if it can be helped, and unequal by chance. */
function spread(total: number, parts: number, random: () => number): number[] {
  const counts = Array.from({ length: parts }, () => 0)
  const each = Math.max(1, Math.floor((total / parts) * 0.6))
  let left = total
  for (let index = 0; index < parts && left > 0; index += 1) {
    const share = Math.min(each, left)
    counts[index] = share
    left -= share
  }
  for (; left > 0; left -= 1) {
    const index = Math.floor(random() * parts)
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts
}

function shuffled(list: readonly number[], random: () => number): number[] {
  const result = [...list]
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1))
    const here = result[index] ?? 0
    result[index] = result[other] ?? 0
    result[other] = here
  }
  return result
}
