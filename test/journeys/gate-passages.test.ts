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
const map = SiteMap.parse({
  ...{ version: 7, site, name: 'North', timeZone: 'UTC', width: 20, depth: 20, slots: [], sensors: [] },
  zones: [{ id: 'dock', name: 'Dock', kind: 'dock', x: 0, y: 0, width: 9, depth: 9 }],
  readPoints: [point(1, 'outside'), point(2, 'outside'), point(3, 'inside'), point(4, 'inside')],
})

test('a reader at a gate sees goods come and go; the board has what came in, and what left has departed', async () => {
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
  await cloud.journal.appendOwn(site, [{ kind: 'map', at: Date.now(), by: 'test', map }])

  const siteBroker = await openSiteBroker(0)
  closers.push(() => siteBroker.close())
  const reader = await openR700({
    ...{ id: 'dock-1', url: siteBroker.url, topic: 'readers/dock-1', random: seededRandom(1) },
    ...{ statusEveryMs: 1_000, now: () => Date.now() },
  })
  closers.push(() => reader.close())
  const { secret } = cloud.gatewayAccounts.addGateway({ site, gateway })
  const subscriptions = [{ topic: 'readers/{device}', protocol: 'impinj-r700' }]
  const config = EdgeConfig.parse({
    version: 1,
    gateway: { site, id: gateway },
    uplink: { url: `mqtt://127.0.0.1:${port}`, secret },
    spool: { directory: join(directory.path, 'edge') },
    sources: [{ type: 'mqtt', id: 'readers', url: siteBroker.url, subscriptions, silentAfterMs: 10_000 }],
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
  const cookie = `warepulse_session=${cloud.people.signIn(key)?.secret}`
  const itemOf = async (epc: string) =>
    (
      await fetch(`${cloud.url}/api/v1/items/${epc}`, { headers: { cookie, 'sec-fetch-site': 'same-origin' } })
    ).json() as Promise<{ state?: string }>
  const epcOf = (pallet: number, tag: number) => `3034257BF7194E40000${pallet}${tag.toString(16).toUpperCase()}000`
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

  const all = (pallet: number, state: string) => async () => {
    const items = await Promise.all(Array.from({ length: 12 }, (_, tag) => itemOf(epcOf(pallet, tag))))
    return items.every((item) => item.state === state)
  }
  await until('what left has departed', all(3, 'departed'))
  await until('what came in is there', all(2, 'present'))
  for (let tag = 0; tag < 10; tag += 1) expect(await itemOf(epcOf(1, tag))).toMatchObject({ state: 'present' })
  const history = await fetch(`${cloud.url}/api/v1/items/${epcOf(3, 4)}/history`, {
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  })
  expect(JSON.stringify(await history.json())).toContain('Went out through gate dock-1.3')
})
