import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { CloudConfig } from '../../cloud/config.ts'
import { openCloud } from '../../cloud/main.ts'
import { EdgeConfig } from '../../edge/config.ts'
import { runEdge } from '../../edge/main.ts'
import { SiteMap } from '../../shared/site-map.ts'
import { openR700 } from '../../simulators/devices/impinj-r700.ts'
import { openLlrpReader } from '../../simulators/devices/llrp.ts'
import { openSiteBroker } from '../../simulators/devices/site-broker.ts'
import { seededRandom } from '../../simulators/world/chance.ts'
import { quietLog } from '../support/edge.ts'
import { parkedPallet, passingPallet, type TagAtGate } from '../support/gate-pallet.ts'
import { wallClock } from '../support/journal.ts'
import { freePort } from '../support/ports.ts'
import { temporaryDirectory } from '../support/spool.ts'
import { until } from '../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const site = 'north'
const gateway = 'gw-1'
const point = (port: number, side: 'inside' | 'outside') => ({
  ...{ id: `dock-1.${port}`, gateway, device: 'dock-1', kind: 'gate', zone: 'dock', side, x: 1, y: port },
})
const map = {
  ...{ version: 7, site, name: 'North', timeZone: 'UTC', width: 20, depth: 20, slots: [], sensors: [] },
  zones: [{ id: 'dock', name: 'Dock', kind: 'dock', x: 0, y: 0, width: 9, depth: 9 }],
  readPoints: [point(1, 'outside'), point(2, 'outside'), point(3, 'inside'), point(4, 'inside')],
}

const epcOf = (pallet: number, tag: number) => `3034257BF7194E40000${pallet}${tag.toString(16).toUpperCase()}000`

/** A cloud that knows this map, and a gateway with this source that has been told of its gates. */
async function siteWith(changes: object, source: object) {
  const directory = temporaryDirectory()
  closers.push(() => directory[Symbol.dispose]())
  const log = pino({ level: 'silent' })
  const port = await freePort()
  const cloud = await openCloud(
    CloudConfig.parse({
      ...{ version: 1, dataDirectory: join(directory.path, 'cloud'), http: { port: 0 }, broker: { port } },
    }),
    { clock: wallClock, random: Math.random, randomBytes, log, version: 'test', boardDirectory: undefined },
  )
  closers.push(() => cloud.close())
  const drawn = SiteMap.parse({ ...map, ...changes })
  await cloud.journal.appendOwn(site, [{ kind: 'map', at: Date.now(), by: 'test', map: drawn }])
  const { secret } = cloud.gatewayAccounts.addGateway({ site, gateway })
  const config = EdgeConfig.parse({
    version: 1,
    gateway: { site, id: gateway },
    uplink: { url: `mqtt://127.0.0.1:${port}`, secret },
    spool: { directory: join(directory.path, 'edge') },
    sources: [source],
  })
  const stop = new AbortController()
  const surroundings = { clock: wallClock, random: Math.random, log: quietLog(), version: 'test' }
  const edge = runEdge(config, surroundings, stop.signal)
  closers.push(async () => {
    stop.abort()
    await edge
  })
  const document = join(directory.path, 'edge', 'document')
  await until('the gateway knows its gate', () => existsSync(document))

  const key = cloud.people.makeSignInKey().key
  const headers = {
    cookie: `warepulse_session=${cloud.people.signIn(key)?.secret}`,
    'sec-fetch-site': 'same-origin',
  }
  const ask = async (path: string) => (await fetch(`${cloud.url}/api/v1/items/${path}`, { headers })).json()
  const itemOf = (epc: string) => ask(epc) as Promise<{ state?: string }>
  return {
    itemOf,
    historyOf: async (epc: string) => JSON.stringify(await ask(`${epc}/history`)),
    all: (pallet: number, state: string) => async () => {
      const items = await Promise.all(Array.from({ length: 12 }, (_, tag) => itemOf(epcOf(pallet, tag))))
      return items.every((item) => item.state === state)
    },
  }
}

