import { seededRandom } from '../../simulators/world/chance.ts'
import { type Floor, walkFloor } from '../../simulators/world/floor.ts'
import { planWarehouse } from '../../simulators/world/plan.ts'
import { warehouseSizes } from '../../simulators/world/size.ts'
import type { LocationRule, NamedRule } from './rule.ts'
import { quantile } from './statistics.ts'

/** What one rule made of one seed of a hall of racks. */
export interface FloorScore {
  /** Looked at every 10 s, of the tags that have been at rest in their slot for a minute: named as being there. */
  readonly slotAccuracy: number
  /** Of the tags that were carried to another slot and stayed for a minute at least. */
  readonly foundShare: number
  readonly p90FindSeconds: number
  readonly worstFindSeconds: number
  /** Tags at rest that were said to be in another slot, each time anew, per 10,000 tag-hours. */
  readonly falseMovesPer10kTagHours: number
  /**
   * Pallets that were carried from where they belong to another slot: until the first of its tags is listed as misplaced.
   * One that was not by the end of its stay counts as that long.
   */
  readonly p90MisplacedSeconds: number
  readonly misplacedShare: number
  /** Tags at rest where they belong that were listed as misplaced, each time anew, per 10,000 tag-hours. */
  readonly falseMisplacedPer10kTagHours: number
  /** EPCs that do not exist and were believed. */
  readonly ghostsBelieved: number
}

/** Where a tag is, -1: on its way; where it was before that, and with which others it came. */
interface Truth {
  slot: number
  since: number
  home: number
  pallet: number
}

const lookEveryMs = 10_000
const restMs = 60_000

export function scoreFloors(rules: readonly NamedRule[], floor: Floor, seed: number): FloorScore[] {
  const plan = planWarehouse({ site: 'bench', name: 'Bench', timeZone: 'UTC', seed, size: warehouseSizes.small })
  const tags = plan.items.length
  const truth: Truth[] = plan.startSlots.map((slot) => ({ slot, since: 0, home: slot, pallet: -1 }))
  const bySku = Map.groupBy(plan.items.keys(), (tag) => plan.items[tag]?.sku)
  const mates = plan.items.map(({ sku }, tag) => (bySku.get(sku) ?? []).filter((other) => other !== tag))
  const judges = rules.map((rule) => judgeOf(rule.open(), truth, mates))
  let pallets = 0
  let second = 0
  const passTo = (at: number) => {
    for (; second * 1000 <= at; second += 1) {
      for (const judge of judges) judge.rule.passed(second * 1000)
      if ((second * 1000) % lookEveryMs === 0) for (const judge of judges) judge.look(second * 1000)
    }
  }
  walkFloor(plan, floor, seededRandom(seed), {
    read: (read) => {
      passTo(read.at)
      for (const judge of judges) {
        judge.rule.take(read)
        if (read.tag < tags) judge.heard(read.tag, read.at)
        else if (judge.rule.placeOf(read.tag) !== undefined) judge.ghosts += 1
      }
    },
    moved: ({ items, to, atMs }) => {
      passTo(atMs)
      pallets += 1
      for (const tag of items) {
        for (const judge of judges) judge.left(tag, atMs)
        const of = truth[tag]
        if (of === undefined) continue
        if (of.slot >= 0) of.home = of.slot
        of.slot = to.kind === 'slot' ? to.slot : -1
        of.since = atMs
        of.pallet = pallets
      }
    },
  })
  passTo(floor.forMs)
  return judges.map((judge) => judge.score())
}

function judgeOf(rule: LocationRule, truth: readonly Readonly<Truth>[], mates: readonly (readonly number[])[]) {
  const foundAt = new Map<number, number>()
  const said = new Map<number, number>()
  const delays: number[] = []
  /** pallet → seconds until it was listed as misplaced, or how long it stayed. */
  const misplaced = new Map<number, { readonly seconds: number; readonly isFound: boolean }>()
  const listedAt = new Map<number, number>()
  const falselyListed = new Set<number>()
  let falseListings = 0
  const isListed = (tag: number, home: number) => {
    const place = rule.placeOf(tag)
    return place !== undefined && place !== home && rule.isSurelyOutOf?.(tag, home, mates[tag] ?? []) !== false
  }
  let found = 0
  let carried = 0
  let looks = 0
  let right = 0
  let wrong = 0
  return {
    rule,
    ghosts: 0,
    heard: (tag: number, at: number) => {
      const place = rule.placeOf(tag)
      const { slot = -1, since = 0 } = truth[tag] ?? {}
      if (place === slot && since > 0 && !foundAt.has(tag)) foundAt.set(tag, at)
      if (place === slot && since > 0 && !listedAt.has(tag) && isListed(tag, truth[tag]?.home ?? -1))
        listedAt.set(tag, at)
      if (place === undefined || place === said.get(tag)) return
      said.set(tag, place)
      if (slot >= 0 && place !== slot && at - since >= restMs) wrong += 1
    },
    look(at: number): void {
      truth.forEach(({ slot, since, home }, tag) => {
        if (slot < 0) return
        // It belongs where it lies; still to be held to be where it was before is to be slow, and is told by the delays.
        const isOld = rule.placeOf(tag) === home && !foundAt.has(tag)
        const isFalse = at - since >= restMs && !isOld && isListed(tag, slot)
        if (isFalse && !falselyListed.has(tag)) falseListings += 1
        if (isFalse) falselyListed.add(tag)
        else falselyListed.delete(tag)
        this.heard(tag, at) // it may have decided because time went on
        if (at - since < restMs) return
        looks += 1
        if (rule.placeOf(tag) === slot) right += 1
      })
    },
    left: (tag: number, at: number) => {
      const { slot = -1, since = 0, home = -1, pallet = -1 } = truth[tag] ?? {}
      if (slot >= 0 && since > 0 && at - since >= restMs) {
        if (home >= 0 && home !== slot) {
          const listed = listedAt.get(tag)
          const seconds = ((listed ?? at) - since) / 1000
          const first = misplaced.get(pallet)
          if (first === undefined || seconds < first.seconds)
            misplaced.set(pallet, { seconds, isFound: listed !== undefined })
        }
        carried += 1
        const when = foundAt.get(tag)
        if (when !== undefined) found += 1
        delays.push(((when ?? at) - since) / 1000)
      }
      foundAt.delete(tag)
      listedAt.delete(tag)
    },
    score(): FloorScore {
      truth.forEach((_, tag) => {
        this.left(tag, 3_600_000)
      })
      const pallets = [...misplaced.values()]
      const tagHours = (looks * lookEveryMs) / 3_600_000
      return {
        slotAccuracy: right / Math.max(1, looks),
        foundShare: found / Math.max(1, carried),
        p90FindSeconds: quantile(delays, 0.9),
        worstFindSeconds: Math.max(0, ...delays),
        falseMovesPer10kTagHours: (wrong / tagHours) * 10_000,
        p90MisplacedSeconds: quantile(
          pallets.map(({ seconds }) => seconds),
          0.9,
        ),
        misplacedShare: pallets.filter(({ isFound }) => isFound).length / Math.max(1, pallets.length),
        falseMisplacedPer10kTagHours: (falseListings / tagHours) * 10_000,
        ghostsBelieved: this.ghosts,
      }
    },
  }
}
