import type { z } from 'zod'
import { type ClockFinding, isKind, type Passage, type Scan } from '../../shared/record.ts'
import type { GatewayEntry } from '../journal/journal.ts'
import type { ShipmentAnnounced, ShipmentEnded, ShipmentScanned } from '../journal/own-record.ts'
import { eventTime } from '../location/event-time.ts'
import { epcOf, takeScan } from './fold-packed.ts'
import { addPassage, dropOldest, liveOn, outcomeOf, rematch, shipmentsOn } from './live.ts'
import { inTime, type KeptPassage, passageKey } from './passages.ts'
import type { KeptShipment } from './shipment.ts'
import { type GoodsChanges, type GoodsState, keyOn } from './state.ts'

/** In the place of a read point. */
const byHand = 'hand'
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Data later than this enters history, and changes no shipment that has ended. */
const correctedForMs = 7 * dayMs
/** Ended shipments are told of for so long. */
const keptForMs = 90 * dayMs

export function foldPassages(state: GoodsState, entry: GatewayEntry, changes: GoodsChanges): void {
  for (const record of entry.records) {
    if (record === null) continue
    if (isKind(record, 'passage')) addPassage(state, keptOf(state, entry, record))
    else if (isKind(record, 'clock') && record.synced) clockFound(state, entry, record)
    else {
      if (isKind(record, 'scan')) scanned(state, entry, record, changes)
      continue
    }
    changes.sites.add(entry.site)
  }
}

export function announce(state: GoodsState, site: string, record: z.infer<typeof ShipmentAnnounced>): void {
  const { shipment, direction, gate, dueAt, lines } = record.shipment
  const key = keyOn(site, shipment)
  const known = state.shipments.get(key)
  if (known !== undefined && known.ended !== null) return
  state.shipments.put(key, {
    site,
    shipment,
    direction,
    gate: gate ?? null,
    dueAt: dueAt === undefined ? null : Date.parse(dueAt),
    lines: [...lines],
    announcedAt: known?.announcedAt ?? record.at,
    ended: null,
    settled: null,
  })
  rematch(state, site)
}

export function end(state: GoodsState, site: string, record: z.infer<typeof ShipmentEnded>): void {
  const key = keyOn(site, record.shipment)
  const known = state.shipments.get(key)
  if (known === undefined || known.ended !== null) return
  state.shipments.put(key, { ...known, ended: { at: record.at, as: record.as } })
  rematch(state, site)
}

/** What was scanned for a shipment passed with it. Codes that name no one object are of no use. */
export function takeScans(state: GoodsState, site: string, record: z.infer<typeof ShipmentScanned>): void {
  const { shipment, at } = record
  const direction = state.shipments.get(keyOn(site, shipment))?.direction
  if (direction === undefined) return
  for (const code of record.codes) {
    const epc = epcOf(state, site, code)
    if (epc !== undefined) addPassage(state, { site, gateway: '', readPoint: byHand, epc, direction, at, shipment })
  }
}

/** Once an hour: what nothing can change any more is settled, and passages that no shipment needs go. */
export function settle(state: GoodsState, before: number, now: number): void {
  if (Math.floor(before / hourMs) === Math.floor(now / hourMs)) return
  let oldestNeeded = now - correctedForMs
  for (const site of new Set([...state.shipments.all.values(), ...state.passages.all.values()].map(siteIn))) {
    const shipments = shipmentsOn(state, site)
    const since = neededSince(shipments, now)
    const isOver = ({ ended }: KeptShipment, before: number) => ended !== null && ended.at < before
    const settled = shipments
      .filter((shipment) => shipment.settled === null && isOver(shipment, since))
      .map((shipment) => ({ ...shipment, settled: outcomeOf(state, shipment) }))
    for (const shipment of settled) state.shipments.put(keyOn(site, shipment.shipment), shipment)
    for (const shipment of shipments)
      if (isOver(shipment, now - keptForMs)) state.shipments.remove(keyOn(site, shipment.shipment))
    if (settled.length > 0) rematch(state, site)
    oldestNeeded = Math.min(oldestNeeded, since)
    const live = liveOn(state, site)
    const needed = live.passages.findIndex(({ at }) => at >= since)
    dropOldest(state, live, needed === -1 ? live.passages.length : needed)
  }
  state.packed.forgetBefore(oldestNeeded)
  for (const [key, { recordedAt }] of state.clocks.all) if (recordedAt < now - correctedForMs) state.clocks.remove(key)
}

/** No passage from before can change what is told of a shipment. */
function neededSince(shipments: readonly KeptShipment[], now: number): number {
  const open = shipments.filter(({ ended }) => ended === null).map(({ announcedAt }) => announcedAt - dayMs)
  return Math.min(now - correctedForMs, ...open)
}

function scanned(state: GoodsState, entry: GatewayEntry, record: Scan, changes: GoodsChanges): void {
  const { site, recordedAt } = entry
  const { at } = eventTime(record.at, recordedAt, offsetOf(state, entry, record))
  takeScan(state, site, record, at, recordedAt, changes)
}

/** What is missing from the clock that stamped a record, ms, as far as it is known. */
function offsetOf(state: GoodsState, { site, gateway }: GatewayEntry, { unsynced, boot }: Passage | Scan): number {
  if (unsynced !== true || boot === undefined) return 0
  return state.clocks.get(keyOn(site, `${gateway}/${boot}`))?.offsetMs ?? 0
}

function keptOf(state: GoodsState, entry: GatewayEntry, record: Passage): KeptPassage {
  const { site, gateway, recordedAt } = entry
  const { at: stamp, readPoint, epc, direction, unsynced, boot } = record
  const { at } = eventTime(stamp, recordedAt, offsetOf(state, entry, record))
  const kept = { site, gateway, readPoint, epc, direction, at }
  return unsynced === true && boot !== undefined ? { ...kept, unsynced: { boot, stamp, recordedAt } } : kept
}

/** What was stamped in this boot gets its right time. */
function clockFound(state: GoodsState, entry: GatewayEntry, { boot, offsetMs: found }: ClockFinding): void {
  const { site, gateway, recordedAt } = entry
  const offsetMs = Math.round(found)
  state.clocks.put(keyOn(site, `${gateway}/${boot}`), { offsetMs, recordedAt })
  const live = liveOn(state, site)
  const stamped = live.passages.filter((one) => one.gateway === gateway && one.unsynced?.boot === boot)
  for (const passage of stamped) {
    if (passage.unsynced === undefined) continue
    passage.at = eventTime(passage.unsynced.stamp, passage.unsynced.recordedAt, offsetMs).at
    state.passages.note(passageKey(passage))
  }
  if (stamped.length === 0) return
  live.passages.sort(inTime)
  live.matching = undefined
}

function siteIn({ site }: { readonly site: string }): string {
  return site
}
