import type { Random } from '../../shared/clock.ts'
import type { Antenna } from './layout.ts'
import { gateMs, type Move, type Whereabouts } from './movement.ts'
import type { WarehousePlan } from './plan.ts'
import { lookAtTag, portalAntennaDbm, rackAntennaDbm } from './radio.ts'

/** Which antennas look when, and which tags they see. */

export interface Sight {
  readonly atMs: number
  readonly device: string
  /** 1-based port. */
  readonly antenna: number
  readonly item: number
  readonly rssiDbm: number
  /** The tag is really somewhere else than this antenna speaks for. */
  readonly stray: boolean
}

export interface Inventory {
  /** Next slot of the round, counted in visits. */
  readonly visit: number
  /** Part of a visit that is already due. */
  readonly due: number
  /** Slots whose goods just came, looked at closely. */
  readonly fresh: readonly { readonly slot: number; readonly sinceMs: number }[]
  /** While every tag of the site is wanted at once; by item, how often it still is to be seen. */
  readonly sweep: { readonly wanted: Uint8Array; readonly left: number; readonly sinceMs: number } | undefined
}

export interface RadioSettings {
  /** Reads a second to aim at in all, once the first sweep is over. Gates and staging have their share in it. */
  readonly readsPerSecond: number
  /**
   * What a tag of a neighbouring slot loses against one in its own, beside distance, dB. At 28 one read in 1,500 is
   * stray, at 20 one in 200, at 16 one in 50.
   */
  readonly shieldDb: number
}

const slotMetres = 0.7
const neighbourMetres = 1.6
const stagingMetres = 2.5
/** A parked pallet seen from a gate that faces elsewhere. */
const parkedMetres = 7
const parkedLossDb = 18
const expectedReadShare = 0.82
const usualTrafficReadsPerSecond = 24
/** A sweep visits every slot once in this time, and goes on for so long at most. */
const sweepRoundMs = 2_500
/** One look is a glimpse: it takes two to be in stock. */
const sweepLooks = 2
const sweepLimitMs = 10_000
/** After goods came to a place, and then for as long as they stay in staging. */
const closeLooksMs = [300, 800, 1_300, 1_800] as const
/**
 * A reader that heard tags which it did not know before goes on to visit their antenna between its rounds: what was put down
 * is told from what only passed. Until then nobody could be sure of a move before a round, of minutes, was over a few times.
 */
const freshLookEveryMs = 2_000
const freshForMs = 30_000
const stagingLookEveryMs = 6_000
const gateLookEveryMs = 200
/** Behind its back an antenna hears almost nothing. */
const backLossDb = 15

export function startingInventory(): Inventory {
  return { visit: 0, due: 0, fresh: [], sweep: undefined }
}

/** Wants every item that is in a slot seen twice as soon as possible. */
export function startSweep(inventory: Inventory, whereabouts: Whereabouts, nowMs: number): Inventory {
  const wanted = Uint8Array.from(whereabouts.places, (place) => (place.kind === 'slot' ? sweepLooks : 0))
  return { ...inventory, sweep: { wanted, left: wanted.reduce((sum, one) => sum + one, 0), sinceMs: nowMs } }
}

/** Goods that were put down since the last step will be looked at within two seconds. */
export function noticeMoves(inventory: Inventory, moves: readonly Move[]): Inventory {
  const fresh = moves.flatMap(({ to, atMs }) => (to.kind === 'slot' ? [{ slot: to.slot, sinceMs: atMs }] : []))
  return fresh.length === 0 ? inventory : { ...inventory, fresh: [...inventory.fresh, ...fresh] }
}

