import { afterEach, describe, expect, test } from 'vitest'
import type { Fact } from '../../../cloud/push/fact.ts'
import { type Hub, openHub } from '../../../cloud/push/hub.ts'
import { cachedMaps, cachedSnapshots } from '../../../cloud/push/snapshot-body.ts'
import type { BoardAlert, BoardDelta, BoardHeartbeat } from '../../../shared/board.ts'
import { unpackMap, unpackSnapshot } from '../../../shared/board-packed.ts'
import { allowedMs } from '../../support/allowed.ts'
import { realClock, standingClock } from '../../support/http-parts.ts'
import { until } from '../../support/until.ts'
import { smallMap, someAlert } from '../../support/warehouse.ts'

const site = 'harbour'
const slot = (items: number, id = 'A1'): Fact => ({
  type: 'slot',
  site,
  slot: id,
  state: 'occupied',
  items,
  asOf: items,
})

let hub: Hub | undefined
afterEach(() => hub?.close())

function open(options: { intervalMs?: number; heartbeatMs?: number } = {}, clock = realClock) {
  const deltas: (BoardDelta & { readonly cameAtMs: number })[] = []
  const alerts: BoardAlert[] = []
  const beats: BoardHeartbeat[] = []
  const { intervalMs = 100, heartbeatMs = 60_000 } = options
  const opened = openHub(
    { clock, intervalMs, settleMs: 2, heartbeatMs },
    {
      delta: (delta) => deltas.push({ ...delta, cameAtMs: performance.now() }),
      alert: (alert) => alerts.push(alert),
      heartbeat: (beat) => beats.push(beat),
    },
  )
  hub = opened
  opened.seed([{ type: 'map', map: smallMap(site) }])
  deltas.length = 0
  return { hub: opened, deltas, alerts, beats }
}

/** Waits until the pacing of the last delta is over. */
const quiet = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('pacing', () => {
  test('a first change after quiet goes out within a few ms', async () => {
    const intervalMs = 600
    const { hub, deltas } = open({ intervalMs })
    await quiet(intervalMs + 50)
    const toldAtMs = performance.now()
    hub.tell([slot(1)])
    const delta = await until('the delta is out', () => deltas[0], { everyMs: 1 })
    expect(delta.cameAtMs - toldAtMs).toBeLessThan(allowedMs(intervalMs / 8))
  })

  test('a flood becomes at most one delta per interval, the latest wins, and none is missing', async () => {
    const { hub, deltas } = open({ intervalMs: 50 })
    const startedMs = performance.now()
    for (let items = 1; items <= 60; items++) {
      hub.tell([slot(items), slot(items, 'B1')])
      await quiet(4)
    }
    await until('the last is out', () => deltas.at(-1)?.slots?.items.every((items) => items === 60))
    const apartMs = deltas.slice(1).map((delta, index) => delta.cameAtMs - (deltas[index]?.cameAtMs ?? 0))
    expect(Math.min(...apartMs)).toBeGreaterThan(45)
    expect(deltas.length).toBeLessThan((performance.now() - startedMs) / 45 + 2)
    for (const [index, delta] of deltas.slice(1).entries()) expect(delta.from).toBe(deltas[index]?.to)
  })

  test('after close nothing comes any more', async () => {
    const { hub, deltas } = open({ intervalMs: 5 })
    hub.tell([slot(1)])
    hub.close()
    hub.close()
    hub.tell([slot(2)])
    await quiet(20)
    expect(deltas).toEqual([])
  })
})

describe('revisions', () => {
  test('begin at the start time × 1000, so a restart goes on above', () => {
    const at = Date.UTC(2026, 0, 1)
    const first = openHub({ clock: standingClock(at), intervalMs: 100, settleMs: 2, heartbeatMs: 1e6 }, silence)
    for (let items = 1; items <= 500; items++) first.seed([slot(items)])
    const second = openHub({ clock: standingClock(at + 1), intervalMs: 100, settleMs: 2, heartbeatMs: 1e6 }, silence)
    second.seed([slot(1)])
    expect(first.revision(site)).toBe(at * 1000 + 500)
    expect(second.revision(site)).toBeGreaterThan(first.revision(site) ?? 0)
    expect(Number.isSafeInteger(Date.UTC(2200, 0, 1) * 1000)).toBe(true)
    first.close()
    second.close()
  })
})

describe('alerts', () => {
  test('are told at once when raised, and only then', () => {
    const { hub, alerts } = open()
    const tell = (state: 'active' | 'acknowledged' | 'cleared' | 'normal') =>
      hub.tell([{ type: 'alert', alert: someAlert('a', site, { state }) }])
    tell('active')
    expect(alerts).toHaveLength(1)
    tell('active')
    tell('acknowledged')
    tell('normal')
    expect(alerts).toHaveLength(1)
    tell('active')
    expect(alerts).toHaveLength(2)
  })
})

describe('the heartbeat', () => {
  test('tells revision, newest event time and lag', async () => {
    const { hub, beats } = open({ heartbeatMs: 10 })
    await until('a beat', () => beats.length > 0)
    expect(beats[0]).toMatchObject({ site, revision: hub.revision(site), asOf: 0, lagMs: null })
    const newestAt = Date.now() - 250
    hub.tell([{ type: 'flow', site, newestAt, recordedAt: newestAt + 200 }])
    beats.length = 0
    await until('a beat', () => beats.length > 0)
    expect(beats[0]?.asOf).toBe(newestAt)
    expect(beats[0]?.lagMs).toBeGreaterThanOrEqual(250)
    expect(beats[0]?.lagMs).toBeLessThanOrEqual(Date.now() - newestAt)
  })

  test('says that nothing flows when nothing has for a while', async () => {
    const clock = standingClock(Date.now())
    const { hub, beats } = open({ heartbeatMs: 5 }, clock)
    hub.tell([{ type: 'flow', site, newestAt: clock.at - 50, recordedAt: clock.at }])
    await until('a lag', () => beats.at(-1)?.lagMs === 50)
    clock.at += 11_000
    await until('no lag', () => beats.at(-1)?.lagMs === null)
  })
})

describe('the snapshot as text', () => {
  test('is made once per revision, and again when its `now` is old', async () => {
    const clock = standingClock(1000)
    const { hub } = open({}, clock)
    const snapshots = cachedSnapshots(hub, clock)
    const first = snapshots(site)
    expect(snapshots(site)).toBe(first)
    expect(first?.bytes('gzip')).toBe(first?.bytes('gzip'))
    hub.seed([slot(1)])
    const second = snapshots(site)
    expect(second?.version).toBe((first?.version ?? 0) + 1)
    clock.at += 2001
    const third = snapshots(site)
    expect(third?.etag).toBe(second?.etag)
    expect(JSON.parse(String(await third?.bytes('identity')))).toMatchObject({ now: 3001 })
    expect(snapshots('nowhere')).toBeUndefined()
  })

  test('and its map make the snapshot again, whatever the map', async () => {
    const { hub } = open({}, standingClock(1000))
    const snapshots = cachedSnapshots(hub, standingClock(1000))
    const maps = cachedMaps(hub)
    for (const version of [1, 2, 3]) {
      hub.seed([{ type: 'map', map: smallMap(site, version) }, slot(version)])
      const packed = JSON.parse(String(await snapshots(site)?.bytes('identity')))
      const map = JSON.parse(String(await maps(site)?.bytes('identity')))
      expect(unpackSnapshot(packed, unpackMap(map))).toEqual(hub.snapshot(site))
      expect(maps(site)).toBe(maps(site))
    }
  })
})

const silence = { delta() {}, alert() {}, heartbeat() {} }
