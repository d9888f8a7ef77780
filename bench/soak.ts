import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { heapOf, openChromium, openHugeBoard, untilLive, zoomAbout } from './support/huge-board.ts'
import { percentile } from './support/probes.ts'

/**
 * One board that stays open: 100,000 slots of which 500 change every second, and somebody who comes by once a minute,
 * zooms about, looks at the other pages and goes back. `heapGrowthPercent`: what lives on after garbage collection, median
 * of the last fifth of the visits over the median of the second fifth; the first is the page warming up.
 */
const changesPerSecond = 500
const visitEveryMs = 60_000
const mebibyte = 1024 * 1024
const pages = ['/alerts', '/sensors', '/gateways', '/system', '/']

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 1800
  const server = await openHugeBoard(changesPerSecond)
  const browser = await openChromium('canvas')
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    let complaints = 0
    page.on('pageerror', () => {
      complaints += 1
    })
    await page.goto(server.link())
    await untilLive(page)
    const devtools = await page.context().newCDPSession(page)
    const heaps: number[] = []
    const endsAtMs = performance.now() + seconds * 1000
    while (performance.now() < endsAtMs) {
      const cameAtMs = performance.now()
      await zoomAbout(page, 1000)
      for (const path of pages) {
        await page.evaluate(`document.querySelector('nav a[href="${path}"]').click()`)
        await page.waitForTimeout(500)
      }
      heaps.push((await heapOf(devtools)) / mebibyte)
      process.stderr.write(`${heaps.length} visits, heap ${heaps.at(-1)?.toFixed(1)} MB\n`)
      await page.waitForTimeout(Math.max(0, Math.min(visitEveryMs, seconds * 100) - (performance.now() - cameAtMs)))
    }
    const fifth = Math.max(1, Math.floor(heaps.length / 5))
    const early = percentile(heaps.slice(fifth, 2 * fifth), 0.5)
    const late = percentile(heaps.slice(-fifth), 0.5)
    return {
      minutes: Number((seconds / 60).toFixed(1)),
      visits: heaps.length,
      heapMb: Number(late.toFixed(1)),
      heapGrowthPercent: Number(((100 * (late - early)) / early).toFixed(2)),
      isLive: String(await page.evaluate('window.__board.live')),
      complaints,
    }
  } finally {
    await browser.close()
    await server.close()
  }
}
