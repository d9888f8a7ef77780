import {
  type ClockFinding,
  type DeviceState,
  isKind,
  type Observation,
  type Passage,
  type Scan,
} from '../../shared/record.ts'
import type { GatewayEntry } from '../journal/journal.ts'
import { eventTime } from '../location/event-time.ts'
import { hearDevice } from '../location/reader-health.ts'
import { evidenceOf } from './evidence-of.ts'
import { fetchAhead } from './fetch-ahead.ts'
import type { TrackedItem } from './item.ts'
import { isPacking, takePackingScan, takePicked } from './packed.ts'
import { hearGateway, readerOf } from './readers.ts'
import { takeScanned } from './scanned.ts'
import type { SiteState } from './site-state.ts'
import { type Changes, type InventoryState, itemOf, noteItem, siteOf } from './state.ts'
import { coverOutage, noteSign } from './trouble.ts'
import { release, wait } from './waiting.ts'
import { weigh, weighReads } from './weigh.ts'

const clockOffsetsKept = 1000

/** One entry of one gateway: whatever its records say about items, readers and clocks. */
export function foldGateway(state: InventoryState, entry: GatewayEntry, changes: Changes): void {
  const site = siteOf(state, entry.site)
  const { totals } = site
  changes.sites.add(site)
  hearGateway(site, entry.gateway, entry.recordedAt, changes)
  if (site.outages.has(entry.gateway)) coverOutages(site, entry, changes)
  const known = fetchAhead(state, entry.records)
  const { records } = entry
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index]
    if (record == null) continue
    if (isKind(record, 'observation')) {
      const at = timeOf(site, entry, record, record.at)
      observe(state, site, entry, record, known[index] ?? itemOf(state, record.epc), at, changes)
    } else if (isKind(record, 'measurement')) {
      totals.measurements += 1
      timeOf(site, entry, record, record.at)
    } else if (isKind(record, 'passage')) {
      totals.passages += 1
      const item = itemOf(state, record.epc)
      const evidence = evidenceOf(state, site, entry.gateway, record, timeOf(site, entry, record, record.at))
      if (!awaitsClock(site, entry, record, changes)) weigh(state, item, evidence, entry, changes)
    } else if (isKind(record, 'scan')) {
      totals.scans += 1
      scan(state, site, entry, record, timeOf(site, entry, record, record.at), changes)
    } else if (isKind(record, 'device')) {
      hearReader(state, site, entry, record, timeOf(site, entry, record, record.at), changes)
    } else if (isKind(record, 'clock')) {
      if (record.synced) clockFound(state, site, entry, record, changes)
    } else if (!isKind(record, 'gap') && !isKind(record, 'alert')) totals.unknownKinds += 1
  }
}

function observe(
  state: InventoryState,
  site: SiteState,
  entry: GatewayEntry,
  record: Observation,
  item: TrackedItem,
  at: number,
  changes: Changes,
): void {
  const { totals } = site
  totals.tagReads += record.count
  totals.observations += 1
  site.readsSinceTick += record.count
  item.reads += record.count
  if (noteSite(item, site)) noteItem(changes, item)
  const evidence = evidenceOf(state, site, entry.gateway, record, at)
  if (awaitsClock(site, entry, record, changes)) noteItem(changes, item)
  else weighReads(state, item, evidence, entry, changes)
}

/** What a reader says late of itself may be why something was not read, or why it should have been. */
function hearReader(
  state: InventoryState,
  site: SiteState,
  entry: GatewayEntry,
  record: DeviceState,
  at: number,
  changes: Changes,
): void {
  const reader = readerOf(site, entry.gateway, record.device)
  hearDevice(reader.health, record.state, at)
  noteSign(site, reader, at, record.state)
  if (at < Math.max(site.newestAt, state.judgedTo)) changes.doubts.push({ site, readers: [reader], from: at })
}

/** What a gateway had kept while it was not heard tells that it was at work. */
function coverOutages(site: SiteState, entry: GatewayEntry, changes: Changes): void {
  for (const record of entry.records) {
    const at = record?.['at']
    if (typeof at !== 'number') continue
    const ended = coverOutage(site, entry.gateway, at, entry.recordedAt, entry.late)
    if (ended === undefined) continue
    const readers = [...site.readers.values()].filter(({ gateway }) => gateway === entry.gateway)
    changes.doubts.push({ site, readers, from: ended.from })
  }
}

function scan(
  state: InventoryState,
  site: SiteState,
  entry: GatewayEntry,
  record: Scan,
  at: number,
  changes: Changes,
): void {
  const said = { site: site.site, at, by: record.operator ?? entry.gateway }
  if (isPacking(record)) {
    site.totals.unusedScans += takePackingScan(state, record, said, entry, changes)
    return
  }
  if (record.action === 'pick') takePicked(state, record, said, entry, changes)
  const slot = record.slot === undefined ? undefined : site.index?.slots.get(record.slot)
  const picked = record.action === 'pick'
  if (slot === undefined && !picked) {
    site.totals.unusedScans += record.codes.length
    return
  }
  const place = state.places.of(site.site, slot?.zone ?? null, picked ? null : (slot?.id ?? null))
  const basis = picked ? 'pick' : 'scan'
  for (const code of record.codes) {
    const isKnown = takeScanned(state, code, { at, basis, place, by: entry.gateway }, entry, changes)
    if (!isKnown) site.totals.unusedScans += 1
  }
}

function clockFound(
  state: InventoryState,
  site: SiteState,
  entry: GatewayEntry,
  record: ClockFinding,
  changes: Changes,
): void {
  const boot = `${entry.gateway}/${record.boot}`
  const offsetMs = Math.round(record.offsetMs)
  site.clockOffsets.delete(boot) // so that it is the newest again
  site.clockOffsets.set(boot, offsetMs)
  const oldest = site.clockOffsets.keys().next()
  if (site.clockOffsets.size > clockOffsetsKept && oldest.done !== true) site.clockOffsets.delete(oldest.value)
  release(state, site, boot, offsetMs, entry, changes)
}

/** Its time is not known yet: it is weighed when the clock of its boot was found. */
function awaitsClock(site: SiteState, entry: GatewayEntry, record: Observation | Passage, changes: Changes): boolean {
  const { unsynced, boot } = record
  if (unsynced !== true || boot === undefined) return false
  const key = `${entry.gateway}/${boot}`
  return !site.clockOffsets.has(key) && wait(site, key, record, changes)
}

function timeOf(
  site: SiteState,
  entry: GatewayEntry,
  record: { readonly unsynced?: true | undefined; readonly boot?: string | undefined },
  stamped: number,
): number {
  const offsetMs = record.unsynced === true ? (site.clockOffsets.get(`${entry.gateway}/${record.boot ?? ''}`) ?? 0) : 0
  const { at, clamped } = eventTime(stamped, entry.recordedAt, offsetMs)
  if (clamped) site.totals.clamped += 1
  if (at > site.newestAt) site.newestAt = at
  return at
}

/** Returns whether the site had never read the item before. */
function noteSite(item: TrackedItem, site: SiteState): boolean {
  if (item.sites === site.site) return false
  const sites = item.sites === '' ? [] : item.sites.split(',')
  if (sites.includes(site.site)) return false
  item.sites = [...sites, site.site].sort().join(',')
  site.totals.distinctEpcs += 1
  return true
}
