import type { Browser, CDPSession, Page } from 'playwright-core'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { heapOf, openChromium, openHugeBoard, type Painter, untilLive, zoomAbout } from './support/huge-board.ts'
import { percentile } from './support/probes.ts'
import { watchProcess } from './support/watch-process.ts'

/**
 * One board of 100,000 slots in Chromium, 2,000 of them changing every second: first untouched, then zoomed in and out
 * all the time; painted by a graphics card that the processor pretends (`webgl`), and without one (`canvas`).
 * `scriptMsPerPicture`: processor time of the page's JavaScript over the pictures painted. `cardMsPerPicture`: the same of the
 * process that is the graphics card, or pretends to be. `frameP95Ms`: between two frames of the browser while it is zoomed. `heapGrowthPercent`: after garbage collection, from a tenth of the time to its end; for hours and
 * days there is `npm run soak:board`.
 */
const changesPerSecond = 2000
const mebibyte = 1024 * 1024

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 12
  const server = await openHugeBoard(changesPerSecond)
  try {
    const [snapshotBytes, mapBytes] = [await server.wireBytes('snapshot'), await server.wireBytes('map')]
    const figures: Record<string, number> = {}
    for (const painter of ['canvas', 'webgl'] as const) {
      const measured = await measure(`${server.link()}&renderer=${painter}`, painter, seconds)
      process.stderr.write(`${painter}: ${JSON.stringify(measured)}\n`)
      for (const [name, value] of Object.entries(measured)) figures[`${painter}${name}`] = Number(value.toFixed(2))
    }
    const wire = { snapshotBytes, mapBytes, firstLoadBytes: snapshotBytes + mapBytes }
    return { slots: server.slots, changesPerSecond, ...wire, ...figures }
  } finally {
    await server.close()
  }
}

async function measure(link: string, painter: Painter, seconds: number): Promise<Readonly<Record<string, number>>> {
  const browser = await openChromium(painter)
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
    const openedMs = performance.now()
    await page.goto(link)
    await untilLive(page)
    const liveAfterMs = performance.now() - openedMs
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const card = await cardOf(browser)
    await page.waitForTimeout(1000)
    const still = await during(page, devtools, card, () => page.waitForTimeout((seconds * 1000) / 4))
    await page.waitForTimeout((seconds * 1000) / 10)
    const heapBefore = await heapOf(devtools)
    const moved = await during(page, devtools, card, () => zoomAbout(page, (seconds * 1000) / 2))
    await page.waitForTimeout((seconds * 1000) / 4)
    const heapAfter = await heapOf(devtools)
    return {
      LiveAfterMs: liveAfterMs,
      PicturesPerSecond: still.picturesPerSecond,
      ScriptMsPerPicture: still.scriptMsPerPicture,
      StillFrameP95Ms: still.frameP95Ms,
      MovedPicturesPerSecond: moved.picturesPerSecond,
      MovedScriptMsPerPicture: moved.scriptMsPerPicture,
      MovedCardMsPerPicture: moved.cardMsPerPicture,
      FrameP95Ms: moved.frameP95Ms,
      HeapMb: heapAfter / mebibyte,
      HeapGrowthPercent: (100 * (heapAfter - heapBefore)) / heapBefore,
    }
  } finally {
    await browser.close()
  }
}

async function during(page: Page, devtools: CDPSession, card: Card, act: () => Promise<void>) {
  await page.evaluate(`{
    window.frames = []
    const look = (at) => {
      window.frames?.push(at)
      if (window.frames !== undefined) requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }`)
  const [before, picturesBefore, startedMs] = [await scriptSeconds(devtools), await picturesOf(page), performance.now()]
  const cardBefore = card.cpuSeconds()
  await act()
  const [script, pictures] = [(await scriptSeconds(devtools)) - before, (await picturesOf(page)) - picturesBefore]
  const painted = card.cpuSeconds() - cardBefore
  const elapsed = (performance.now() - startedMs) / 1000
  const frames = await page.evaluate<readonly number[]>('window.frames')
  await page.evaluate('window.frames = undefined')
  const apart = frames.slice(1).map((at, n) => at - (frames[n] ?? at))
  return {
    frameP95Ms: percentile(apart, 0.95),
    scriptMsPerPicture: (script * 1000) / pictures,
    cardMsPerPicture: (painted * 1000) / pictures,
    picturesPerSecond: pictures / elapsed,
  }
}

type Card = Pick<ReturnType<typeof watchProcess>, 'cpuSeconds'>

async function cardOf(browser: Browser): Promise<Card> {
  const devtools = await browser.newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  return watchProcess(processInfo.find(({ type }) => type === 'GPU')?.id ?? process.pid)
}

const picturesOf = (page: Page) => page.evaluate<number>('window.__board.pictures.count')

async function scriptSeconds(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN
}
