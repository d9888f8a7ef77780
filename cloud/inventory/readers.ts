import { hasExpired, type LinkHealth, wasHeard } from '../location/reader-health.ts'
import type { SiteState, TrackedReader } from './site-state.ts'
import type { Changes } from './state.ts'
import { beginOutage, endOutage } from './trouble.ts'

/** The reader `device` of a gateway, made if nobody spoke of it before. */
export function readerOf(site: SiteState, gateway: string, device: string): TrackedReader {
  const key = `${gateway}/${device}`
  const known = site.readers.get(key)
  if (known !== undefined) return known
  const reader: TrackedReader = {
    gateway,
    device,
    health: { state: 'up', at: 0, signAt: 0 },
    link: linkOf(site, gateway),
    expired: false,
    heard: false,
    signs: [],
  }
  site.readers.set(key, reader)
  return reader
}

/** The link of a gateway; `never` since the map named it, or since the beginning. */
export function linkOf(site: SiteState, gateway: string): LinkHealth {
  const known = site.links.get(gateway)
  if (known !== undefined) return known
  const link: LinkHealth = { state: 'never', at: 0 }
  site.links.set(gateway, link)
  return link
}

/** A gateway whose records arrive is there, whatever the last word about its connection was. */
export function hearGateway(site: SiteState, gateway: string, at: number, changes: Changes): void {
  const link = linkOf(site, gateway)
  if (link.state === 'online' || at < link.at) return
  link.state = 'online'
  link.at = at
  endOutage(site, gateway, at)
  changes.sites.add(site)
}

/** What the broker says of the connection of a gateway. `at` is when it went or came, whoever says so again. */
export function setLink(
  site: SiteState,
  gateway: string,
  state: LinkHealth['state'],
  at: number,
  changes: Changes,
): void {
  const link = linkOf(site, gateway)
  changes.sites.add(site)
  if (link.state !== state) link.at = at
  link.state = state
  if (state === 'online') endOutage(site, gateway, at)
  else beginOutage(site, gateway, at)
}

/** Finds what expired, came back, or was heard for the first time by `now`: its slots have another state. */
export function reviewReaders(site: SiteState, now: number, changes: Changes): void {
  const turned = new Set<TrackedReader>()
  for (const reader of site.readers.values()) {
    const expired = hasExpired(reader.health, reader.link, now)
    const heard = wasHeard(reader.health)
    if (expired === reader.expired && heard === reader.heard) continue
    reader.expired = expired
    reader.heard = heard
    turned.add(reader)
  }
  if (turned.size === 0) return
  for (const slot of site.slots.values()) if (slot.readers.some((reader) => turned.has(reader))) changes.slots.add(slot)
}
