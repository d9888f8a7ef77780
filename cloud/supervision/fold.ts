import type { z } from 'zod'
import { type DeviceState, type Gap, isKind, type Measurement } from '../../shared/record.ts'
import { type SiteMap, supersedes } from '../../shared/site-map.ts'
import type { GatewayEntry, JournalEntry, OwnEntry } from '../journal/journal.ts'
import { isOwnKind, type LinkChanged } from '../journal/own-record.ts'
import { notAhead, stepOf } from '../journal/time-step.ts'
import { believedAheadMs, eventTime, presentTime } from '../location/event-time.ts'
import { askPower, endTrials, hearPower, type KeptPower, noPower } from './power.ts'
import type { KeptGateway, SupervisionChanges, SupervisionState } from './state.ts'

/** `lastHeardAt` goes on in steps of this. */
const heardStepMs = 5000
/** Names of devices come off the network: a gateway that makes them up must not fill memory and boards. */
const devicesKept = 1000

/** Folds journal entries into the state, in place. Depends on nothing but its arguments. */
export function fold(state: SupervisionState, entries: readonly JournalEntry[], changes: SupervisionChanges): void {
  for (const entry of entries) {
    if (entry.origin === 'gateway') foldGateway(state, entry, changes)
    else foldOwn(state, entry, changes)
  }
}

function foldGateway(state: SupervisionState, entry: GatewayEntry, changes: SupervisionChanges): void {
  const { site, gateway: id, recordedAt } = entry
  const gateway = gatewayOf(state, site, id)
  let isNews = heard(gateway, recordedAt)
  if (gateway.link !== 'online' && recordedAt >= (gateway.since ?? 0)) {
    // Its records arrive, so it is there, whatever the last word about its connection was.
    gateway.link = 'online'
    gateway.since = recordedAt
    isNews = true
  }
  if (drain(state, gateway, entry)) isNews = true
  let newestAt = 0
  for (const record of entry.records) {
    if (record === null) continue
    if (isKind(record, 'gap')) {
      const { count, reason } = record
      changes.gaps.push({ site, gateway: id, ...spanOf(record, entry), count, reason, class: record.class, recordedAt })
      continue
    }
    const stamp = record['at']
    if (typeof stamp !== 'number') continue
    const { at } = eventTime(stamp, recordedAt)
    if (at > newestAt) newestAt = at
    if (isKind(record, 'measurement')) {
      const shownAt = presentTime(record, entry)
      if (shownAt !== undefined) measure(state, site, record, shownAt, changes)
    } else if (isKind(record, 'device')) {
      const saidAt = presentTime(record, entry)
      if (saidAt === undefined) continue
      const { spool, power } = record.device === id ? record : {}
      if (power !== undefined) {
        hearPower(powerOf(state, site, id), power, saidAt)
        state.powers.note(`${site}/${id}`)
      } else if (spool === undefined ? hear(gateway, record, saidAt) : hearSpool(gateway, spool, saidAt)) isNews = true
    } else if (isKind(record, 'clock') && gateway.clockSynced !== record.synced) {
      gateway.clockSynced = record.synced
      isNews = true
    }
  }
  if (isNews) note(state, gateway, changes)
  if (newestAt === 0) return
  const flow = state.flows.get(site)
  if (flow !== undefined && flow.newestAt > newestAt) return
  state.flows.put(site, { newestAt, recordedAt })
  changes.flows.add(site)
}

/** A gap that was declared by a clock that is not trusted was there when it was recorded: nobody knows since when. */
function spanOf(gap: Gap, { recordedAt }: GatewayEntry): { fromAt: number; toAt: number } {
  if (gap.unsynced === true) return { fromAt: recordedAt, toAt: recordedAt }
  return { fromAt: eventTime(gap.fromAt, recordedAt).at, toAt: eventTime(gap.toAt, recordedAt).at }
}

function measure(
  state: SupervisionState,
  site: string,
  record: Measurement,
  at: number,
  changes: SupervisionChanges,
): void {
  const key = state.sensorKeys.of(site, record.sensor)
  const known = state.sensors.get(key)
  const sensor = known ?? { site, sensor: record.sensor, values: {} }
  let isNews = false
  for (const quantity in record.values) {
    const value = record.values[quantity] ?? null
    const newest = sensor.values[quantity]
    if (newest === undefined) sensor.values[quantity] = { at, value }
    // Equal times, two values: the greater one, so that the order of arrival does not matter.
    else if (at < newest.at || (at === newest.at && !isGreater(value, newest.value))) continue
    else {
      newest.at = at
      newest.value = value
    }
    isNews = true
  }
  if (!isNews) return
  if (known === undefined) state.sensors.put(key, sensor)
  else state.sensors.note(key)
  changes.sensors.add(key)
}

