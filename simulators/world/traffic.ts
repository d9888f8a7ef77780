import type { Random } from '../../shared/clock.ts'
import { waitingTime } from './chance.ts'
import { inbound, outbound, relocation } from './errands.ts'
import { dispatch, type Errand, type Move, type Whereabouts } from './movement.ts'
import type { WarehousePlan } from './plan.ts'

/** What moves all day without any story: pallets in, pallets out, and from slot to slot. */
export interface TrafficSettings {
  readonly relocationEveryMs: number
  /** cartons: one item of a slot is carried to another. Otherwise all of them. */
  readonly relocates?: 'cartons' | undefined
  readonly inboundEveryMs: number
  readonly outboundEveryMs: number
}

/** When something is next sent on its way. */
export interface Timetable {
  readonly relocation: number
  readonly inbound: number
  readonly outbound: number
}

/** Loads under way at one time; traffic waits when there are as many. */
const maxLoads = 60

export function firstTimetable(settings: TrafficSettings, random: Random): Timetable {
  return {
    relocation: waitingTime(settings.relocationEveryMs, random),
    inbound: waitingTime(settings.inboundEveryMs, random),
    outbound: waitingTime(settings.outboundEveryMs, random),
  }
}

/** Sends off what is due at `nowMs`. */
export function sendTraffic(
  plan: WarehousePlan,
  before: { readonly whereabouts: Whereabouts; readonly timetable: Timetable },
  nowMs: number,
  settings: TrafficSettings,
  random: Random,
): { readonly whereabouts: Whereabouts; readonly timetable: Timetable; readonly moves: readonly Move[] } {
  let { whereabouts, timetable } = before
  const moves: Move[] = []
  const sendOff = (errandOf: () => Errand | undefined) => {
    if (whereabouts.loads.length >= maxLoads) return
    const sent = dispatch(whereabouts, errandOf(), nowMs)
    whereabouts = sent.whereabouts
    moves.push(...sent.moves)
  }
  if (nowMs >= timetable.relocation) {
    timetable = { ...timetable, relocation: nowMs + waitingTime(settings.relocationEveryMs, random) }
    sendOff(() => relocation(plan, whereabouts, random, settings.relocates === 'cartons'))
  }
  if (nowMs >= timetable.outbound) {
    timetable = { ...timetable, outbound: nowMs + waitingTime(settings.outboundEveryMs, random) }
    sendOff(() => outbound(plan, whereabouts, random))
  }
  if (nowMs >= timetable.inbound) {
    timetable = { ...timetable, inbound: nowMs + waitingTime(settings.inboundEveryMs, random) }
    const gate = Math.floor(random() * plan.layout.gates.length)
    sendOff(() => inbound(plan, whereabouts, gate, 0, random))
  }
  return { whereabouts, timetable, moves }
}