/** Everything that is seen after `fromMs` and up to `toMs`, in the order of antennas, then of instants per antenna. */
export function inventoryStep(
  plan: WarehousePlan,
  inventory: Inventory,
  whereabouts: Whereabouts,
  span: { readonly fromMs: number; readonly toMs: number },
  settings: RadioSettings,
  random: Random,
): { readonly inventory: Inventory; readonly sights: readonly Sight[] } {
  const sights: Sight[] = []
  const see = (atMs: number, antenna: Antenna | undefined, item: number, path: PathOfLook) => {
    if (antenna === undefined) return false
    const rssiDbm = lookAtTag(path, plan.tagOffsetsDb[item] ?? 0, random)
    if (rssiDbm === undefined) return false
    sights.push({ atMs, device: antenna.device, antenna: antenna.port, item, rssiDbm, stray: path.stray === true })
    return true
  }
  const lookIntoSlot = (atMs: number, slot: number) => {
    const antenna = plan.layout.rackAntennas[slot]
    for (const item of whereabouts.inSlot[slot] ?? []) see(atMs, antenna, item, inOwnSlot)
    const beside: PathOfLook = { ...inNeighbourSlot, lossDb: settings.shieldDb }
    for (const neighbour of neighboursOf(plan, slot)) {
      for (const item of whereabouts.inSlot[neighbour] ?? []) see(atMs, antenna, item, beside)
    }
  }

  // The racks: a sweep, or the steady round.
  const slotCount = plan.layout.slots.length
  const { sweep } = inventory
  const isSweeping = sweep !== undefined
  const storedItems = isSweeping ? 0 : whereabouts.inSlot.reduce((sum, items) => sum + items.length, 0)
  const visitsPerMs = isSweeping
    ? slotCount / sweepRoundMs
    : (slotCount * rackReadsPerSecond(settings)) / 1000 / Math.max(1, storedItems * expectedReadShare)
  const due = inventory.due + visitsPerMs * (span.toMs - span.fromMs)
  const visits = Math.floor(due)
  const stride = coprimeStride(slotCount)
  const wanted = sweep?.wanted.slice()
  let left = sweep?.left ?? 0
  for (let visit = 0; visit < visits; visit += 1) {
    const slot = ((inventory.visit + visit) * stride) % slotCount
    const atMs = span.fromMs + Math.floor(((visit + 1) * (span.toMs - span.fromMs)) / Math.max(1, visits))
    if (wanted === undefined) {
      lookIntoSlot(atMs, slot)
      continue
    }
    for (const item of whereabouts.inSlot[slot] ?? []) {
      const looks = wanted[item] ?? 0
      if (looks === 0 || !see(atMs, plan.layout.rackAntennas[slot], item, inOwnSlot)) continue
      wanted[item] = looks - 1
      left -= 1
    }
  }
  for (const { slot, sinceMs } of inventory.fresh) {
    for (const look of looksBetween(span, sinceMs, closeLooksMs, freshLookEveryMs)) lookIntoSlot(look, slot)
  }

  // Staging areas and gates: whatever a load does there is seen from its portal antennas.
  for (const load of whereabouts.loads) {
    const place = load.stops[load.stop]?.place
    if (place?.kind === 'staging') {
      const antennas = plan.layout.stagingAntennas[place.hall] ?? []
      for (const atMs of looksBetween(span, load.sinceMs, closeLooksMs, stagingLookEveryMs)) {
        for (const item of load.items) see(atMs, antennas[load.id % antennas.length], item, inStaging)
        const gate = plan.layout.gates.find(({ hall }) => hall === place.hall)
        for (const item of load.items) see(atMs, gate?.antennas.at(-1), item, parkedNearGate)
      }
    } else if (place?.kind === 'gate') {
      const gate = plan.layout.gates[place.gate]
      for (const atMs of looksBetween(span, load.sinceMs, [], gateLookEveryMs)) {
        const dwell = Math.floor((atMs - load.sinceMs) / gateLookEveryMs)
        const antenna = gate?.antennas[dwell % gate.antennas.length]
        for (const item of load.items) see(atMs, antenna, item, atGate(antenna, place.direction, atMs - load.sinceMs))
      }
    }
  }

  const isOver = sweep === undefined || left === 0 || span.toMs - sweep.sinceMs >= sweepLimitMs
  return {
    sights,
    inventory: {
      visit: (inventory.visit + visits) % slotCount,
      due: due - visits,
      fresh: inventory.fresh.filter(({ sinceMs }) => span.toMs < sinceMs + freshForMs),
      sweep: isOver || wanted === undefined ? undefined : { wanted, left, sinceMs: sweep.sinceMs },
    },
  }
}

