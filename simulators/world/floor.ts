import type { Random } from '../../shared/clock.ts'
import { type Air, type Link, look, openLink } from './air.ts'
import { normal } from './chance.ts'
import { advance, type Move, startingWhereabouts } from './movement.ts'
import type { AntennaRead } from './overlap.ts'
import type { WarehousePlan } from './plan.ts'
import { firstTimetable, sendTraffic } from './traffic.ts'

/** A hall of racks with one antenna per slot, pallets that are carried about, and all that antennas hear wrongly. */
export interface Floor {
  readonly air: Air
  /** What each rack boundary between tag and antenna takes, dB. */
  readonly shieldDb: number
  /** Spread of the levels of one tag at several antennas, drawn anew for each stay, dB. */
  readonly linkSpreadDb: number
  /** A pallet is carried to another slot so often, ms. */
  readonly relocationEveryMs: number
  /** cartons: one tag of the pallet is, and the others stay. Otherwise all of them. */
  readonly relocates?: 'cartons'
  /** Share of the antenna visits that hear a tag of far away, as a reflection carries it. */
  readonly crossReadShare: number
  /** Share of the antenna visits that report an EPC that does not exist: noise whose checksum fits. */
  readonly ghostShare: number
  readonly forMs: number
}

/** What happens, in order; the tag of a ghost is beyond the tags of the plan. */
export interface FloorWatcher {
  read(read: AntennaRead): void
  moved(move: Move): void
}

const stepMs = 100
/** Ports of a reader, visited one after the other, one in a step. */
const ports = 32
const ownDbm = -58
const ownMetres = 0.7
const bayMetres = 2.7
const levelMetres = 1.6
const pathLossExponent = 2.2
const tagSpreadDb = 2
const crossDbm = -70

/** Antenna i is that of slot i. */
export function walkFloor(plan: WarehousePlan, floor: Floor, random: Random, watcher: FloorWatcher): void {
  const { slots } = plan.layout
  const near = slots.map((_, antenna) => hearable(plan, antenna, floor.shieldDb))
  const tagDb = plan.items.map(() => normal(random) * tagSpreadDb)
  const links = new Map<number, Link>()
  const { relocationEveryMs, relocates } = floor
  const settings = { relocationEveryMs, relocates, inboundEveryMs: 1e15, outboundEveryMs: 1e15 }
  let whereabouts = startingWhereabouts(plan)
  let timetable = firstTimetable(settings, random)
  let ghosts = 0
  const hear = (at: number, antenna: number, tag: number, meanDbm: number) => {
    const key = tag * slots.length + antenna
    let link = links.get(key)
    if (link === undefined) {
      link = openLink(floor.air, meanDbm + (tagDb[tag] ?? 0) + normal(random) * floor.linkSpreadDb, at, random)
      links.set(key, link)
    }
    const rssiDbm = look(link, floor.air, at, random)
    if (rssiDbm !== undefined) watcher.read({ at, antenna, tag, rssiDbm })
  }
  for (let at = 0; at < floor.forMs; at += stepMs) {
    const advanced = advance(whereabouts, at)
    const sent = sendTraffic(plan, { whereabouts: advanced.whereabouts, timetable }, at, settings, random)
    whereabouts = sent.whereabouts
    timetable = sent.timetable
    for (const move of [...advanced.moves, ...sent.moves]) {
      watcher.moved(move)
      for (const tag of move.items) {
        for (let antenna = 0; antenna < slots.length; antenna += 1) links.delete(tag * slots.length + antenna)
      }
    }
    for (let antenna = (at / stepMs) % ports; antenna < slots.length; antenna += ports) {
      for (const { slot, meanDbm } of near[antenna] ?? []) {
        for (const tag of whereabouts.inSlot[slot] ?? []) hear(at, antenna, tag, meanDbm)
      }
      if (random() < floor.crossReadShare) {
        const tag = Math.floor(random() * plan.items.length)
        if (whereabouts.places[tag]?.kind === 'slot') {
          watcher.read({ at, antenna, tag, rssiDbm: Math.round((crossDbm + normal(random) * 3) * 2) / 2 })
        }
      }
      if (random() < floor.ghostShare) {
        watcher.read({ at, antenna, tag: plan.items.length + ghosts, rssiDbm: crossDbm })
        ghosts += 1
      }
    }
  }
}

/** The slots whose tags an antenna can hear, with the level of an average tag: its own and those that touch it. */
function hearable(plan: WarehousePlan, antenna: number, shieldDb: number) {
  const { slots, levels } = plan.layout

  const at = (slot: number) => ({ bay: Math.floor(slot / levels), level: slot % levels, row: slots[slot]?.y })
  const here = at(antenna)
  const heard: { readonly slot: number; readonly meanDbm: number }[] = []
  for (let slot = 0; slot < slots.length; slot += 1) {
    const there = at(slot)
    const across = there.row === here.row ? Math.abs(there.bay - here.bay) : Number.POSITIVE_INFINITY
    const up = Math.abs(there.level - here.level)
    if (across > 1 || up > 1) continue
    const metres = Math.max(ownMetres, Math.hypot(across * bayMetres, up * levelMetres))
    const meanDbm = ownDbm - 10 * pathLossExponent * Math.log10(metres / ownMetres) - shieldDb * (across + up)
    heard.push({ slot, meanDbm })
  }
  return heard
}