function isGreater(a: number | null, b: number | null): boolean {
  return a !== null && (b === null || a > b)
}

/** Counts down what waited at the last hello. Returns whether it has run dry just now. */
function drain(state: SupervisionState, gateway: KeptGateway, { first, records }: GatewayEntry): boolean {
  const came = Math.min(first + records.length, gateway.backlogBelow) - first
  if (gateway.backlog === 0 || came <= 0) return false
  gateway.backlog = Math.max(0, gateway.backlog - came)
  state.gateways.note(`${gateway.site}/${gateway.gateway}`) // kept always, told when it is news
  return gateway.backlog === 0
}

/** Returns whether that is news. Boards and file are sent the whole gateway for it, so a second more is none. */
function heard(gateway: KeptGateway, at: number): boolean {
  if (gateway.lastHeardAt !== null && at < gateway.lastHeardAt + heardStepMs) return false
  gateway.lastHeardAt = at
  return true
}

/** Newest event time wins. Returns whether anything is different now. */
function hear(gateway: KeptGateway, record: DeviceState, at: number): boolean {
  const { devices } = gateway
  const known = Object.hasOwn(devices, record.device) ? devices[record.device] : undefined
  if (known === undefined && Object.keys(devices).length >= devicesKept) {
    gateway.devicesLeftOut += 1
    return true
  }
  if (known !== undefined && at < known.at) return false
  const since = known?.state === record.state ? known.since : at
  devices[record.device] = { state: record.state, since, at, reason: record.reason ?? null }
  return true
}

/** Newest event time wins: after an outage the older words come behind the newest. */
function hearSpool(gateway: KeptGateway, said: NonNullable<DeviceState['spool']>, at: number): boolean {
  const { spool: before } = gateway
  if (before !== undefined && at <= before.at) return false
  const { waitingBytes, boundBytes } = said
  const growthPerMs = before === undefined ? 0 : (waitingBytes - before.waitingBytes) / (at - before.at)
  gateway.spool = { at, waitingBytes, boundBytes, growthPerMs }
  return true
}

function foldOwn(state: SupervisionState, entry: OwnEntry, changes: SupervisionChanges): void {
  for (const record of entry.records) {
    if (isOwnKind(record, 'tick')) tick(state, record.at, changes)
    else if (isOwnKind(record, 'map')) adopt(state, record.map, changes)
    else if (isOwnKind(record, 'started')) linksLost(state, record.at, changes)
    else if (entry.site === undefined) continue
    else if (isOwnKind(record, 'power')) {
      askPower(powerOf(state, entry.site, record.gateway), record)
      noteOrders(state, `${entry.site}/${record.gateway}`, changes)
    } else if (isOwnKind(record, 'link')) link(state, entry.site, record, changes)
    else if (isOwnKind(record, 'fork')) {
      const gateway = gatewayOf(state, entry.site, record.gateway)
      if (record.state === 'forked') gateway.forked = { since: record.at, reason: record.reason }
      else delete gateway.forked
      note(state, gateway, changes)
    } else if (isOwnKind(record, 'replayed')) {
      const { gateway, quarantinedAt, reason } = record
      changes.refilled.push({ site: entry.site, gateway, fromAt: quarantinedAt, reason })
    } else if (isOwnKind(record, 'quarantine')) {
      const { at, gateway, first, last, reason } = record
      const count = last - first + 1
      const { recordedAt } = entry
      changes.gaps.push({
        site: entry.site,
        gateway,
        fromAt: at,
        toAt: at,
        count,
        reason,
        class: 'quarantine',
        recordedAt,
      })
    }
  }
}