/** What gates and staging read at usual traffic is left to them, but the racks have half at least. */
function rackReadsPerSecond({ readsPerSecond }: RadioSettings): number {
  return Math.max(readsPerSecond / 2, readsPerSecond - usualTrafficReadsPerSecond)
}

interface PathOfLook {
  readonly atOneMetreDbm: number
  readonly distanceMetres: number
  readonly lossDb: number
  readonly stray?: true
}

const inOwnSlot: PathOfLook = { atOneMetreDbm: rackAntennaDbm, distanceMetres: slotMetres, lossDb: 0 }
const inNeighbourSlot: PathOfLook = {
  atOneMetreDbm: rackAntennaDbm,
  distanceMetres: neighbourMetres,
  lossDb: 0,
  stray: true,
}
const inStaging: PathOfLook = { atOneMetreDbm: portalAntennaDbm, distanceMetres: stagingMetres, lossDb: 0 }
const parkedNearGate: PathOfLook = {
  atOneMetreDbm: portalAntennaDbm,
  distanceMetres: parkedMetres,
  lossDb: parkedLossDb,
  stray: true,
}

/** A pallet rolls from 4 m before the gate line to 4 m behind it; antennas stand 1 m off the line and face away. */
function atGate(antenna: Antenna | undefined, direction: 'in' | 'out', sinceMs: number): PathOfLook {
  const along = -4 + (8 * sinceMs) / gateMs
  const inwards = direction === 'in' ? along : -along
  const isInside = antenna?.readPoint.side !== 'outside'
  const ahead = isInside ? inwards : -inwards // metres in front of the line, on this antenna's side
  return {
    atOneMetreDbm: portalAntennaDbm,
    distanceMetres: Math.hypot(ahead - 1, 1.5),
    lossDb: ahead < -0.5 ? backLossDb : 0,
  }
}

/** Instants of looks in (from, to]: at fixed delays after `sinceMs`, then every so often after the last of them. */
function looksBetween(
  span: { readonly fromMs: number; readonly toMs: number },
  sinceMs: number,
  delays: readonly number[],
  everyMs: number | undefined,
): number[] {
  const looks = delays.map((delay) => sinceMs + delay).filter((at) => at > span.fromMs && at <= span.toMs)
  if (everyMs === undefined) return looks
  const start = sinceMs + (delays.at(-1) ?? 0)
  const first = Math.max(1, Math.floor((span.fromMs - start) / everyMs) + 1)
  for (let at = start + first * everyMs; at <= span.toMs; at += everyMs) looks.push(at)
  return looks
}

/** The levels beside it in the same bay, and the same level of the bays beside it. */
function neighboursOf(plan: WarehousePlan, slot: number): number[] {
  const here = plan.layout.slots[slot]
  if (here === undefined) return []
  const levels = plan.layout.levels
  const candidates = [slot - levels, slot + levels]
  if (here.level > 0) candidates.push(slot - 1)
  if (here.level < levels - 1) candidates.push(slot + 1)
  return candidates.filter((other) => plan.layout.slots[other]?.y === here.y)
}

/** Steps through all slots in an order that visits far apart racks one after the other. */
function coprimeStride(count: number): number {
  let stride = Math.max(1, Math.floor(count * 0.618))
  while (greatestCommonDivisor(stride, count) !== 1) stride += 1
  return stride
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other)
}
