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
  readonly falseMisplacedPer10kTagHours: number
  /** EPCs that do not exist and were believed. */
  readonly ghostsBelieved: number
}

const lookEveryMs = 10_000
const restMs = 60_000

export function scoreFloors(rules: readonly NamedRule[], floor: Floor, seed: number): FloorScore[] {
  const plan = planWarehouse({ site: 'bench', name: 'Bench', timeZone: 'UTC', seed, size: warehouseSizes.small })
  const tags = plan.items.length
  const truth = plan.startSlots.map((slot) => ({ slot, since: 0 }))
  const judges = rules.map((rule) => judgeOf(rule.open(), truth))
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
      for (const tag of items) {
        for (const judge of judges) judge.left(tag, atMs)
        const of = truth[tag]
        if (of === undefined) continue
        of.slot = to.kind === 'slot' ? to.slot : -1
        of.since = atMs
      }
    },
  })
  passTo(floor.forMs)
  return judges.map((judge) => judge.score())
}

function judgeOf(rule: LocationRule, truth: readonly { readonly slot: number; readonly since: number }[]) {
  const foundAt = new Map<number, number>()
  const said = new Map<number, number>()
  const delays: number[] = []
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
      if (place === undefined || place === said.get(tag)) return
      said.set(tag, place)
      if (slot >= 0 && place !== slot && at - since >= restMs) wrong += 1
    },
    look(at: number): void {
      truth.forEach(({ slot, since }, tag) => {
        if (slot < 0) return
        this.heard(tag, at) // it may have decided because time went on
        if (at - since < restMs) return
        looks += 1
        if (rule.placeOf(tag) === slot) right += 1
      })
    },
    left: (tag: number, at: number) => {
      const { slot = -1, since = 0 } = truth[tag] ?? {}
      if (slot >= 0 && since > 0 && at - since >= restMs) {
        carried += 1
        const when = foundAt.get(tag)
        if (when !== undefined) found += 1
        delays.push(((when ?? at) - since) / 1000)
      }
      foundAt.delete(tag)
    },
    score(): FloorScore {
      truth.forEach((_, tag) => {
        this.left(tag, 3_600_000)
      })
      return {
        slotAccuracy: right / Math.max(1, looks),
        foundShare: found / Math.max(1, carried),
        p90FindSeconds: quantile(delays, 0.9),
        worstFindSeconds: Math.max(0, ...delays),
        falseMisplacedPer10kTagHours: (wrong / ((looks * lookEveryMs) / 3_600_000)) * 10_000,
        ghostsBelieved: this.ghosts,
      }
    },
  }
}