/** After a step back of the clock, stamps ahead of it must not keep out what is true now. */
function tick(state: SupervisionState, now: number, changes: SupervisionChanges): void {
  const step = stepOf(state.now, now)
  state.now = now
  for (const [key, power] of state.powers.all) if (endTrials(power, now)) noteOrders(state, key, changes)
  if (step !== 'back') return
  const newest = now + believedAheadMs
  for (const gateway of state.gateways.all.values()) {
    const { since, lastHeardAt, devices } = gateway
    gateway.since = since === null ? null : notAhead(since, now)
    gateway.lastHeardAt = lastHeardAt === null ? null : notAhead(lastHeardAt, now)
    if (gateway.spool !== undefined) gateway.spool.at = Math.min(gateway.spool.at, newest)
    for (const said of Object.values(state.powers.get(`${gateway.site}/${gateway.gateway}`)?.said ?? {})) {
      said.at = Math.min(said.at, newest)
      state.powers.note(`${gateway.site}/${gateway.gateway}`)
    }
    for (const device of Object.values(devices)) {
      device.at = Math.min(device.at, newest)
      device.since = Math.min(device.since, newest)
    }
    note(state, gateway, changes)
  }
  for (const [key, sensor] of state.sensors.all) {
    for (const value of Object.values(sensor.values)) value.at = Math.min(value.at, newest)
    state.sensors.note(key)
    changes.sensors.add(key)
  }
  for (const [site, { newestAt, recordedAt }] of state.flows.all) {
    state.flows.put(site, { newestAt: Math.min(newestAt, newest), recordedAt: notAhead(recordedAt, now) })
    changes.flows.add(site)
  }
}

function link(
  state: SupervisionState,
  site: string,
  record: z.infer<typeof LinkChanged>,
  changes: SupervisionChanges,
): void {
  const gateway = gatewayOf(state, site, record.gateway)
  const { hello } = record
  if (hello !== undefined) {
    gateway.version = hello.version
    gateway.backlog = hello.waiting ?? 0
    gateway.backlogBelow = hello.next
    gateway.clockSynced = hello.clockSynced
  }
  // The cloud wrote it, so the order of the journal is the order of events; `at` is for people to read.
  if (gateway.link !== record.state) {
    gateway.link = record.state
    gateway.since = record.at
  }
  if (record.state === 'online') heard(gateway, record.at)
  note(state, gateway, changes)
}

function linksLost(state: SupervisionState, at: number, changes: SupervisionChanges): void {
  for (const gateway of state.gateways.all.values()) {
    if (gateway.link !== 'online') continue
    gateway.link = 'offline'
    gateway.since = at
    note(state, gateway, changes)
  }
}

/** The limits of sensors, and gateways that the map expects and nobody has heard yet. */
function adopt(state: SupervisionState, map: SiteMap, changes: SupervisionChanges): void {
  if (!supersedes(map, state.mapVersions.get(map.site))) return
  state.mapVersions.put(map.site, map.version)
  state.limits.put(map.site, Object.fromEntries(map.sensors.map(({ id, limits }) => [id, limits])))
  for (const { gateway } of [...map.sensors, ...map.readPoints]) {
    if (state.gateways.get(`${map.site}/${gateway}`) === undefined) {
      note(state, gatewayOf(state, map.site, gateway), changes)
    }
  }
  // New limits may change what is outside.
  for (const { id } of map.sensors) {
    const key = `${map.site}/${id}`
    if (state.sensors.get(key) !== undefined) changes.sensors.add(key)
  }
}

function gatewayOf(state: SupervisionState, site: string, gateway: string): KeptGateway {
  const known = state.gateways.get(`${site}/${gateway}`)
  if (known !== undefined) return known
  const fresh: KeptGateway = {
    site,
    gateway,
    link: 'never',
    since: null,
    lastHeardAt: null,
    version: null,
    backlog: 0,
    backlogBelow: 0,
    clockSynced: null,
    devices: {},
    devicesLeftOut: 0,
  }
  state.gateways.put(`${site}/${gateway}`, fresh)
  return fresh
}

function powerOf(state: SupervisionState, site: string, gateway: string): KeptPower {
  const key = `${site}/${gateway}`
  const known = state.powers.get(key)
  if (known !== undefined) return known
  const fresh = noPower(site, gateway)
  state.powers.put(key, fresh)
  return fresh
}

function noteOrders(state: SupervisionState, key: string, changes: SupervisionChanges): void {
  state.powers.note(key)
  changes.powers.add(key)
}

function note(state: SupervisionState, gateway: KeptGateway, changes: SupervisionChanges): void {
  const key = `${gateway.site}/${gateway.gateway}`
  state.gateways.note(key)
  changes.gateways.add(key)
}
