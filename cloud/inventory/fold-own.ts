import type { z } from 'zod'
import type { OwnEntry } from '../journal/journal.ts'
import { type Counted, isOwnKind } from '../journal/own-record.ts'
import { notAhead, stepOf } from '../journal/time-step.ts'
import { believedAheadMs } from '../location/event-time.ts'
import type { Place } from '../location/place.ts'
import { touchSlot } from './book.ts'
import { takePacked } from './packed.ts'
import { publish } from './publish.ts'
import { reviewReaders, setLink } from './readers.ts'
import { takeScanned } from './scanned.ts'
import type { SiteState } from './site-state.ts'
import { withSku } from './sku.ts'
import { type Changes, type InventoryState, itemOf, noteItem, siteOf } from './state.ts'
import { judgeDue } from './weigh.ts'

/** In the place of a read point: a count reached the cloud without a gateway. */
const countedBy = 'count'
/** How much the newest tick weighs in the shown rate of reads. */
const rateSmoothing = 0.4

/**
 * One entry of the cloud's own: maps, imports, links and ticks; the other kinds are of other rooms. Of two words the
 * later in the journal wins, whatever the clock said: the cloud wrote both.
 */
export function foldOwn(state: InventoryState, entry: OwnEntry, changes: Changes): void {
  for (const record of entry.records) {
    if (isOwnKind(record, 'tick')) tick(state, record.at, entry, changes)
    else if (isOwnKind(record, 'map')) publish(state, record.map, entry, record.at, changes)
    else if (isOwnKind(record, 'started')) linksLost(state, record.at, changes)
    else if (isOwnKind(record, 'items') && entry.site !== undefined) {
      for (const { epc, sku } of record.items) {
        if (sku === undefined) continue // of the goods' other facts (cloud/goods)
        const item = itemOf(state, epc)
        item.skus = withSku(item.skus, entry.site, sku)
        noteItem(changes, item)
      }
    } else if (isOwnKind(record, 'counted') && entry.site !== undefined) {
      const slot = siteOf(state, entry.site).index?.slots.get(record.slot)
      if (slot === undefined) continue // it left the map since
      const place = state.places.of(entry.site, slot.zone, slot.id)
      for (const code of record.codes) {
        takeScanned(state, code, { at: record.at, basis: 'scan', place, by: countedBy }, entry, changes)
      }
      takeUntagged(state, entry, record, place, changes)
    } else if (isOwnKind(record, 'aggregation') && entry.site !== undefined) {
      const { act, parent, children, at, by } = record
      for (const child of children) takePacked(state, { site: entry.site, child, parent, at, act, by }, entry, changes)
    } else if (isOwnKind(record, 'link') && entry.site !== undefined) {
      setLink(siteOf(state, entry.site), record.gateway, record.state, record.at, changes)
    }
  }
}

/** So many of each SKU lie there without tags. The slot is left to the map: of one that it has no more nothing is counted. */
function takeUntagged(
  state: InventoryState,
  { site = '', offset, recordedAt }: OwnEntry,
  { slot, at, by, untagged = [] }: z.infer<typeof Counted>,
  place: Place,
  changes: Changes,
): void {
  for (const { sku, quantity } of untagged) {
    const count = { site, slot, sku, quantity, at, by, offset, recordedAt }
    changes.untagged.push(count)
    const before = state.untagged.in(site, slot).find((other) => other.sku === sku)?.quantity ?? 0
    const tracked = state.slotByPlace[place.id]
    if (!state.untagged.tell(count) || tracked === undefined) continue
    tracked.untagged += quantity - before
    changes.slots.add(tracked)
    touchSlot(state, place, at, changes)
  }
}

function linksLost(state: InventoryState, at: number, changes: Changes): void {
  for (const site of state.sites.values()) {
    for (const [gateway, link] of site.links) {
      if (link.state === 'online') setLink(site, gateway, 'offline', at, changes)
    }
  }
}

/**
 * The newest tick is the time, also when it is earlier than the one before. After a leap nobody knows yet whether the
 * clock is right, and what readers kept is on its way: silence is judged with the tick after it.
 */
function tick(state: InventoryState, at: number, entry: OwnEntry, changes: Changes): void {
  const sinceMs = at - state.now
  const step = stepOf(state.now, at)
  if (sinceMs === 0) return
  state.now = at
  if (step === 'on') judgeDue(state, at, entry, changes)
  for (const site of state.sites.values()) {
    if (step === 'back') stepBack(site, at, changes)
    else rate(site, sinceMs)
    reviewReaders(site, at, changes)
    changes.counters.add(site)
  }
}

/** No reader or link may have a stamp that time takes a year to come to: it could not expire until then. */
function stepBack(site: SiteState, now: number, changes: Changes): void {
  for (const link of site.links.values()) link.at = notAhead(link.at, now)
  for (const { health } of site.readers.values()) {
    health.at = notAhead(health.at, now, believedAheadMs)
    health.signAt = notAhead(health.signAt, now, believedAheadMs)
  }
  site.newestAt = notAhead(site.newestAt, now, believedAheadMs)
  changes.sites.add(site)
}

function rate(site: SiteState, sinceMs: number): void {
  const now = (site.readsSinceTick * 1000) / sinceMs
  site.readsSinceTick = 0
  const smoothed = site.readsPerSecond + rateSmoothing * (now - site.readsPerSecond)
  site.readsPerSecond = smoothed < 0.05 ? 0 : smoothed
}
