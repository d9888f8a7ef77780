import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import { openHttp } from '../cloud/http/open.ts'
import type { Fact } from '../cloud/push/fact.ts'
import type { SiteMap } from '../shared/site-map.ts'
import { planWarehouse } from '../simulators/world/plan.ts'
import { warehouseSizes } from '../simulators/world/size.ts'
import { makeBench } from '../test/support/http-parts.ts'
import { until } from '../test/support/until.ts'
import { someGateway } from '../test/support/warehouse.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { percentile } from './support/probes.ts'

/**
 * One board of 100,000 slots in Chromium, 2,000 of them changing every second: first untouched, then zoomed in and out
 * all the time; painted by a graphics card that the processor pretends (`webgl`), and without one (`canvas`).
 * `scriptMsPerPicture`: JavaScript of the page over the pictures painted. `frameP95Ms`: between two frames of the browser
 * while it is zoomed. `heapGrowthPercent`: after garbage collection, from a tenth of the time to its end; run it with
 * `--seconds 1800` for a soak, `--seconds 86400` for a day of it.
 */
const site = 'bench'
const changesPerSecond = 2000
const tellEveryMs = 25
const boardDirectory = join(import.meta.dirname, '../dist/board')
const chromiumPath = '/usr/bin/chromium'
const mebibyte = 1024 * 1024

export async function run(options: BenchmarkOptions): Promise<Figures> {
  if (!existsSync(chromiumPath) || !existsSync(join(boardDirectory, 'index.html')))
    throw new Error('this needs Chromium, and the board built: npm run build:board')
  const seconds = options.seconds ?? 12
  const { map } = planWarehouse({ site, name: 'Bench', timeZone: 'UTC', seed: 42, size: warehouseSizes.huge })
  const bench = makeBench({ intervalMs: 100, heartbeatMs: 2000 })
  bench.house.maps.push(map)
  const gateways = [...new Set(map.readPoints.map(({ gateway }) => gateway))]
  bench.push.seed([
    { type: 'map', map },
    ...gateways.map((gateway): Fact => ({ type: 'gateway', state: someGateway(gateway, site) })),
    ...map.slots.map((_, at) => slotFact(map, at)),
  ])
  const server = await openHttp(bench.parts, { host: '127.0.0.1', port: 0, version: '0.0.0', boardDirectory })
  const telling = setInterval(() => {
    const changes = (changesPerSecond * tellEveryMs) / 1000
    bench.push.tell(Array.from({ length: changes }, () => slotFact(map, Math.floor(Math.random() * map.slots.length))))
  }, tellEveryMs)
  try {
    const wire = await wireBytes()
    const figures: Record<string, number> = {}
    for (const renderer of ['canvas', 'webgl'] as const) {
      const link = `${server.url}/?renderer=${renderer}&k=${bench.people.makeSignInKey().key}`
      const measured = await measure(link, renderer, seconds)
      process.stderr.write(`${renderer}: ${JSON.stringify(measured)}\n`)
      for (const [name, value] of Object.entries(measured)) figures[`${renderer}${name}`] = Number(value.toFixed(2))
    }
    return { slots: map.slots.length, changesPerSecond, ...wire, ...figures }
  } finally {
    clearInterval(telling)
    await server.close()
    bench.close()
  }

  async function wireBytes() {
    const size = async (part: 'snapshot' | 'map') => (await bench.push[part](site)?.bytes('br'))?.length ?? Number.NaN
    const [snapshotBytes, mapBytes] = [await size('snapshot'), await size('map')]
    return { snapshotBytes, mapBytes, firstLoadBytes: snapshotBytes + mapBytes }
  }
}

function slotFact(map: SiteMap, at: number): Fact {
  const items = Math.random() < 0.25 ? 0 : 1 + Math.floor(Math.random() * 6)
  const state = items === 0 ? 'empty' : 'occupied'
  return { type: 'slot', site, slot: map.slots[at]?.id ?? '', state, items, asOf: Date.now() }
}

/** Without a card everything is painted by the processor; with one it pretends to be the card. */
const chromiumArguments = {
  canvas: ['--disable-gpu'],
  webgl: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
} as const

async function measure(
  link: string,
  renderer: keyof typeof chromiumArguments,
  seconds: number,
): Promise<Readonly<Record<string, number>>> {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-quic', ...chromiumArguments[renderer]],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
    const openedMs = performance.now()
    await page.goto(link)
    await until('the page is live', () => page.evaluate<boolean>('window.__board.live'), { withinMs: 60_000 })
    const liveAfterMs = performance.now() - openedMs
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable')
    await page.waitForTimeout(1000)
    const still = await during(page, devtools, () => page.waitForTimeout((seconds * 1000) / 4))
    await page.waitForTimeout((seconds * 1000) / 10)
    const heapBefore = await heapOf(devtools)
    const moved = await during(page, devtools, () => zoomAbout(page, (seconds * 1000) / 2))
    await page.waitForTimeout((seconds * 1000) / 4)
    const heapAfter = await heapOf(devtools)
    return {
      LiveAfterMs: liveAfterMs,
      PicturesPerSecond: still.picturesPerSecond,
      ScriptMsPerPicture: still.scriptMsPerPicture,
      StillFrameP95Ms: still.frameP95Ms,
      MovedPicturesPerSecond: moved.picturesPerSecond,
      MovedScriptMsPerPicture: moved.scriptMsPerPicture,
      FrameP95Ms: moved.frameP95Ms,
      HeapMb: heapAfter / mebibyte,
      HeapGrowthPercent: (100 * (heapAfter - heapBefore)) / heapBefore,
    }
  } finally {
    await browser.close()
  }
}

async function during(page: Page, devtools: CDPSession, act: () => Promise<void>) {
  await page.evaluate(`{
    window.frames = []
    const look = (at) => {
      window.frames?.push(at)
      if (window.frames !== undefined) requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }`)
  const [before, picturesBefore, startedMs] = [await scriptSeconds(devtools), await picturesOf(page), performance.now()]
  await act()
  const [script, pictures] = [(await scriptSeconds(devtools)) - before, (await picturesOf(page)) - picturesBefore]
  const elapsed = (performance.now() - startedMs) / 1000
  const frames = await page.evaluate<readonly number[]>('window.frames')
  await page.evaluate('window.frames = undefined')
  const apart = frames.slice(1).map((at, n) => at - (frames[n] ?? at))
  return {
    frameP95Ms: percentile(apart, 0.95),
    scriptMsPerPicture: (script * 1000) / pictures,
    picturesPerSecond: pictures / elapsed,
  }
}

/** Zooms in and out again at every frame, where the pointer is, as somebody does who looks for something. */
async function zoomAbout(page: Page, forMs: number): Promise<void> {
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

const picturesOf = (page: Page) => page.evaluate<number>('window.__board.pictures.count')

async function scriptSeconds(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN
}

async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  return (await devtools.send('Runtime.getHeapUsage')).usedSize
}