test('a reader at a gate sees goods come and go; the board has what came in, and what left has departed', async () => {
  const siteBroker = await openSiteBroker(0)
  closers.push(() => siteBroker.close())
  const reader = await openR700({
    ...{ id: 'dock-1', url: siteBroker.url, topic: 'readers/dock-1', random: seededRandom(1) },
    ...{ statusEveryMs: 1_000, now: () => Date.now() },
  })
  closers.push(() => reader.close())
  const subscriptions = [{ topic: 'readers/{device}', protocol: 'impinj-r700' }]
  const { itemOf, historyOf, all } = await siteWith(
    {},
    { type: 'mqtt', id: 'readers', url: siteBroker.url, subscriptions, silentAfterMs: 10_000 },
  )
  const see = (pallet: number, seen: readonly TagAtGate[]) => {
    for (const { tag, read } of seen) {
      const port = read.side === 'outside' ? 1 + (tag % 2) : 3 + (tag % 2)
      reader.see([{ at: read.at, epc: epcOf(pallet, tag), antenna: port, rssiDbm: read.rssiDb }])
    }
  }
  const start = Date.now() - 60_000
  see(1, parkedPallet(start, 10_000))
  see(2, passingPallet('outside', start + 12_000))
  see(1, parkedPallet(start + 18_500, 10_000))
  see(3, passingPallet('inside', start + 31_000))
  see(1, parkedPallet(start + 38_000, 10_000))

  await until('what left has departed', all(3, 'departed'))
  await until('what came in is there', all(2, 'present'))
  for (let tag = 0; tag < 10; tag += 1) expect(await itemOf(epcOf(1, tag))).toMatchObject({ state: 'present' })
  expect(await historyOf(epcOf(3, 4))).toContain('Went out through gate dock-1.3')
})

test('a reader on one side of a door and its two light barriers see goods come and go beside a parked pallet', async () => {
  const reader = await openLlrpReader({ id: 'dock-1', port: 0, random: seededRandom(1), now: () => Date.now() })
  closers.push(() => reader.close())
  const beam = (input: number, side: 'inside' | 'outside') => ({
    ...{ gateway, device: 'dock-1', input, zone: 'dock', side, brokenAt: 'low' },
  })
  const { itemOf, historyOf, all } = await siteWith(
    { readPoints: [point(3, 'inside'), point(4, 'inside')], beams: [beam(1, 'outside'), beam(2, 'inside')] },
    { type: 'llrp', id: 'dock-1', host: '127.0.0.1', port: reader.port, inputs: [1, 2] },
  )
  const start = Date.now() - 60_000
  const parked = parkedPallet(start, 50_000).map(({ tag, read }) => ({
    tag,
    read: { ...read, side: 'inside' as const },
  }))
  const light = (at: number, order: readonly number[]) =>
    order.map((input, n) => ({ at: at + 500 * n, do: () => reader.input(input, n > 1, at + 500 * n) }))
  const happens = [
    ...[
      ...parked.map((one) => ({ pallet: 1, ...one })),
      ...passing(2, 'outside', 12_000),
      ...passing(3, 'inside', 31_000),
    ]
      .filter(({ read }) => read.side === 'inside')
      .map(({ pallet, tag, read }) => ({
        at: read.at,
        do: () => {
          reader.see([{ at: read.at, epc: epcOf(pallet, tag), antenna: 3 + (tag % 2), rssiDbm: read.rssiDb }])
        },
      })),
    ...light(start + 14_250, [1, 2, 1, 2]),
    ...light(start + 33_250, [2, 1, 2, 1]),
  ].sort((a, b) => a.at - b.at)
  function passing(pallet: number, from: 'inside' | 'outside', afterMs: number) {
    return passingPallet(from, start + afterMs).map((one) => ({ pallet, ...one }))
  }
  // A reader that does not read yet sees nothing.
  const first = { at: start, epc: epcOf(1, 0), antenna: 3, rssiDbm: -70 }
  await until('it reads', () => reader.see([first]).length === 1)
  for (const one of happens) one.do()
  await until('what left has departed', all(3, 'departed'))
  await until('what came in is there', all(2, 'present'))
  for (let tag = 0; tag < 10; tag += 1) expect(await itemOf(epcOf(1, tag))).toMatchObject({ state: 'present' })
  expect(await historyOf(epcOf(3, 4))).toContain('Went out through gate dock-1.3')
  for (let tag = 0; tag < 10; tag += 1) expect(await historyOf(epcOf(1, tag))).not.toContain('through gate')
})
