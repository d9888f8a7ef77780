import type { SensorNow } from '../../../shared/board.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import type { Board } from './board.ts'
import { type SiteTrust, sensorTrust } from './trust.ts'
import type { Rect } from './view.ts'

/**
 * Everything that a painter must know of a slot, in one byte: bits 0–1 its state (an index into `slotStates`), bit 2
 * whether that is a memory, bits 3–5 its step on the layer (0 = none, 1 to `layerSteps`).
 */
export type SlotCodes = Uint8Array<ArrayBuffer>

export const stateOfCode = (code: number) => code & 3
export const isDoubtfulCode = (code: number) => (code & 4) !== 0
export const stepOfCode = (code: number) => (code >> 3) & 7

export const layers = ['occupancy', 'age', 'temperature', 'items'] as const
/** What the slots of the plan are shaded by. */
export type Layer = (typeof layers)[number]
export const layerSteps = 5

/** Ages from which the next step begins. */
export const ageSteps = [60_000, 10 * 60_000, 3_600_000, 8 * 3_600_000] as const
/** Items from which the next step begins; none is step 0. */
export const itemSteps = [2, 4, 8, 16] as const

export interface TemperatureRange {
  readonly low: number
  readonly high: number
}

/** By index of `map.slots`: index in `map.sensors` of the nearest thermometer of the same zone; -1 = there is none. */
export function nearestThermometers(map: SiteMap, sensors: ReadonlyMap<string, SensorNow>): Int32Array {
  const byZone = Map.groupBy(
    map.sensors.flatMap((place, index) => {
      const isThermometer = 'temperature' in place.limits || 'temperature' in (sensors.get(place.id)?.values ?? {})
      return isThermometer ? [{ place, index }] : []
    }),
    ({ place }) => place.zone,
  )
  return Int32Array.from(map.slots, (slot) => {
    let nearest = -1
    let least = Number.POSITIVE_INFINITY
    for (const { place, index } of byZone.get(slot.zone) ?? []) {
      const distance = Math.hypot(place.x - slot.x - slot.width / 2, place.y - slot.y - slot.depth / 2)
      if (distance >= least) continue
      least = distance
      nearest = index
    }
    return nearest
  })
}

/** From the coldest to the warmest of what is current; `null` = no thermometer is. */
export function temperatureRange(board: Board, now: number): TemperatureRange | null {
  const values = board.map.sensors.flatMap((place) => currentTemperature(board, place, now) ?? [])
  return values.length === 0 ? null : { low: Math.min(...values), high: Math.max(...values) }
}

/** Writes into `codes` when it has the right length, and returns it. `now` is server time. */
export function slotCodes(
  board: Board,
  trust: SiteTrust,
  layer: Layer,
  thermometers: Int32Array | null,
  now: number,
  codes: SlotCodes,
): SlotCodes {
  const count = board.slotState.length
  const into = codes.length === count ? codes : new Uint8Array(count)
  const steps = layer === 'temperature' ? temperatureSteps(board, now) : []
  for (let slot = 0; slot < count; slot++) {
    const state = board.slotState[slot] ?? 2
    const doubt = trust.slots[slot] === 0 ? 0 : 4
    let step = 0
    if (layer === 'age') step = ageStep(board.slotAsOf[slot] ?? 0, now)
    else if (layer === 'items') step = itemStep(board.slotItems[slot] ?? 0)
    else if (layer === 'temperature') step = steps[thermometers?.[slot] ?? -1] ?? 0
    into[slot] = state | doubt | (step << 3)
  }
  return into
}

/** What a slot says on a layer, as a number: milliseconds, °C, items; `null` = nothing. */
export function layerValue(
  board: Board,
  layer: Layer,
  thermometers: Int32Array | null,
  now: number,
  slot: number,
): number | null {
  if (layer === 'items') return board.slotItems[slot] ?? 0
  if (layer === 'age') {
    const at = board.slotAsOf[slot] ?? 0
    return at === 0 ? null : Math.max(0, now - at)
  }
  const place = layer === 'temperature' ? board.map.sensors[thermometers?.[slot] ?? -1] : undefined
  return place === undefined ? null : currentTemperature(board, place, now)
}

function temperatureSteps(board: Board, now: number): number[] {
  const range = temperatureRange(board, now)
  return board.map.sensors.map((place) => {
    const value = currentTemperature(board, place, now)
    if (range === null || value === null) return 0
    const share = (value - range.low) / Math.max(1, range.high - range.low)
    return 1 + Math.min(layerSteps - 1, Math.floor(share * layerSteps))
  })
}

/** A thermometer that is silent says nothing of now. */
function currentTemperature(board: Board, place: SiteMap['sensors'][number], now: number): number | null {
  const said = board.sensors.get(place.id)
  if (sensorTrust(place, said, board.gateways, now) !== 'current') return null
  return said?.values['temperature'] ?? null
}

/** 1 = fresh. Nothing has ever been seen: 0. */
function ageStep(at: number, now: number): number {
  if (at === 0) return 0
  return 1 + stepsBelow(ageSteps, now - at)
}

function itemStep(items: number): number {
  return items === 0 ? 0 : 1 + stepsBelow(itemSteps, items)
}

function stepsBelow(bounds: readonly number[], value: number): number {
  let steps = 0
  for (const bound of bounds) if (value >= bound) steps++
  return steps
}

/** Which states and steps lie within a rectangle of metres: what a legend has to explain. */
export interface InSight {
  readonly states: readonly boolean[]
  readonly steps: readonly boolean[]
}

export function inSight(codes: SlotCodes, rects: Float64Array, window: Rect): InSight {
  const states = [false, false, false]
  const steps = Array.from({ length: layerSteps + 1 }, () => false)
  const right = window.x + window.width
  const bottom = window.y + window.height
  for (let slot = 0; slot < codes.length; slot++) {
    const at = slot * 4
    const x = rects[at] ?? 0
    const y = rects[at + 1] ?? 0
    if (x > right || y > bottom || x + (rects[at + 2] ?? 0) < window.x || y + (rects[at + 3] ?? 0) < window.y) continue
    const code = codes[slot] ?? 0
    states[stateOfCode(code)] = true
    steps[stepOfCode(code)] = true
  }
  return { states, steps }
}
