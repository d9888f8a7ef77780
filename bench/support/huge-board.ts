import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { openHttp } from '../../cloud/http/open.ts'
import type { Fact } from '../../cloud/push/fact.ts'
import { planWarehouse } from '../../simulators/world/plan.ts'
import { warehouseSizes } from '../../simulators/world/size.ts'
import { makeBench } from '../../test/support/http-parts.ts'
import { until } from '../../test/support/until.ts'
import { someGateway } from '../../test/support/warehouse.ts'

const site = 'bench'
const tellEveryMs = 25
const boardDirectory = join(import.meta.dirname, '../../dist/board')
const chromiumPath = '/usr/bin/chromium'

/** A server of boards whose 100,000 slots change without pause. */
export interface HugeBoard {
  readonly slots: number
  /** Signs in once. */
  link(): string
  /** What a board begins with, on the wire. */
  wireBytes(part: 'snapshot' | 'map'): Promise<number>
  close(): Promise<void>
}

export async function openHugeBoard(changesPerSecond: number): Promise<HugeBoard> {
  if (!existsSync(chromiumPath) || !existsSync(join(boardDirectory, 'index.html')))
    throw new Error('this needs Chromium, and the board built: npm run build:board')
  const { map } = planWarehouse({ site, name: 'Bench', timeZone: 'UTC', seed: 42, size: warehouseSizes.huge })
  const bench = makeBench({ intervalMs: 100, heartbeatMs: 2000 })
  bench.house.maps.push(map)
  const gateways = [...new Set(map.readPoints.map(({ gateway }) => gateway))]
  const slotFact = (at: number): Fact => {
    const items = Math.random() < 0.25 ? 0 : 1 + Math.floor(Math.random() * 6)
    const state = items === 0 ? 'empty' : 'occupied'
    return { type: 'slot', site, slot: map.slots[at]?.id ?? '', state, items, asOf: Date.now() }
  }
  bench.push.seed([
    { type: 'map', map },
    ...gateways.map((gateway): Fact => ({ type: 'gateway', state: someGateway(gateway, site) })),
    ...map.slots.map((_, at) => slotFact(at)),
  ])
  const server = await openHttp(bench.parts, { host: '127.0.0.1', port: 0, version: '0.0.0', boardDirectory })
  const telling = setInterval(() => {
    const changes = (changesPerSecond * tellEveryMs) / 1000
    bench.push.tell(Array.from({ length: changes }, () => slotFact(Math.floor(Math.random() * map.slots.length))))
  }, tellEveryMs)
  return {
    slots: map.slots.length,
    link: () => `${server.url}/?k=${bench.people.makeSignInKey().key}`,
    wireBytes: async (part) => (await bench.push[part](site)?.bytes('br'))?.length ?? Number.NaN,
    async close() {
      clearInterval(telling)
      await server.close()
      bench.close()
    },
  }
}

/** Without a card everything is painted by the processor; with one it pretends to be the card. */
const chromiumArguments = {
  canvas: ['--disable-gpu'],
  webgl: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
} as const
export type Painter = keyof typeof chromiumArguments

export function openChromium(painter: Painter): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-quic', ...chromiumArguments[painter]],
  })
}

export async function untilLive(page: Page): Promise<void> {
  await until('the page is live', () => page.evaluate<boolean>('window.__board.live'), { withinMs: 60_000 })
}

/** Bytes that live on, after garbage collection. */
export async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  return (await devtools.send('Runtime.getHeapUsage')).usedSize
}

/** Zooms in and out again at every frame, where the pointer is, as somebody does who looks for something. */
export async function zoomAbout(page: Page, forMs: number): Promise<void> {
  await page.evaluate(`{
    const plan = document.querySelector('.plan-frame')
    const endsAt = performance.now() + ${forMs}
    let turn = 0
    const step = () => {
      turn += 1
      const deltaY = turn % 80 < 40 ? -40 : 40
      plan.dispatchEvent(new WheelEvent('wheel', { deltaY, clientX: 500 + turn % 300, clientY: 500, cancelable: true }))
      if (performance.now() < endsAt) requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  }`)
  await page.waitForTimeout(forMs)
}
