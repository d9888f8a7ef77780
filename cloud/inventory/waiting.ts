import type { Observation, Passage } from '../../shared/record.ts'
import type { GatewayEntry } from '../journal/journal.ts'
import { eventTime } from '../location/event-time.ts'
import { evidenceOf } from './evidence-of.ts'
import type { SiteState } from './site-state.ts'
import { type Changes, type InventoryState, itemOf } from './state.ts'
import { weigh } from './weigh.ts'

/** Tags whose unsynced sighting a site remembers; more keep the time they were stamped with. */
const waitingKept = 20_000

/**
 * A sighting stamped before its gateway's clock was trusted says nothing yet; the newest of each tag is kept until the
 * `clock` record of its boot tells the right time. Returns whether it waits: where too many do, it counts as stamped.
 */
export function wait(site: SiteState, boot: string, record: Observation | Passage, changes: Changes): boolean {
  const ofBoot = site.waiting.get(boot) ?? new Map<string, Observation | Passage>()
  const known = ofBoot.get(record.epc)
  if (known === undefined) {
    let all = 0
    for (const one of site.waiting.values()) all += one.size
    if (all >= waitingKept) {
      site.totals.unsyncedLeft += 1
      return false
    }
  } else if (known.at > record.at) return true
  site.waiting.set(boot, ofBoot)
  ofBoot.set(record.epc, record)
  changes.waiting.push({ site: site.site, boot, record })
  return true
}

/** The clock of this boot was found: what waited for it is weighed, with its right time. */
export function release(
  state: InventoryState,
  site: SiteState,
  boot: string,
  offsetMs: number,
  entry: GatewayEntry,
  changes: Changes,
): void {
  const waiting = site.waiting.get(boot)
  if (waiting === undefined) return
  site.waiting.delete(boot)
  changes.waiting.push({ site: site.site, boot, record: undefined })
  const { unmapped } = site.totals
  for (const record of waiting.values()) {
    const { at } = eventTime(record.at, entry.recordedAt, offsetMs)
    const item = itemOf(state, record.epc)
    const evidence = evidenceOf(state, site, entry.gateway, record, at)
    weigh(state, item, evidence, entry, changes)
  }
  site.totals.unmapped = unmapped // counted when they came
}
